/**
 * Stage: who exists while a nested plan is made, with numbers, namespace, parent and group at that moment.
 *
 * Actors 0 .. elements − 1 are the elements of the nested origin; further ones are helpers, added as they are needed.
 * Invariant: every actor has a number on each level of its namespace; helpers get fresh ones on every level, so the
 * kernel chooses none (D20). Cost: O(1) a call, at most 32 levels.
 */

import type { HelperRole } from '../../plan/helper-list.ts';
import type { PlanOptions } from '../../plan/plan-options.ts';
import { NEWPID, PARENT, StepList } from '../../plan/step-list.ts';
import { FreshNumbers } from '../schedule/fresh-numbers.ts';
import { HelperRoster } from '../schedule/helper-roster.ts';
import type { NestedOrigin } from './nested-origin.ts';
import type { NestedTree } from './nested-tree.ts';
import { innerNumbersOf } from './owners.ts';

/** Nobody of the image or the plan: the world outside level 0. */
export const WORLD = -1;

/** The plan needs more numbers than there are. */
export class NumbersExhausted extends Error {}

/** Somebody who left the group from outside, which has no number, would have to come back to it. */
export class OutsideGroupLost extends Error {}

export class Stage {
  readonly nested: NestedTree;
  readonly steps = new StepList(256);
  readonly roster = new HelperRoster();
  readonly namespace: number[] = [];
  readonly pid: number[] = [];
  /** Parent at birth; nobody changes parents before the deaths. */
  readonly parent: number[] = [];
  /** Number of the group that an actor is in. */
  readonly group: number[] = [];
  readonly exists: boolean[] = [];
  private readonly inner: (Int32Array | number[])[] = [];
  private readonly fresh: FreshNumbers;
  private readonly freshInside: Int32Array;
  /** Level 0's namespace; its init is the process with the same index. */
  private readonly levelZero: number;

  /** `hidden`: namespaces around level 0 that no plan shows. */
  constructor(nested: NestedTree, origin: NestedOrigin, options: PlanOptions, hidden: number) {
    const { tree, relations, sessions } = nested;
    this.levelZero = hidden;
    this.nested = nested;
    this.fresh = new FreshNumbers(tree, options.helperPidMin, options.occupiedPids);
    this.freshInside = firstFreeInside(nested);
    const { offset, pid, sid } = tree.levels!;
    for (let i = 0; i < tree.size; i++) {
      const inner = Math.min(offset[i]! + 1 + hidden, offset[i + 1]!);
      this.enter(tree.pid[i]!, tree.namespace[i]!, pid.subarray(inner, offset[i + 1]!));
    }
    for (let s = 0; s < sessions.count; s++) {
      if (s === 0 || sessions.process[s]! >= 0) this.enter(0, 0, []);
      else
        this.enter(
          sessions.number[s]!,
          sessions.namespace[s]!,
          this.shown(innerNumbersOf(tree, relations, sessions, s, sid)),
        );
    }
    for (const tool of origin.tools) this.enter(0, tool.namespace, []);
    for (let i = 0; i <= hidden; i++) this.exists[i] = true;
    if (hidden > 0) this.parent[hidden] = 0;
  }

  /** Is this the restorer, who lives around level 0 and can have no helpers there? */
  isRestorer(actor: number): boolean {
    return actor < this.levelZero;
  }

  /** Of the numbers on inner levels those below level 0. */
  private shown(inner: Int32Array): Int32Array {
    return inner.subarray(this.levelZero);
  }

  /** Puts a new helper on stage, not born yet. */
  addHelper(namespace: number): number {
    const actor = this.enter(0, namespace, []);
    this.number(actor);
    return actor;
  }

  /** Puts the helper that plays a dead owner on stage, not born yet. */
  addOwner(pid: number, namespace: number, inner: Int32Array): number {
    return this.enter(pid, namespace, this.shown(inner));
  }

