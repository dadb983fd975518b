/**
 * Real histories: drives the native program that lets real processes make random calls and keeps what came out.
 *
 * `make` answers with the truth, asked from inside: flags by PR_GET_CHILD_SUBREAPER, births by who made which clone.
 * A history stays, to be scanned from outside, until the next one is made or the maker is closed.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Kind } from '../../src/engine/tree/sharing-columns.ts';
import { NATIVE, type SeenProcess } from './replayer.ts';

export const HISTORY_PROGRAM = join(NATIVE, 'build', 'regraft-history');

export interface HistoryKind {
  readonly seed: number;
  /** Random calls that are tried; many answer with an errno. */
  readonly calls?: number;
  /** Most processes ever made. */
  readonly births?: number;
  /** How deep pid namespaces nest below the outermost. */
  readonly levels?: number;
  /** Are processes put in from outside the tree as well? */
  readonly injections?: boolean;
  readonly groups?: boolean;
  readonly subreapers?: boolean;
  readonly zombies?: boolean;
  readonly threads?: boolean;
  /** Kernel objects that births share now and then. */
  readonly kinds?: readonly Kind[];
  /** Do processes execute themselves? */
  readonly exec?: boolean;
  readonly terminals?: boolean;
  readonly exitSignals?: boolean;
}

export interface Birth {
  readonly pid: number;
  /** Who made the clone; 0: outside. Its number may be another process's by now. */
  readonly creator: number;
  /** Closest ancestor by birth that is not reaped; 0: outside. */
  readonly caba: number;
  /** By kind: equal numbers are one object, 0 is none; by the calls that were made, not by kcmp. */
  readonly objects: readonly number[];
}

export interface History {
  /** Number of its init here. */
  readonly namespace: number;
  readonly processes: readonly SeenProcess[];
  /** Oldest first. */
  readonly births: readonly Birth[];
}

export class HistoryMaker {
  readonly #program: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #answers: AsyncIterator<string>;
  readonly #reader: Interface;

  constructor() {
    this.#program = spawn(HISTORY_PROGRAM, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#ended = once(this.#program, 'close');
    this.#reader = createInterface({ input: this.#program.stdout! });
    this.#answers = this.#reader[Symbol.asyncIterator]();
  }

  async make(kind: HistoryKind): Promise<History> {
    this.#program.stdin!.write(`${JSON.stringify(kind)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the history program has ended');
    const answer = JSON.parse(value);
    if (answer.verdict !== 'stays' || answer.left) throw new Error(`no history: ${value.slice(0, 500)}`);
    return answer;
  }

  /** Ends the last history. @throws where processes are left. */
  async close(): Promise<void> {
    this.#program.stdin!.end();
    this.#reader.resume();
    await this.#ended;
    if (this.#program.exitCode !== 0) throw new Error(`regraft-history: exit code ${this.#program.exitCode}`);
  }
}
