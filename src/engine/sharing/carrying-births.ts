/**
 * Births over several pid namespaces that can carry what is shared: as the state search places everybody.
 *
 * In: a tree, the births that are given, and a budget. Out: proposals, each for some pids the closest process of the image
 * above them by birth: first of everybody, then of those alone whose births carry something. A pid namespace is one more
 * thing that is held, which only goes down (I58 to I62): who is born in one has nobody below that lives elsewhere than in
 * it or below it. An init need not be above its children by birth: who was put into its namespace leaves its own to it.
 * Everything else about namespaces is not asked here, so that these are births to be tried, and no proof of anything.
 * Cost: that of the search, and O(processes · depth).
 */
import { type WorkBudget, withShare } from '../plan/work-budget.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { follow, type Move, type Step } from './moves.ts';
import { PRIVATE, type SharingProblem, sharingProblem, waysOf } from './sharing-problem.ts';
import { searchStates } from './state-search.ts';

/** By pid: that of the closest process of the image above it by birth. */
export type ProposedBirths = Readonly<Record<string, number>>;

export function* carryingBirths(
  tree: ProcessTree,
  hints: Int32Array,
  budget: WorkBudget,
): Generator<ProposedBirths> {
  const problem = sharingProblem(tree, problemOf(tree), hints);
  const searched = { ...problem, births: withoutAdoptions(tree, problem.births) };
  for (const exec of waysOf(problem)) {
    const found = withShare(budget, budget.work / 4, (share) =>
      searchStates(searched, { exec, threads: false }, share),
    );
    if (found === 'work limit' || found.moves === null) continue;
    const above = birthsOf(problem, found.moves);
    yield proposed(tree, above, () => true);
    const carries = carriers(problem, above);
    yield proposed(tree, above, (p) => carries[p] === 1);
  }
}

/** The root is above everybody: it stands for the parent of those whom an init may have adopted. */
function withoutAdoptions({ namespaces, namespace }: ProcessTree, births: OriginProblem): OriginProblem {
  const isInit = (p: number): boolean => namespaces[namespace[p]!]!.init === p;
  return { ...births, parent: births.parent.map((parent, p) => (p > 0 && isInit(parent) ? 0 : parent)) };
}

/** By process: the closest one above it by birth. */
function birthsOf({ births, bornLast }: SharingProblem, moves: Move): Int32Array {
  const above = births.parent.map((parent, p) => (bornLast[p] === 1 ? parent : 0));
  const born = (move: Step, at: number): number => {
    if (move.op !== 'start') return at;
    above[move.q] = at;
    return move.q;
  };
  follow(moves, 0, born, (_split, at) => at);
  return above;
}

/** 1: whose birth carries a class, from the members of each up to the lowest process above all of them. */
function carriers({ classes, classCount }: SharingProblem, above: Int32Array): Uint8Array {
  const depth = depthsIn(above);
  const carries = new Uint8Array(above.length);
  classes.forEach((column, kind) => {
    const members = Array.from({ length: classCount[kind]! }, () => new Set<number>());
    column.forEach((name, p) => {
      if (name !== PRIVATE) members[name]!.add(p);
    });
    for (const standing of members) {
      while (standing.size > 1) {
        let deepest = 0;
        for (const p of standing) if (depth[p]! >= depth[deepest]!) deepest = p;
        standing.delete(deepest);
        standing.add(above[deepest]!);
        carries[deepest] = 1;
      }
    }
  });
  return carries;
}

function depthsIn(above: Int32Array): Int32Array {
  const depth = new Int32Array(above.length).fill(-1);
  depth[0] = 0;
  for (let p = 0; p < above.length; p++) {
    const path: number[] = [];
    let at = p;
    for (; depth[at]! < 0; at = above[at]!) path.push(at);
    for (let i = path.length - 1, d = depth[at]!; i >= 0; i--) depth[path[i]!] = ++d;
  }
  return depth;
}

function proposed(
  { parent, pid }: ProcessTree,
  above: Int32Array,
  isWanted: (p: number) => boolean,
): ProposedBirths {
  const births: Record<string, number> = {};
  above.forEach((creator, p) => {
    if (p > 0 && parent[p] !== OUTSIDE && isWanted(p)) births[pid[p]!] = pid[creator]!;
  });
  return births;
}
