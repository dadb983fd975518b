/**
 * Is a refused tree really unreachable? The enumeration of the kernel model says so for small ones.
 *
 * In: a tree. Out: whether calls of the model lead to its parents, namespaces and sessions; null where the tree is out
 * of the enumeration's reach: more than four processes, or namespaces other than one or two below level 0. Groups and zombies are
 * not in the model: a tree that needs them to be refused is out of reach too.
 * Cost: an enumeration for each kind of forest, once.
 */

import { ZOMBIE } from '../../src/engine/tree/process-columns.ts';
import type { ProcessTree } from '../../src/engine/tree/process-tree.ts';
import {
  CHAIN,
  type NamespaceForest,
  type NestedModelTree,
  ONE_BELOW,
  SIBLINGS,
} from '../engine/planner/nested/enumeration.ts';
import { codeOf, reachableCodes } from '../engine/planner/nested/enumeration-kernel-model.ts';

const LARGEST = 4;
/** Processes that live at a time in the enumeration. */
const AT_A_TIME = 5;

const reachable = new Map<NamespaceForest, ReadonlySet<string>>();

export function modelReaches(tree: ProcessTree): boolean | null {
  const parents = tree.namespaces.map(({ parent }) => parent).join();
  const forest = [ONE_BELOW, CHAIN, SIBLINGS].find((known) => known.join() === parents);
  if (!forest || tree.size > LARGEST || tree.namespaces[0]!.init !== 0) return null;
  if (tree.state.includes(ZOMBIE) || tree.pgid.some((g, i) => g !== tree.sid[i])) return null;
  let codes = reachable.get(forest);
  if (!codes) reachable.set(forest, (codes = reachableCodes(forest, AT_A_TIME)));
  return codes.has(codeOf(modelOf(tree)));
}

function modelOf(tree: ProcessTree): NestedModelTree {
  const dead: number[] = [];
  const deadHome: number[] = [];
  const session = Array.from(tree.sid, (sid, i) => {
    if (sid === 0) return 0;
    const leader = tree.indexOf(sid);
    if (leader >= 0) return leader + 1;
    if (!dead.includes(sid)) {
      dead.push(sid);
      deadHome.push(homeOfDead(tree, i));
    }
    return tree.size + 1 + dead.indexOf(sid);
  });
  return {
    parent: [...tree.parent],
    namespace: [...tree.namespace],
    init: tree.namespaces.map(({ init }) => init),
    session,
    deadHome,
  };
}

/** The namespace as deep as the session of process i shows a number. */
function homeOfDead({ levels, namespace, namespaces }: ProcessTree, i: number): number {
  const numbers = levels!.sid.subarray(levels!.offset[i]!, levels!.offset[i + 1]!);
  const depth = numbers.indexOf(0) < 0 ? numbers.length : numbers.indexOf(0);
  let n = namespace[i]!;
  while (namespaces[n]!.level >= depth) n = namespaces[n]!.parent;
  return n;
}
