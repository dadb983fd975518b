/**
 * Who waits for whom in the opening order: requirements as rows of sessions, the same in all attempts on one problem.
 *
 * In: an origin problem and its requirements. Out: rows both ways, hard and soft. Cost: linear.
 */

import { type Rows, rowsOf } from '../tree/adjacency.ts';
import { int32s } from '../tree/scratch.ts';
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
  return {
    needs: hard.rows(m),
    neededBy: rowsOf(m, sessionNeeded, hard.owner, hard.length),
    softNeeds: soft.rows(m),
    softNeededBy: soft.reversed(m),
  };
}
