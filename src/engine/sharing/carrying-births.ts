/**
 * Births over several pid namespaces that can carry what is shared: as the state search places everybody.
 *
 * In: a tree, the births that are given, whether processes may execute themselves, and a budget. Out: for each pid the
 * closest process of the image above it by birth; null, nothing was found. A pid namespace is one more thing that is held,
 * which only goes down (I58 to I62): who is born in one has nobody below that lives elsewhere than in it or below it.
 * Everything else about namespaces is not asked here, so that these are births to be tried, and no proof of anything.
 * Cost: that of the search.
 */
import { type WorkBudget, withShare } from '../plan/work-budget.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { follow, type Step } from './moves.ts';
import { sharingProblem } from './sharing-problem.ts';
import { searchStates } from './state-search.ts';

export function carryingBirths(
  tree: ProcessTree,
  hints: Int32Array,
  exec: boolean,
  budget: WorkBudget,
): Record<string, number> | null {
  const problem = sharingProblem(tree, problemOf(tree), hints);
  const found = withShare(budget, budget.work / 4, (share) =>
    searchStates(problem, { exec, threads: false }, share),
  );
  if (found === 'work limit' || found.moves === null) return null;
  const above = new Int32Array(tree.size);
  problem.bornLast.forEach((isLast, p) => {
    if (isLast === 1) above[p] = problem.births.parent[p]!;
  });
  const born = (move: Step, at: number): number => {
    if (move.op !== 'start') return at;
    above[move.q] = at;
    return move.q;
  };
  follow(found.moves, 0, born, (_split, at) => at);
  const births: Record<string, number> = {};
  for (let p = 1; p < tree.size; p++)
    if (tree.parent[p] !== OUTSIDE) births[tree.pid[p]!] = tree.pid[above[p]!]!;
  return births;
}
