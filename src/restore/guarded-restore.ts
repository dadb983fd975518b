/**
 * A CRIU restore under guard: the native finisher runs CRIU, holds the tree, finishes it and compares it, and leaves
 * nothing when it, CRIU or this process dies before the tree is let go (native/finish/watch.h).
 *
 * The guard is started before anything is written, and told then what is to be removed.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { RestoreError } from './native-finisher.ts';

/** Files and directories that are removed in the end. */
export interface Leavings {
  readonly scratch: string;
  /** Removed unless the tree stays. */
  readonly out: string | undefined;
  /** Removed unless the tree stays, or another process runs whose number is in it. */
  readonly pidfile: string | undefined;
}

export class GuardedRestore {
  readonly #guard: ChildProcess;
  readonly #line: Duplex;
  readonly #reports: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  /** CRIU gets this process's standard streams: a tree with a terminal takes it from there. */
  constructor(finisher: string, { scratch, out, pidfile }: Leavings) {
    const args = ['restore', '--remove', scratch];
    if (out !== undefined) args.push('--remove-on-failure', out);
    if (pidfile !== undefined) args.push('--pidfile', pidfile);
    this.#guard = spawn(finisher, args, { stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
    this.#ended = once(this.#guard, 'close');
    this.#line = this.#guard.stdio[3] as Duplex;
    this.#line.on('error', () => {});
    this.#reports = linesOf(this.#line);
  }

  /**
   * Starts CRIU.
   * @param root number of the tree's root inside
   * @param patienceMs so long CRIU may stand still; 0: for ever
   */
  begin(root: number, patienceMs: number, criu: readonly string[]): void {
    const command = criu.map((argument) =>
      argument.replace(/[%\n\r]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`),
    );
    const order = [`root ${root}`, `patience ${patienceMs}`, `criu ${criu.length}`, ...command, 'begin'];
    this.#line.write(`${order.join('\n')}\n`);
  }

  /**
   * Waits for CRIU, and carries out the finishing script.
   * @returns pid of the tree's root as seen here; nothing of the tree runs yet
   * @throws RestoreError; whatever was started ends, and what is to be removed stays until `abandon`
   */
  async hold(lines: readonly string[]): Promise<number> {
    this.#line.write([...lines, 'hold', ''].join('\n'));
    const [word, rest] = await this.#report();
    if (word === 'held') return Number(rest);
    throw new RestoreError(rest || 'the finisher was ended');
  }

  /** Lets the tree run: from here on it stays. */
  async release(): Promise<void> {
    this.#line.write('release\n');
    const [word, rest] = await this.#report();
    await this.abandon();
    // The guard's exit code says the same to whom the word did not reach.
    if (word !== 'released' && this.#guard.exitCode !== 0)
      throw new RestoreError(rest || 'the finisher was ended');
  }

  /** Hangs up: a tree that was not let go ends. Resolves when nothing is left. */
  async abandon(): Promise<void> {
    this.#line.end();
    this.#line.destroy();
    await this.#ended;
  }

  async #report(): Promise<[string, string]> {
    const { value = '' } = await this.#reports.next();
    const space = value.indexOf(' ');
    return space < 0 ? [value, ''] : [value.slice(0, space), value.slice(space + 1)];
  }
}

/** Loading node:readline takes longer than the few lines that come. */
async function* linesOf(stream: Duplex): AsyncGenerator<string> {
  let text = '';
  stream.setEncoding('utf8');
  try {
    for await (const chunk of stream) {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      yield* lines;
    }
  } catch {
    // A line that breaks off has ended.
  }
  if (text) yield text;
}
