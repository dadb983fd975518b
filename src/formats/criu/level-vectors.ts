import { readError } from '../read-error.ts';
import type { Place } from '../read-image.ts';
import { MOST_LEVELS } from '../tree-image-schema.ts';
import type { ImageEntry } from './image-entries.ts';

/** Numbers of a process on every level of its pid namespace, outermost first, all three of one length. */
export interface LevelVectors {
  readonly pid: readonly number[];
  readonly pgid: readonly number[];
  readonly sid: readonly number[];
}

/**
 * The vectors of a pstree entry: Virtuozzo's fields, those of the 2018 branch, or the level-0 numbers alone.
 * Null: the entry has none of them in full.
 */
export function levelVectors(entry: ImageEntry<'pstree'>, place: Place): LevelVectors | null {
  const { pid, pgid, sid } = entry;
  if (entry.vzNsPid.length > 0) return fitted(entry.vzNsPid, entry.vzNsPgid, entry.vzNsSid, place);
  if (entry.nsPid.length > 0) return fitted(entry.nsPid, entry.nsPgid, entry.nsSid, place);
  if (pid === undefined || pgid === undefined || sid === undefined) return null;
  return { pid: [pid], pgid: [pgid], sid: [sid] };
}

/** A process is visible on its own levels only; zeros after them say that it is not there. */
function fitted(pid: number[], pgid: number[], sid: number[], place: Place): LevelVectors | null {
  const length = pid.findLastIndex((number) => number !== 0) + 1;
  if (length === 0 || pgid.length === 0 || sid.length === 0) return null;
  if (Math.max(pid.length, pgid.length, sid.length) > MOST_LEVELS) {
    throw readError(422, 'FIELD_INVALID', `A process has numbers on more than ${MOST_LEVELS} levels.`, place);
  }
  const padded = (vector: number[]): number[] => Array.from({ length }, (_, level) => vector[level] ?? 0);
  return { pid: pid.slice(0, length), pgid: padded(pgid), sid: padded(sid) };
}
