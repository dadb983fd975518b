/**
 * The parts of a tree that no birth joins, where processes were put in from outside beside a root that is no init.
 *
 * Whoever came with another session from outside than the root, or is said to be born outside, shares no birth with the
 * root; nor does anybody who is joined with it: by a parent, by a session, by a birth that is told, by a pid namespace.
 * In: a tree whose root is no init, and what is known of its births. Out: the root's part, and each other one that has
 * a process which the root cannot have borne; null where that part is the root's, or the restorer cannot have borne it.
 * Invariant: what is kept together has births of its own. Inits are kept with everybody inside and below, and members
 * of one group with each other, though no birth need join them: then parts are not found that there are.
 * Cost: near-linear. Kernel rules: A1, A16, E7, F12, G10.
 */

import { joinSets, setOf } from './disjoint-sets.ts';
import { isNotOfRoot, type OutsideNumbers } from './outside.ts';
import { OUTSIDE, type ProcessTree } from './process-tree.ts';

export interface PutInParts {
  readonly ofRoot: readonly number[];
  readonly others: readonly (readonly number[])[];
}

/**
 * @param bornOf by process who is said to have borne it, negative where nobody is
 * @param bornOutside processes that are said to be born outside
 */
export function putInParts(
  tree: ProcessTree,
  outside: OutsideNumbers,
  bornOf: Int32Array | null,
  bornOutside: ReadonlySet<number>,
): PutInParts | null {
  const { size, parent, pid, sid, pgid, namespace, namespaces } = tree;
  const link = Int32Array.from({ length: size }, (_, i) => i);
  const firstOf = new Map<number, number>();
  const joinWithFirst = (number: number, i: number): void => {
    const first = firstOf.get(number);
    if (first === undefined) firstOf.set(number, i);
    else joinSets(link, i, first);
  };
  for (let i = 0; i < size; i++) {
    if (parent[i] !== OUTSIDE) joinSets(link, i, parent[i]!);
    if (outside.sid !== 0 && sid[i] === outside.sid) joinSets(link, i, 0);
    if (bornOf && bornOf[i]! >= 0) joinSets(link, i, bornOf[i]!);
    if (namespace[i]! > 0) joinSets(link, i, namespaces[namespace[i]!]!.init);
    for (const number of [pid[i]!, sid[i]!, pgid[i]!])
      if (number > 0 && number !== outside.sid && number !== outside.pgid) joinWithFirst(number, i);
  }
  for (const { parent: around, init } of namespaces)
    if (around > 0) joinSets(link, init, namespaces[around]!.init);
  const isPutIn = new Set<number>();
  for (let i = 0; i < size; i++) {
    const isOfOthers = isNotOfRoot(tree, outside, i);
    if (isOfOthers && sid[i] !== 0) return null;
    if (isOfOthers || bornOutside.has(i)) isPutIn.add(setOf(link, i));
  }
  if (isPutIn.has(setOf(link, 0))) return null;
  const ofRoot: number[] = [];
  const others = new Map<number, number[]>();
  for (let i = 0; i < size; i++) {
    const set = setOf(link, i);
    if (!isPutIn.has(set)) ofRoot.push(i);
    else if (!others.get(set)?.push(i)) others.set(set, [i]);
  }
  return { ofRoot, others: [...others.values()] };
}
