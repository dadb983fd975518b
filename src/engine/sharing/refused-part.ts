/**
 * The smallest part of a tree that is refused for what it shares.
 *
 * In: a tree that the state search has refused. Out: a part that it still refuses: kinds, then processes, then memberships,
 * then signals are left out while the rest stays refused (each of them keeps a reachable image reachable: inherit-only
 * resources, 5.1).
 * Cost: one search a part that is tried, within the budget.
 */
import { shrunk } from '../plan/shrink.ts';
import { isSpent, spend, type WorkBudget } from '../plan/work-budget.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import { type ProcessTree, parentPid } from '../tree/process-tree.ts';
import type { Sharing } from '../tree/sharing.ts';
import { KINDS, NOT_TOLD } from '../tree/sharing-columns.ts';
import { treePart } from '../tree/tree-part.ts';
import { ANY_SIGNAL } from './born-with-signal.ts';
import { type ClassCycle, classCycle } from './class-cycle.ts';
import { collidingClasses } from './colliding-classes.ts';
import { isPlain, mayNeedExec, sharingProblem, withoutExitSignals, withUntold } from './sharing-problem.ts';
import { searchStates } from './state-search.ts';

/** A few processes of a tree that are refused by themselves, and so the tree; null: none were found. */
export function refusedPart(tree: ProcessTree, budget: WorkBudget): ProcessTree | null {
  const shrink = new Shrinking(budget, false);
  return shrink.ofCycle(tree) ?? shrink.ofCollision(tree);
}

export class Shrinking {
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

  smallest(tree: ProcessTree): ProcessTree {
    return this.signals(this.memberships(this.processes(this.kinds(tree))));
  }

  private kinds(tree: ProcessTree): ProcessTree {
    const told = [...KINDS.keys()].filter((kind) => tree.sharing?.classes[kind]);
    return this.fewest(tree, told, 0, (kept) =>
      withClasses(tree, (kind, column) => (kept.includes(kind) ? column : null)),
    );
  }

  private processes(tree: ProcessTree): ProcessTree {
    const all = Array.from({ length: tree.size }, (_, i) => i);
    return this.fewest(tree, all, 1, (kept) => partOf(tree, kept));
  }

  private signals(tree: ProcessTree): ProcessTree {
    if (!this.withSignals) return withSignals(tree, null);
    const { exitSignal } = tree.sharing!;
    return this.fewest(tree, toldSignals(tree), 0, (kept) =>
      withSignals(
        tree,
        exitSignal!.map((signal, i) => (kept.includes(i) ? signal : ANY_SIGNAL)),
      ),
    );
  }

  private memberships(tree: ProcessTree): ProcessTree {
    const { classes } = tree.sharing!;
    // What only execve leaves, or nothing, is asked of those too who have their own.
    const columns = [...KINDS.keys()].filter((kind) => isPlain(kind) && classes[kind]);
    const told = columns.flatMap((kind) =>
      Array.from(classes[kind]!, (name, process) => ({ kind, process, name })).filter(
        ({ name }) => name !== NOT_TOLD,
      ),
    );
    return this.fewest(tree, told, 0, (kept) => {
      const left = new Map(columns.map((kind) => [kind, new Int32Array(tree.size).fill(NOT_TOLD)]));
      for (const { kind, process, name } of kept) left.get(kind)![process] = name;
      return withClasses(tree, (kind, column) => left.get(kind) ?? column);
    });
  }

  /** The part with as few of these as is still refused, the first `fixed` of them anyway. */
  private fewest<T>(
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

/** Processes of whose exit signal something is asked. */
export function toldSignals({ sharing }: ProcessTree): number[] {
  const signals = sharing?.exitSignal ?? new Uint8Array(0);
  return [...signals.keys()].filter((i) => i > 0 && signals[i] !== ANY_SIGNAL);
}
