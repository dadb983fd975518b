/**
 * Replayer: drives the native program. Lines in, verdicts out, in the same order.
 *
 * `replay` checks plans against their images; `trace` executes every step whatever the one before answered. Both take
 * any iterable, one that makes its lines as it goes too, so that a suite of many thousand plans need not be in memory. The program is built when it is missing.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Step } from '../../src/engine/plan/step.ts';

type Lines<L> = Iterable<L> | AsyncIterable<L>;

export interface ReplayLine {
  readonly id?: string | number;
  readonly image: unknown;
  readonly plan: { readonly steps: readonly Step[] };
  /** All processes go on at once, each by its script. */
  readonly scripts?: {
    readonly processes: readonly {
      readonly pid: number;
      readonly do: readonly { readonly step: number; readonly after: readonly number[] }[];
    }[];
  };
  /** Draws who is held back. */
  readonly seed?: number;
}

export interface TraceLine {
  readonly id?: string | number;
  /** Left out: a lone init, pid 1. */
  readonly image?: unknown;
  readonly plan: { readonly steps: readonly Step[] };
}

export interface Difference {
  readonly pid: number;
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export type Verdict = {
  readonly id: string | number;
  readonly left?: true;
  /** By scripts: the most calls that were under way at once. */
  readonly atOnce?: number;
} & (
  | { readonly verdict: 'ok' }
  | { readonly verdict: 'failed'; readonly step: number; readonly errno: string; readonly message: string }
  | {
      readonly verdict: 'differs';
      readonly differences: readonly Difference[];
      readonly missing: readonly number[];
      readonly extra: readonly number[];
    }
  | { readonly verdict: 'invalid'; readonly message: string }
);

/** A process as the kernel shows it, level-0 numbers first. */
export interface SeenProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly state: 'alive' | 'zombie' | 'exiting';
  readonly nspid: readonly number[];
  readonly nspgid: readonly number[];
  readonly nssid: readonly number[];
  readonly childSubreaper?: boolean;
  readonly exitStatus?: number;
  /** By kind the process of the least number that holds the same object, 0 none; where steps share anything. */
  readonly shares?: readonly number[];
}

export interface Trace {
  readonly id: string | number;
  readonly verdict: 'traced';
  /** `ok`, an errno, or `refused`: an exit that could never have been ended, and was not carried out. */
  readonly steps: readonly string[];
  readonly final: readonly SeenProcess[];
}

function packageRoot(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, 'native', 'Makefile'))) at = dirname(at);
  return at;
}

export const NATIVE = join(packageRoot(), 'native');
export const REPLAYER = join(NATIVE, 'build', 'regraft-replay');

/** Builds the program. Says why plans cannot be replayed here, or null. */
export function whyNotReplayable(): string | null {
  const make = spawnSync('make', ['-s', '-C', NATIVE], { encoding: 'utf8' });
  if (make.error) return 'make is not installed';
  if (make.status !== 0) return `the replayer does not build: ${make.stderr.trim()}`;
  const run = spawnSync(REPLAYER, { input: '', encoding: 'utf8' });
  return run.status === 0 ? null : run.stderr.trim();
}

export function replay(
  lines: Lines<ReplayLine>,
  options: readonly string[] = [],
): AsyncGenerator<Verdict, void> {
  return verdicts<Verdict>(lines, options);
}

export function trace(lines: Lines<TraceLine>, options: readonly string[] = []): AsyncGenerator<Trace, void> {
  return verdicts<Trace>(lines, ['--trace', ...options]);
}

/** All verdicts at once, for small sets. */
export async function all<V>(verdictsToCome: AsyncGenerator<V, void>): Promise<V[]> {
  const list: V[] = [];
  for await (const verdict of verdictsToCome) list.push(verdict);
  return list;
}

/** A machine that is busy with other things changes no verdict: the replayer's limits are for plans that hang. */
const PATIENT = ['--step-timeout', '120000', '--run-timeout', '600000'];

async function* verdicts<V>(lines: Lines<unknown>, options: readonly string[]): AsyncGenerator<V, void> {
  const program = spawn(REPLAYER, [...PATIENT, ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(program, 'close');
  const feeding = feed(program.stdin, lines);
  // What ends the lines early ends the verdicts, and is thrown below.
  feeding.catch(() => program.kill('SIGKILL'));
  try {
    for await (const line of createInterface({ input: program.stdout })) yield JSON.parse(line) as V;
    await feeding;
    const [code] = await ended;
    if (code === 3 || code === 4) throw new Error(`the replayer ended with exit code ${code}`);
  } finally {
    program.kill('SIGKILL');
  }
}

async function feed(input: NodeJS.WritableStream, lines: Lines<unknown>): Promise<void> {
  for await (const line of lines) if (!input.write(`${JSON.stringify(line)}\n`)) await once(input, 'drain');
  input.end();
}
