/**
 * Who waits for whom in the opening order: requirements as rows of sessions, the same in all attempts on one problem.
 *
 * In: an origin problem and its requirements. Out: rows both ways, hard and soft. Cost: linear.
 */

import { int32s } from '../tree/scratch.ts';
import { accumulate, type Rows } from './adjacency.ts';
import type { OriginProblem } from './origin-problem.ts';
import type { Requirements } from './requirements.ts';

export interface WaitLists {
  /** Sessions x is required on: row c of `needs` are the processes that must be above the leader of c. */
  readonly needs: Rows;
  /** Row s: the sessions that have a hard requirement on somebody in s. */
  readonly neededBy: Rows;
  /** Row c: sessions d of the soft pairs (d, c). */
  readonly softNeeds: Rows;
  /** Row d: sessions c of the soft pairs (d, c). */
  readonly softNeededBy: Rows;
}

export function waitLists(problem: OriginProblem, requirements: Requirements): WaitLists {
  const { hard, soft } = requirements;
  const m = problem.sessionCount;
  const sessionNeeded = int32s(hard.length);
  for (let i = 0; i < hard.length; i++) sessionNeeded[i] = problem.session[hard.item[i]!]!;
  const offset = int32s(m + 1);
  for (let i = 0; i < hard.length; i++) offset[sessionNeeded[i]!]!++;
  accumulate(offset);
  const items = int32s(hard.length);
  for (let i = hard.length - 1; i >= 0; i--) items[--offset[sessionNeeded[i]!]!] = hard.owner[i]!;
  return {
    needs: hard.rows(m),
    neededBy: { offset, items },
    softNeeds: soft.rows(m),
    softNeededBy: soft.reversed(m),
  };
}
