/**
 * Colliding classes: two of one kind that would have to come by the birth of one process, where everybody is born of its parent.
 *
 * Somebody else can bear it, or it can leave one for the other; where neither helps, these two and whoever is between their
 * members are a part of the tree that is refused, however large the tree is.
 * In: a sharing problem and a budget. Out: parts, each a few processes, the root among them, ascending; of every two classes one.
 * Cost: O(members · depth), within the budget.
 */
import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { PRIVATE, type SharingProblem } from './sharing-problem.ts';

/** Members of a class that a part has. */
const MOST_MEMBERS = 4;
/** Parts that are given. */
const MOST_PARTS = 40;

export function* collidingClasses(
  { births: { parent }, classes, classCount }: SharingProblem,
  budget: WorkBudget,
): Generator<readonly number[]> {
  const depth = depths(parent);
  let given = 0;
  for (const [kind, column] of classes.entries()) {
    const members = membersOf(column, classCount[kind]!);
    /** By process: the first class that its birth would have to carry. */
    const carries = new Int32Array(column.length).fill(PRIVATE);
    for (const [name, all] of members.entries()) {
      let top = all[0]!;
      for (const p of all) top = lowestAbove(parent, depth, top, p);
      const pairs = new Set<number>();
      for (const member of all) {
        for (let p = member; p !== top; p = parent[p]!) {
          if (!spend(budget, 1)) return;
          if (carries[p] === PRIVATE) carries[p] = name;
          const own = column[p]!;
          for (const other of [carries[p]!, own]) {
            if (other === PRIVATE || other === name || pairs.has(other)) continue;
            pairs.add(other);
            yield partOf(members[name]!, members[other]!, p);
            if (++given === MOST_PARTS) return;
          }
        }
      }
    }
  }
}

function partOf(a: readonly number[], b: readonly number[], between: number): readonly number[] {
  const part = new Set([0, between, ...a.slice(0, MOST_MEMBERS), ...b.slice(0, MOST_MEMBERS)]);
  return [...part].sort((x, y) => x - y);
}

function membersOf(column: Int32Array, count: number): number[][] {
  const members = Array.from({ length: count }, (): number[] => []);
  column.forEach((name, p) => {
    if (name !== PRIVATE) members[name]!.push(p);
  });
  return members;
}

/** Parents come before their children. */
function depths(parent: Int32Array): Int32Array {
  const depth = new Int32Array(parent.length);
  for (let p = 1; p < parent.length; p++) depth[p] = depth[parent[p]!]! + 1;
  return depth;
}

function lowestAbove(parent: Int32Array, depth: Int32Array, a: number, b: number): number {
  let [x, y] = [a, b];
  while (x !== y) {
    if (depth[x]! >= depth[y]!) x = parent[x]!;
    else y = parent[y]!;
  }
  return x;
}
