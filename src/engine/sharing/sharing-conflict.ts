/**
 * Sharing conflict: why no history gives these shared objects, by as few facts as there can be.
 *
 * In: a tree that the state search has refused. Out: the smallest part of it that is still refused, in words: kinds,
 * then processes, then memberships are left out while the rest stays refused (each of them keeps a reachable image
 * reachable: inherit-only resources, 5.1). Where classes of two kinds close a circle, that is the reason by itself.
 * Cost: one search a part that is tried, within the budget; `minimal` says whether it sufficed.
 */
import type { Conflict, Fact } from '../answer-types/conflict.ts';
import { inWords } from '../answer-types/in-words.ts';
import { shrunk } from '../plan/shrink.ts';
import { isSpent, spend, type WorkBudget } from '../plan/work-budget.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import { KIND_WORDS } from '../tree/kind-words.ts';
import { OUTSIDE, type ProcessTree, parentPid } from '../tree/process-tree.ts';
import type { Sharing } from '../tree/sharing.ts';
import { KINDS, type Kind, NOT_TOLD, SIGHAND, VM } from '../tree/sharing-columns.ts';
import { treePart } from '../tree/tree-part.ts';
import { ANY_SIGNAL } from './born-with-signal.ts';
import { type ClassCycle, classCycle } from './class-cycle.ts';
import { collidingClasses } from './colliding-classes.ts';
import { isPlain, mayNeedExec, sharingProblem, withoutExitSignals, withUntold } from './sharing-problem.ts';
import { searchStates } from './state-search.ts';

/** Processes up to which a tree is shrunk as it is. */
const SMALL = 64;

export interface SharingConflict {
  readonly conflict: Conflict;
  readonly kinds: readonly Kind[];
  /** Processes of the circle of classes, where there is one, in its order. */
  readonly cycle: readonly number[] | null;
  /** The part of the tree that is still refused, and whether sessions matter in it. */
  readonly part: ProcessTree;
  readonly sessions: boolean;
}

export function sharingConflict(tree: ProcessTree, budget: WorkBudget): SharingConflict {
  let shrink = new Shrinking(budget, false);
  const small = shrink.ofCycle(tree) ?? (tree.size > SMALL ? shrink.ofCollision(tree) : null);
  if (!small && tree.sharing?.exitSignal && !shrink.isRefused(tree)) shrink = new Shrinking(budget, true);
  let part = small ?? tree;
  part = shrink.kinds(part);
  part = shrink.processes(part);
  part = shrink.memberships(part);
  part = shrink.signals(part);
  const cycle = cycleOf(part);
  const bare = shrink.isRefused(withoutSessions(part));
  const conflict = conflictOf(tree, part, cycle, !bare, shrink.complete);
  // Handlers that several have are in one address space, whoever tells it (K1).
  const sharesHandlers = membersOf(part, SIGHAND).length > 0;
  const kinds = KINDS.filter(
    (_, kind) =>
      membersOf(part, kind).length > 0 || (kind === VM && sharesHandlers && part.sharing!.classes[VM]),
  );
  const pids = cycle?.processes.map((p) => part.pid[p]!) ?? null;
  return { conflict, kinds, cycle: pids, part, sessions: !bare };
}

/** A few processes of a tree that are refused by themselves, and so the tree; null: none were found. */
export function refusedPart(tree: ProcessTree, budget: WorkBudget): ProcessTree | null {
  const shrink = new Shrinking(budget, false);
  return shrink.ofCycle(tree) ?? shrink.ofCollision(tree);
}

class Shrinking {
  complete = true;
  private readonly budget: WorkBudget;
  /** Do exit signals matter? */
  private readonly withSignals: boolean;

  constructor(budget: WorkBudget, withSignals: boolean) {
    this.budget = budget;
    this.withSignals = withSignals;
  }

  isRefused(tree: ProcessTree): boolean {
    if (tree.sharing === null || isSpent(this.budget)) {
      this.complete &&= tree.sharing === null;
      return false;
    }
    const told = sharingProblem(tree, problemOf(tree));
    const asTold = this.withSignals ? told : withoutExitSignals(told);
    const problem = withUntold(asTold, tree) ?? asTold;
    const options = { exec: mayNeedExec(problem), threads: true };
    const found = searchStates(problem, options, this.budget);
    spend(this.budget, tree.size);
    if (found === 'work limit') this.complete = false;
    return found !== 'work limit' && found.moves === null;
  }

