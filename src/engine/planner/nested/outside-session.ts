/**
 * A cut-out tree with its outside session as number 0, as the planner over several pid namespaces has it.
 *
 * In: a tree whose root is no init and sits in a session with a number that lives on outside (tree/outside.ts). Out: the
 * same tree with 0 for that session, on level 0: nobody inside can lead it. Its group keeps the number it has, by which
 * whoever sees it can join. Cost: O(n). Kernel rules: E7, E10, F11.
 */

import type { OutsideNumbers } from '../../tree/outside.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';

export function withOutsideSession(tree: ProcessTree, outside: OutsideNumbers): ProcessTree {
  if (outside.sid === 0) return tree;
  const sid = tree.sid.map((s) => (s === outside.sid ? 0 : s));
  const levels = tree.levels!;
  const inside = levels.sid.slice();
  for (let i = 0; i < tree.size; i++) if (sid[i] === 0) inside[levels.offset[i]!] = 0;
  return { ...tree, sid, levels: { ...levels, sid: inside } };
}
