/** Diagnostics about processes: at most so many are listed, all are counted. */

import type { Diagnostic } from './diagnostic.ts';

/** Pids that one diagnostic lists; `detail.count` has their number. */
export const LISTED = 1000;

/** Processes that something is said of: the first of their numbers, and how many they are. */
export interface Concerned {
  readonly pids: readonly number[];
  readonly count: number;
}

/** None where there are no such processes. */
export function aboutProcesses(
  code: Diagnostic['code'],
  severity: Diagnostic['severity'],
  { pids, count }: Concerned,
  message: string,
  hint: string,
  more: Diagnostic['detail'] = {},
): Diagnostic[] {
  if (count === 0) return [];
  return [{ code, severity, pids, message, hint, detail: { count, ...more } }];
}

/** Processes with an index of which something is true. */
export function processesWhere(
  { size, pid }: { readonly size: number; readonly pid: Int32Array },
  test: (i: number) => boolean,
): Concerned {
  const pids: number[] = [];
  let count = 0;
  for (let i = 0; i < size; i++) if (test(i) && count++ < LISTED) pids.push(pid[i]!);
  return { pids, count };
}

export function allOf(pids: readonly number[]): Concerned {
  return { pids: pids.slice(0, LISTED), count: pids.length };
}
