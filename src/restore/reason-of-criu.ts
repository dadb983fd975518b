/** Why CRIU has failed: the line of its log that is the cause, why it comes, and what helps. Loaded only then. */

import { readFileSync } from 'node:fs';
import { explainLog } from '../engine/logs/explain-log.ts';
import { BY_GRAFT } from '../engine/restorers/reasons.ts';

/** @returns empty where there is no log, or no error in it */
export function reasonOfCriu(log: string): string {
  const { cause, others } = explainLog(textOf(log));
  if (cause === null) {
    const [line] = others.filter(({ kind }) => kind !== 'harmless');
    return line ? `: ${line.message}` : '';
  }
  const { message, known, why, remedy } = cause;
  if (!known) return `: ${message}`;
  // That is what has just failed.
  return `: ${message}\n${remedy === BY_GRAFT ? why : `${why} ${remedy}`}`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
