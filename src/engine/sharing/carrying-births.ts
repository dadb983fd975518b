/**
 * Births over several pid namespaces that can carry what is shared: as the state search places everybody.
 *
 * In: a tree, the births that are given, and a budget. Out: proposals: the births with dead leaders and helpers in the
 * order of the search, and for each pid the closest process of the image above it by birth; then that of those alone
 * whose births carry something. A pid namespace is one more
 * thing that is held, which only goes down (I58 to I62): who is born in one has nobody below that lives elsewhere than in
 * it or below it, nor a dead leader above them that did. An init need not be above its children by birth: who was put
 * into its namespace leaves its own to it.
 * Everything else about namespaces is not asked here, so that these are births to be tried, and no proof of anything.
 * Cost: that of the search, and O(processes · depth).
 */
import { type WorkBudget, withShare } from '../plan/work-budget.ts';
import type { OrderedBirth, OrderedBirths } from '../planner/ordered-births.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { SIGCHLD } from '../tree/sharing-columns.ts';
import { follow, type Held, type Move, NONE, type Step, withSlot } from './moves.ts';
import { isPlain, PRIVATE, type SharingProblem, sharingProblem, waysOf } from './sharing-problem.ts';
import { searchStates } from './state-search.ts';

/** By pid: that of the closest process of the image above it by birth. */
export type ProposedBirths = Readonly<Record<string, number>>;

export interface Proposal {
  readonly births: ProposedBirths;
  /** The same with dead leaders, in their order: without helpers that hold a class, and with. */
  readonly ordered: readonly OrderedBirths[];
}

export function* carryingBirths(
  tree: ProcessTree,
  hints: Int32Array,
  budget: WorkBudget,
): Generator<Proposal> {
  const problem = sharingProblem(tree, problemOf(tree), hints);
  const searched = { ...problem, births: withoutAdoptions(tree, problem) };
  for (const exec of waysOf(problem)) {
    const found = withShare(budget, budget.work / 4, (share) =>
      searchStates(searched, { exec, threads: false }, share),
    );
    if (found === 'work limit' || found.moves === null) continue;
    const plain = placesOf(tree, problem, found.moves, false);
    const above = processesAbove(tree, plain.births);
    const held = placesOf(tree, problem, found.moves, true);
    const ordered = held.hasHolders ? [plain.births, held.births] : [plain.births];
    yield { births: proposed(tree, above, () => true), ordered };
    const carries = carriers(problem, above, processesOf(tree, plain.births));
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

/** A place of the search: who holds it, and whether that one has called setsid. */
interface Place {
  readonly at: number;
  readonly hasLed: boolean;
}

/** @param withHolders may helpers hold a class? Else whoever is above them bears in their stead */
function placesOf(
  tree: ProcessTree,
  { births, bornLast, classes, kinds }: SharingProblem,
  moves: Move,
  withHolders: boolean,
): { readonly births: OrderedBirths; readonly hasHolders: boolean } {
  const { size, sessionNumber, sessionCount, leader, session, outside } = births;
  const firstHolder = size + sessionCount;
  const numberOf = (e: number): number => {
    if (e >= firstHolder) return firstHolder - e - 1;
    return e < size ? tree.pid[e]! : sessionNumber[e - size]!;
  };
  const leads = (e: number): boolean => (e < size ? leader[session[e]!] === e : e < firstHolder);
  const ordered = new Map<number, OrderedBirth>();
  /** How often who stands at a place has taken a new object, or led its session, in what it bears. */
  const eras = new Map<number, number>();
  const change = (at: number): void => void eras.set(at, (eras.get(at) ?? 0) + 1);
  let holders = 0;
  let rank = 0;
  const bear = (e: number, { at, hasLed }: Place, era = eras.get(at) ?? 0): void => {
    const isDead = e >= size && e < firstHolder;
    const leadsAt = isDead ? ++rank : Number.POSITIVE_INFINITY;
    const before = leads(at) && !hasLed;
    ordered.set(numberOf(e), { by: numberOf(at), before, rank: ++rank, leadsAt, era });
  };
  /** Kinds, a bit each by place, in which a helper or a dead leader has got an object, or a new one. */
  const had = new Map<number, number>();
  const canHold = (e: number, k: number): boolean => {
    if (isPlain(kinds[k]!)) return e >= size || classes[k]![e] === PRIVATE;
    return e >= size && ((had.get(e) ?? 0) & (1 << k)) === 0;
  };
  const got = (e: number, held: Held): void =>
    void had.set(
      e,
      kinds.reduce((bits, _, k) => (held[k + 1] === NONE ? bits : bits | (1 << k)), 0),
    );
  const taken = (move: Step, place: Place): Place => {
    switch (move.op) {
      case 'start':
        bear(move.q, place);
        return { at: move.q, hasLed: false };
      case 'dead':
        bear(size + move.session, place);
        got(size + move.session, move.held);
        return { at: size + move.session, hasLed: true };
      case 'open': {
        if (!withHolders || move.owner || canHold(place.at, move.kind)) {
          change(place.at);
          if (place.at >= size) had.set(place.at, (had.get(place.at) ?? 0) | (1 << move.kind));
          return place;
        }
        const holder = firstHolder + holders++;
        bear(holder, place);
        got(holder, withSlot(move.held, move.kind + 1, move.class));
        return { at: holder, hasLed: false };
      }
      case 'setsid': {
        const number = numberOf(place.at);
        const birth = ordered.get(number);
        if (birth) ordered.set(number, { ...birth, leadsAt: ++rank });
        change(place.at);
        return { ...place, hasLed: true };
      }
      case 'exec':
        change(place.at);
        return place;
    }
  };
  follow<Place>(moves, { at: 0, hasLed: outside < 0 }, taken, (_split, at) => at);
  for (let p = 1; p < size; p++) if (bornLast[p] === 1) bear(p, { at: births.parent[p]!, hasLed: true }, -1);
  return { births: ordered, hasHolders: holders > 0 };
}
