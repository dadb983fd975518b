/** Diagnostics about processes: at most so many are listed, all are counted. */

import type { Diagnostic } from './diagnostic.ts';

/** Pids that one diagnostic lists; `detail.count` has their number. */
export const LISTED = 1000;

/** None where there are no such processes. */
export function aboutProcesses(
  code: Diagnostic['code'],
  severity: Diagnostic['severity'],
  pids: readonly number[],
  message: string,
  hint: string,
  more: Diagnostic['detail'] = {},
): Diagnostic[] {
  if (pids.length === 0) return [];
  const detail = { count: pids.length, ...more };
  return [{ code, severity, pids: pids.slice(0, LISTED), message, hint, detail }];
}

/** Numbers of the processes with an index of which something is true. */
export function pidsWhere(
  { size, pid }: { readonly size: number; readonly pid: Int32Array },
  test: (i: number) => boolean,
): number[] {
  const pids: number[] = [];
  for (let i = 0; i < size; i++) if (test(i)) pids.push(pid[i]!);
  return pids;
}
