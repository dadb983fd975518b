/**
 * Who holds the same kernel objects: the native probe sorts tasks by kcmp, n log n comparisons a kind.
 *
 * Numbers mean one reading only: an image has its own. Optional: without the probe, or where the kernel or the user's
 * rights do not let it compare, nothing is told, and the image leaves the classes out.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { FILES, FS, KINDS, SIGHAND } from '../engine/tree/sharing-columns.ts';

/** Kinds to be compared, a bit a kind. */
export const ALL_KINDS = (1 << KINDS.length) - 1;
export const THREAD_KINDS = (1 << FILES) | (1 << FS);
export const ZOMBIE_KINDS = 1 << SIGHAND;

export interface ComparedTask {
  readonly tid: number;
  readonly kinds: number;
}

/** By place in KINDS: equal numbers are one object, 0 is none, null was not compared or may not be seen. */
export type Classes = readonly (number | null)[];

/** By tid; tasks that have ended, or may not be seen, have nothing but null. */
export type ClassProbe = (tasks: readonly ComparedTask[]) => ReadonlyMap<number, Classes>;

/** @returns null where the program has not been built, or is older than this. */
export function nativeClassProbe(program: string): ClassProbe | null {
  if (!existsSync(program)) return null;
  const ask = (input: string): string | null => {
    const { stdout, status } = spawnSync(program, ['--classes'], {
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    return status === 0 ? stdout : null;
  };
  if (ask('') !== '') return null;
  return (tasks) => parseClasses(ask(tasks.map(({ tid, kinds }) => `${tid} ${kinds}\n`).join('')) ?? '');
}

/** Lines of `TID FILES FS VM SIGHAND SYSVSEM IO`. */
export function parseClasses(text: string): Map<number, Classes> {
  const classes = new Map<number, Classes>();
  for (const line of text.split('\n')) {
    const [tid, ...numbers] = line.split(' ');
    if (tid && numbers.length === KINDS.length)
      classes.set(
        Number(tid),
        numbers.map((number) => (number === '-' ? null : Number(number))),
      );
  }
  return classes;
}