  /** Gives an actor without a number fresh ones. */
  number(actor: number): void {
    if (this.pid[actor] !== 0) return;
    const { relations } = this.nested;
    const numbers: number[] = [];
    for (let n = this.namespace[actor]!; n > this.levelZero; n = relations.parent[n]!)
      numbers.unshift(this.freshInside[n]!++);
    this.inner[actor] = numbers;
    this.pid[actor] = this.fresh.take();
    if (this.pid[actor] === 0) throw new NumbersExhausted();
  }

  serve(actor: number, role: HelperRole, pids: readonly number[]): void {
    const row = this.roster.add(this.pid[actor]!, role);
    for (const pid of pids) this.roster.serve(row, pid);
  }

  /**
   * `caller` makes `actor` in the actor's namespace, as its child or as its sibling; for an inner namespace it enters
   * that and goes home again (G4). The init of a namespace makes it (A15); one whose parent lives further out than the
   * parent namespace is made by a helper inside that, which CLONE_PARENTs it out (C5).
   */
  bear(caller: number, actor: number, sibling: boolean): void {
    const { relations, tree } = this.nested;
    const here = this.namespace[caller]!;
    const there = this.namespace[actor]!;
    const isInit = actor < tree.size && relations.init[there] === actor && there !== here;
    const parent = sibling ? this.parent[caller]! : caller;
    if (!isInit) this.cloneInto(caller, actor, there, sibling ? PARENT : 0);
    else if (relations.parent[there] === here) this.clone(caller, actor, sibling ? PARENT | NEWPID : NEWPID);
    else {
      const helper = this.addHelper(relations.parent[there]!);
      this.serve(helper, 'carrier', [this.pid[actor]!]);
      this.cloneInto(caller, helper, relations.parent[there]!, sibling ? PARENT : 0);
      this.clone(helper, actor, PARENT | NEWPID);
      this.steps.exit(this.pid[helper]!, 0);
      this.steps.wait4(this.pid[parent]!, this.pid[helper]!);
    }
    this.exists[actor] = true;
    this.parent[actor] = parent;
    this.group[actor] = this.group[caller]!;
  }

  /** Moves an actor into a group, by its own call or by its parent's. */
  setGroup(caller: number, actor: number, group: number): void {
    if (this.group[actor] === group) return;
    if (group === 0) throw new OutsideGroupLost();
    this.steps.setpgid(this.pid[caller]!, this.pid[actor]!, group);
    this.group[actor] = group;
  }

  private enter(pid: number, namespace: number, inner: Int32Array | number[]): number {
    this.namespace.push(namespace);
    this.inner.push(inner);
    this.parent.push(WORLD);
    this.group.push(0);
    this.exists.push(false);
    return this.pid.push(pid) - 1;
  }

  private cloneInto(caller: number, actor: number, namespace: number, flags: number): void {
    const { relations } = this.nested;
    // The restorer outside has joined level 0 for its children for good.
    const home = Math.max(this.namespace[caller]!, this.levelZero);
    const away = home !== namespace;
    if (away) this.steps.setns(this.pid[caller]!, this.pid[relations.init[namespace]!]!);
    this.clone(caller, actor, flags);
    if (away)
      this.steps.setns(
        this.pid[caller]!,
        caller < this.levelZero ? this.pid[this.levelZero]! : this.pid[caller]!,
      );
  }

  private clone(caller: number, actor: number, flags: number): void {
    this.steps.clone3(this.pid[caller]!, this.pid[actor]!, flags, this.inner[actor]!);
  }
}

/** For each nested namespace the first number above all that the image uses in it. */
function firstFreeInside({ tree, relations }: NestedTree): Int32Array {
  const next = new Int32Array(relations.count).fill(2);
  const { offset, pid, pgid, sid } = tree.levels!;
  for (let i = 0; i < tree.size; i++) {
    let n = tree.namespace[i]!;
    for (let at = offset[i + 1]! - 1; n > 0; at--, n = relations.parent[n]!) {
      next[n] = Math.max(next[n]!, pid[at]! + 1, pgid[at]! + 1, sid[at]! + 1);
    }
  }
  return next;
}
