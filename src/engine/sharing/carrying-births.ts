/**
 * Births over several pid namespaces that can carry what is shared: as the state search places everybody.
 *
 * In: a tree, the births that are given, and a budget. Out: proposals: the births with dead leaders and helpers in the
 * order of the search, and for each pid the closest process of the image above it by birth; then that of those alone
 * whose births carry something. What namespaces ask of births the search knows (born-in-namespaces.ts). An init need
 * not be above its children by birth: who was put into its namespace leaves its own to it.
 * Groups, and how everybody comes to its parent, are not asked here, so that these are births to be tried, and no proof
 * of anything.
 * Cost: that of the search, and O(processes · depth).
 */
import { type WorkBudget, withShare } from '../plan/work-budget.ts';
import type { OrderedBirths } from '../planner/ordered-births.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { SIGCHLD } from '../tree/sharing-columns.ts';
import { type BirthScript, birthScript, type Holders } from './birth-script.ts';
import { scriptOrder } from './script-order.ts';
import { type SharingProblem, sharingProblem, waysOf } from './sharing-problem.ts';
import { searchStates } from './state-search.ts';

/** By pid: that of the closest process of the image above it by birth. */
export type ProposedBirths = Readonly<Record<string, number>>;

export interface Proposal {
  readonly births: ProposedBirths;
  /** The same with dead leaders, in their order: without helpers that hold a class, with few, with all, and with carriers enough. */
  readonly ordered: readonly OrderedBirths[];
}

/** Of the work that is left: what the search without execve gets where execve may be needed, and the last one. */
const FIRST_WAY = 1 / 4;
const LAST_WAY = 3 / 4;

export function* carryingBirths(
  tree: ProcessTree,
  hints: Int32Array,
  budget: WorkBudget,
): Generator<Proposal> {
  const problem = sharingProblem(tree, problemOf(tree), hints);
  const searched = { ...problem, births: withoutAdoptions(tree, problem) };
  const ways = waysOf(problem);
  for (const [i, exec] of ways.entries()) {
    const part = i + 1 < ways.length ? FIRST_WAY : LAST_WAY;
    const found = withShare(budget, budget.work * part, (share) =>
      searchStates(searched, { exec, threads: false }, share),
    );
    if (found === 'work limit' || found.moves === null) continue;
    const { moves } = found;
    const script = (holders: Holders): BirthScript => birthScript(problem, moves, holders);
    const order = (of: BirthScript, isExact = false): OrderedBirths =>
      scriptOrder(tree, problem, of, isExact);
    const plain = order(script('none'));
    const above = processesAbove(tree, plain);
    const all = script('all');
    const few = script('few');
    const ordered = [plain];
    if (few.serves.length > 0) ordered.push(order(few));
    if (all.serves.length > few.serves.length) ordered.push(order(all));
    ordered.push(order(all, true));
    yield { births: proposed(tree, above, () => true), ordered };
    const carries = carriers(problem, above, processesOf(tree, plain));
    yield { births: proposed(tree, above, (p) => carries[p] === 1), ordered: [] };
  }
}

/**
 * The root is above everybody: it stands for the parent of those whom an init may have adopted. Whoever has
 * another exit signal than SIGCHLD was not adopted (I81).
 */
function withoutAdoptions(
  { namespaces, namespace }: ProcessTree,
  { births, exitSignal }: SharingProblem,
): OriginProblem {
  const isInit = (p: number): boolean => namespaces[namespace[p]!]!.init === p;
  const mayBeAdopted = (p: number): boolean => p > 0 && (exitSignal?.[p] ?? SIGCHLD) === SIGCHLD;
  const parent = births.parent.map((of, p) => (mayBeAdopted(p) && isInit(of) ? 0 : of));
  return { ...births, parent };
}

/** By process: the closest one above it by birth, past dead leaders. */
function processesAbove(tree: ProcessTree, births: OrderedBirths): Int32Array {
  return tree.pid.map((pid, p) => {
    if (p === 0) return 0;
    let { by } = births.get(pid)!;
    while (tree.indexOf(by) < 0) by = births.get(by)!.by;
    return tree.indexOf(by);
  });
}

/** Who was born, creators before whom they bear. */
function processesOf(tree: ProcessTree, births: OrderedBirths): number[] {
  return [...births.keys()].map((number) => tree.indexOf(number)).filter((p) => p > 0);
}

/** 1: whose birth carries a class: some of its members are at or below that process, and some are not. */
function carriers(
  { classes, classCount }: SharingProblem,
  above: Int32Array,
  creatorsFirst: readonly number[],
): Uint8Array {
  const carries = new Uint8Array(above.length);
  classes.forEach((column, kind) => {
    for (let name = 0; name < classCount[kind]!; name++) {
      const below = column.map((own) => (own === name ? 1 : 0));
      const members = below.reduce((count, member) => count + member, 0);
      for (const p of creatorsFirst.toReversed()) {
        if (below[p]! > 0 && below[p]! < members) carries[p] = 1;
        below[above[p]!]! += below[p]!;
      }
    }
  });
  return carries;
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