  /** The processes of a circle alone; sessions take part in one only where threads cannot help. */
  ofCycle(tree: ProcessTree): ProcessTree | null {
    const cycle = cycleOf(tree);
    if (!cycle) return null;
    const part = treePart(
      tree,
      [...new Set([0, ...cycle.processes])].sort((a, b) => a - b),
    );
    return part && this.isRefused(part) ? part : null;
  }

  /** Two classes that would have to come by one birth, and whoever is between. */
  ofCollision(tree: ProcessTree): ProcessTree | null {
    if (tree.namespaces.length > 1) return null;
    for (const few of collidingClasses(sharingProblem(tree, problemOf(tree)), this.budget)) {
      const part = treePart(tree, few);
      if (part && this.isRefused(part)) return part;
    }
    return null;
  }

  kinds(tree: ProcessTree): ProcessTree {
    const told = [...KINDS.keys()].filter((kind) => tree.sharing?.classes[kind]);
    return this.smallest(tree, told, 0, (kept) =>
      withClasses(tree, (kind, column) => (kept.includes(kind) ? column : null)),
    );
  }

  processes(tree: ProcessTree): ProcessTree {
    const all = Array.from({ length: tree.size }, (_, i) => i);
    return this.smallest(tree, all, 1, (kept) => partOf(tree, kept));
  }

  signals(tree: ProcessTree): ProcessTree {
    if (!this.withSignals) return withSignals(tree, null);
    const { exitSignal } = tree.sharing!;
    return this.smallest(tree, toldSignals(tree), 0, (kept) =>
      withSignals(
        tree,
        exitSignal!.map((signal, i) => (kept.includes(i) ? signal : ANY_SIGNAL)),
      ),
    );
  }

  memberships(tree: ProcessTree): ProcessTree {
    const { classes } = tree.sharing!;
    // What only execve leaves, or nothing, is asked of those too who have their own.
    const columns = [...KINDS.keys()].filter((kind) => isPlain(kind) && classes[kind]);
    const told = columns.flatMap((kind) =>
      Array.from(classes[kind]!, (name, process) => ({ kind, process, name })).filter(
        ({ name }) => name !== NOT_TOLD,
      ),
    );
    return this.smallest(tree, told, 0, (kept) => {
      const left = new Map(columns.map((kind) => [kind, new Int32Array(tree.size).fill(NOT_TOLD)]));
      for (const { kind, process, name } of kept) left.get(kind)![process] = name;
      return withClasses(tree, (kind, column) => left.get(kind) ?? column);
    });
  }

  /** The part with as few of these as is still refused, the first `fixed` of them anyway. */
  private smallest<T>(
    tree: ProcessTree,
    all: readonly T[],
    fixed: number,
    partOf: (kept: readonly T[]) => ProcessTree | null,
  ): ProcessTree {
    let smallest = tree;
    shrunk(all, fixed, this.budget, (kept) => {
      const part = partOf(kept);
      if (!part || !this.isRefused(part)) return null;
      smallest = part;
      return kept;
    });
    this.complete &&= !isSpent(this.budget);
    return smallest;
  }
}

/** Whatever the parents, and over whatever pid namespaces. */
export function cycleOf(tree: ProcessTree): ClassCycle | null {
  return tree.sharing && classCycle(sharingProblem(tree, problemOf(tree)));
}

function withClasses(
  tree: ProcessTree,
  change: (kind: number, column: Int32Array | null) => Int32Array | null,
): ProcessTree {
  const sharing: Sharing = {
    ...tree.sharing!,
    classes: tree.sharing!.classes.map((column, kind) => change(kind, column)),
  };
  return { ...tree, sharing };
}

/** Nothing is asked of the signals of those who fall to another parent. */
function partOf(tree: ProcessTree, kept: readonly number[]): ProcessTree | null {
  const part = treePart(tree, kept);
  const exitSignal = part?.sharing?.exitSignal;
  if (!part || !exitSignal) return part;
  const hasItsParent = (i: number): boolean =>
    i > 0 && parentPid(part, i) === parentPid(tree, tree.indexOf(part.pid[i]!));
  return withSignals(
    part,
    exitSignal.map((signal, i) => (hasItsParent(i) ? signal : ANY_SIGNAL)),
  );
}

