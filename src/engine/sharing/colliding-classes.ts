/**
 * Colliding classes: two of one kind that would have to come by the birth of one process, where everybody is born of its parent;
 * or one that a process would have to leave by execve, which takes what it shares of another kind, or not at all.
 *
 * Somebody else can bear it, or it can leave one for the other; where neither helps, these and whoever is between their
 * members are a part of the tree that is refused, however large the tree is.
 * In: a sharing problem and a budget. Out: parts, each a few processes, the root among them, ascending; of every two classes one.
 * Cost: O(processes · kinds), within the budget.
 */
import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { IO } from '../tree/sharing-columns.ts';
import { isPlain, PRIVATE, type SharingProblem } from './sharing-problem.ts';

/** Members of a class that a part has. */
const MOST_MEMBERS = 4;
/** Parts that are given. */
const MOST_PARTS = 40;

export function* collidingClasses(problem: SharingProblem, budget: WorkBudget): Generator<readonly number[]> {
  const { classes, classCount } = problem;
  const { parent } = problem.births;
  const climb = new Climb(parent);
  let given = 0;
  const membersBy = classes.map((column, kind) => membersOf(column, classCount[kind]!));
  for (const [kind, column] of classes.entries()) {
    const members = membersBy[kind]!;
    /** By process: the first class that its birth would have to carry. */
    const carries = new Int32Array(column.length).fill(PRIVATE);
    for (const [name, all] of members.entries()) {
      const pairs = new Set<number>();
      for (const [member, p] of climb.between(all)) {
        if (!spend(budget, 1)) return;
        if (carries[p] === PRIVATE) carries[p] = name;
        const own = column[p]!;
        for (const other of [carries[p]!, own]) {
          if (other === PRIVATE || other === name || pairs.has(other)) continue;
          pairs.add(other);
          yield partOf([p], all, members[other]!);
          if (++given === MOST_PARTS) return;
        }
        const bound = own === name ? null : boundBy(problem, kind, p);
        if (bound === null) continue;
        yield partOf([p, member], all, ...bound.map((k) => membersBy[k]![classes[k]![p]!]!));
        if (++given === MOST_PARTS) return;
      }
    }
  }
}

function partOf(between: readonly number[], ...classes: readonly number[][]): readonly number[] {
  const part = new Set([0, ...between, ...classes.flatMap((members) => members.slice(0, MOST_MEMBERS))]);
  return [...part].sort((x, y) => x - y);
}

/** Kinds of which p would lose a class by leaving an object of that kind; null: it can leave it and keep all. */
function boundBy(
  { kinds, classes, files, handlers, space }: SharingProblem,
  kind: number,
  p: number,
): readonly number[] | null {
  if (isPlain(kinds[kind]!)) return null;
  if (kinds[kind] === IO) return [];
  const lost = [files, handlers, space].filter((k) => k >= 0 && k !== kind && classes[k]![p] !== PRIVATE);
  return lost.length > 0 ? lost : null;
}

function membersOf(column: Int32Array, count: number): number[][] {
  const members = Array.from({ length: count }, (): number[] => []);
  column.forEach((name, p) => {
    if (name !== PRIVATE) members[name]!.push(p);
  });
  return members;
}

/** Ways up from the members of one class after the other. */
class Climb {
  private readonly parent: Int32Array;
  private readonly depth: Int32Array;
  /** By process: when it was last on a way. */
  private readonly marked: Int32Array;
  private stamp = 0;

  constructor(parent: Int32Array) {
    this.parent = parent;
    this.depth = new Int32Array(parent.length);
    // Parents come before their children.
    for (let p = 1; p < parent.length; p++) this.depth[p] = this.depth[parent[p]!]! + 1;
    this.marked = new Int32Array(parent.length);
  }

  /** Each process from a member up to below the lowest one above all of them, once, with such a member. */
  *between(members: readonly number[]): Generator<readonly [member: number, p: number]> {
    const { parent, marked } = this;
    const top = this.lowestAbove(members);
    this.stamp++;
    for (const member of members) {
      for (let p = member; p !== top && marked[p] !== this.stamp; p = parent[p]!) {
        marked[p] = this.stamp;
        yield [member, p];
      }
    }
  }

  private lowestAbove(members: readonly number[]): number {
    const { parent, depth, marked } = this;
    const stamp = ++this.stamp;
    let top = members[0]!;
    for (let p of members) {
      // From here on the way up to the top is known.
      while (p !== top && marked[p] !== stamp) {
        if (depth[top]! >= depth[p]!) top = parent[top]!;
        else {
          marked[p] = stamp;
          p = parent[p]!;
        }
      }
    }
    return top;
  }
}
