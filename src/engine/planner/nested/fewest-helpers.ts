/** How many helpers every plan of a nested tree has at least: where a schedule has no more, nothing else is tried. Cost: O(n). */

import { helpersThatBringIn } from '../../plan/sessions-brought-in.ts';
import { withScratch } from '../../tree/scratch.ts';
import { isDeadSession, type NestedTree } from './nested-tree.ts';

/** Dead session leaders and dead group owners are helpers in every plan, beside those who bring sessions in. */
export function fewestHelpers(nested: NestedTree): number {
  const { sessions, groups, outsideGroup } = nested;
  const numbers = new Set<number>();
  for (let s = 1; s < sessions.count; s++) if (isDeadSession(nested, s)) numbers.add(sessions.number[s]!);
  for (let g = 1; g < groups.count; g++) {
    const number = groups.number[g]!;
    if (groups.process[g]! < 0 && number !== outsideGroup) numbers.add(number);
  }
  return numbers.size + withScratch(() => helpersThatBringIn(nested.tree));
}