function withSignals(tree: ProcessTree, exitSignal: Uint8Array | null): ProcessTree {
  return { ...tree, sharing: { ...tree.sharing!, exitSignal } };
}

/** The same with everybody in the root's session. */
function withoutSessions(tree: ProcessTree): ProcessTree {
  const sid = new Int32Array(tree.size).fill(tree.sid[0]!);
  return { ...tree, sid };
}

/** Processes whose class of a kind has another member, by class. */
function membersOf({ sharing }: ProcessTree, kind: number): number[][] {
  const column = sharing?.classes[kind] ?? new Int32Array(0);
  const told = [...column.keys()].filter((i) => column[i] !== NOT_TOLD);
  return [...Map.groupBy(told, (i) => column[i]!).values()].filter(({ length }) => length > 1);
}

/** Processes of whose exit signal something is asked. */
export function toldSignals({ sharing }: ProcessTree): number[] {
  const signals = sharing?.exitSignal ?? new Uint8Array(0);
  return [...signals.keys()].filter((i) => i > 0 && signals[i] !== ANY_SIGNAL);
}

function conflictOf(
  whole: ProcessTree,
  part: ProcessTree,
  cycle: ClassCycle | null,
  sessions: boolean,
  minimal: boolean,
): Conflict {
  const facts: Fact[] = [];
  const words: string[] = [];
  const concerned = new Set<number>();
  for (let kind = 0; kind < KINDS.length; kind++) {
    for (const members of membersOf(part, kind)) {
      const first = whole.indexOf(part.pid[members[0]!]!);
      const value = (whole.sharing?.classes[kind]?.[first] ?? first) + 1;
      for (const i of members) {
        facts.push({ pid: part.pid[i]!, field: KINDS[kind]!, value });
        concerned.add(i);
      }
      words.push(`${inWords(members.map((i) => part.pid[i]!))} share ${KIND_WORDS[KINDS[kind]!].any}`);
    }
  }
  for (const i of toldSignals(part)) {
    const value = part.sharing!.exitSignal![i]!;
    facts.push({ pid: part.pid[i]!, field: 'exitSignal', value });
    words.push(`${part.pid[i]} has exit signal ${value}`);
  }
  for (let i = 0; i < part.size; i++) {
    if (sessions) facts.push({ pid: part.pid[i]!, field: 'sid', value: part.sid[i]! });
    if (cycle && !sessions) continue;
    if (sessions)
      words.push(`${part.pid[i]} ${part.sid[i] === part.pid[i] ? 'leads' : 'is in'} session ${part.sid[i]}`);
    if (part.parent[i] === OUTSIDE) continue;
    const above = part.pid[part.parent[i]!]!;
    const index = whole.indexOf(part.pid[i]!);
    const ppid = parentPid(whole, index);
    facts.push({
      pid: part.pid[i]!,
      field: 'ppid',
      value: ppid,
      ...(ppid === above ? {} : { below: above }),
    });
    words.push(`${part.pid[i]} is ${ppid === above ? 'a child of' : 'below'} ${above}`);
    concerned.add(i);
    concerned.add(part.parent[i]!);
  }
  const pids = [...concerned].map((i) => part.pid[i]!).sort((a, b) => a - b);
  const fromBirth = 'Another exit signal than SIGCHLD is had from birth, as a child of the same parent.';
  const signals = facts.some(({ field }) => field === 'exitSignal') ? ` ${fromBirth}` : '';
  const reason = cycle
    ? `${circle(part, cycle)}: each of these passes at births only, and births have no circle.`
    : `Each of these passes at births only, and no order of births, of leaving and of setsid gives all of it.${signals}`;
  return { rule: 'SHARING', pids, facts, text: `${words.join('; ')}. ${reason}`, minimal };
}

function circle(tree: ProcessTree, { processes, links }: ClassCycle): string {
  return processes
    .map(
      (p, at) =>
        `${tree.pid[p]} has ${links[at]} in common with ${tree.pid[processes[(at + 1) % processes.length]!]}`,
    )
    .join(', ');
}
