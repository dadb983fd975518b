/** Numbers of a process on all levels, from whichever fields of its pstree entry have them. */

import { MOST_LEVELS } from '../field-limits.ts';
import type { PstreeEntry } from './pstree-entry.ts';

/** Numbers of a process on every level of its pid namespace, outermost first, all three of one length. */
export interface LevelVectors {
  readonly pid: readonly number[];
  readonly pgid: readonly number[];
  readonly sid: readonly number[];
}

/**
 * The vectors of a pstree entry: Virtuozzo's fields, those of the 2018 branch, or the level-0 numbers alone.
 * 'incomplete': the entry has none of them in full. 'too deep': more levels than Linux has.
 */
export function levelVectors(entry: PstreeEntry): LevelVectors | 'incomplete' | 'too deep' {
  const { pid, pgid, sid } = entry;
  if (entry.vzNsPid.length > 0) return fitted(entry.vzNsPid, entry.vzNsPgid, entry.vzNsSid);
  if (entry.nsPid.length > 0) return fitted(entry.nsPid, entry.nsPgid, entry.nsSid);
  if (pid === undefined || pgid === undefined || sid === undefined) return 'incomplete';
  return { pid: [pid], pgid: [pgid], sid: [sid] };
}

/** A process is visible on its own levels only; zeros after them say that it is not there. */
function fitted(
  pid: readonly number[],
  pgid: readonly number[],
  sid: readonly number[],
): LevelVectors | 'incomplete' | 'too deep' {
  const length = pid.findLastIndex((number) => number !== 0) + 1;
  if (length === 0 || pgid.length === 0 || sid.length === 0) return 'incomplete';
  if (Math.max(pid.length, pgid.length, sid.length) > MOST_LEVELS) return 'too deep';
  return { pid: pid.slice(0, length), pgid: padded(pgid, length), sid: padded(sid, length) };
}

function padded(vector: readonly number[], length: number): readonly number[] {
  if (vector.length === length) return vector;
  return Array.from({ length }, (_, level) => vector[level] ?? 0);
}
