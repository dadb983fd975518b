/**
 * Stage: who exists while a plan is made, and the one place that turns what they do into steps.
 *
 * Actors 0 .. elements − 1 are the elements, then come the carriers, then helpers that are added as they are needed.
 * In one pid namespace an actor is its number. Over several, it also lives somewhere, has a number on each level of its
 * namespace (the kernel chooses none, D20), and its parent and group at the moment are known.
 * Cost: O(1) a call; over several namespaces O(levels), at most 32.
 */

import type { HelperRole } from '../../plan/helper-list.ts';
import { NEWPID, PARENT, type StepList } from '../../plan/step-list.ts';
import { larger } from '../../tree/larger-columns.ts';
import { NumberTable } from '../../tree/number-table.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { int32s } from '../../tree/scratch.ts';
import type { NestedTree } from '../nested/nested-tree.ts';
import type { FreshNumbers } from './fresh-numbers.ts';
import { HelperRoster } from './helper-roster.ts';

/** The plan needs more numbers than there are. */
export class NumbersExhausted extends Error {}

/** Somebody who left the group from outside, which has no number, would have to come back to it. */
export class OutsideGroupLost extends Error {}

export class Stage {
  readonly steps: StepList;
  readonly roster = new HelperRoster();
  /** Row of a helper in the roster. */
  readonly rowOf = new NumberTable(16);
  /** Number of an actor on level 0. */
  readonly pid: Numbers;
  readonly homes: Homes | null;
  private readonly fresh: FreshNumbers;
  private readonly scarce: boolean;

  /** @param scarce numbers are few: helpers get theirs at birth, and give them back when they are reaped */
  constructor(
    steps: StepList,
    actors: number,
    fresh: FreshNumbers,
    homes: Homes | null = null,
    scarce = false,
  ) {
    this.steps = steps;
    this.fresh = fresh;
    this.homes = homes;
    this.scarce = scarce;
    this.pid = new Numbers(actors);
  }

  /** A number for a helper that may have any. */
  private freshNumber(): number {
    const number = this.fresh.take();
    if (number === 0) throw new NumbersExhausted();
    return number;
  }

  /** The number of a helper of the cast, which may have any; 0: it gets one when it is born. */
  castNumber(): number {
    return this.scarce ? 0 : this.freshNumber();
  }

  /** Puts a new helper on stage, not born yet; with a number of its own where that matters. */
  addHelper(namespace: number, number = 0, inner: ArrayLike<number> | null = null): number {
    const actor = this.pid.push(number === 0 ? this.freshNumber() : number);
    this.homes?.enter(actor, namespace, inner);
    return actor;
  }

  /** Lists an actor as a helper; returns its row. */
  list(actor: number, role: HelperRole): number {
    const row = this.roster.add(this.pid.of[actor]!, role);
    this.rowOf.set(actor, row);
    return row;
  }

  serve(actor: number, role: HelperRole, pids: Iterable<number>): void {
    const row = this.list(actor, role);
    for (const pid of pids) this.roster.serve(row, pid);
  }

  /** `caller` makes `actor`, as its child or as its sibling. */
  bear(caller: number, actor: number, sibling: boolean): void {
    const { homes, steps } = this;
    const { of } = this.pid;
    if (this.scarce && of[actor] === 0)
      this.roster.number(this.rowOf.get(actor), (of[actor] = this.freshNumber()));
    if (homes === null) steps.clone3(of[caller]!, of[actor]!, sibling ? PARENT : 0);
    else this.bearAt(homes, caller, actor, sibling);
  }

  setsid(actor: number): void {
    const pid = this.pid.of[actor]!;
    this.steps.setsid(pid);
    if (this.homes !== null) this.homes.group[actor] = pid;
  }

  /** Moves an actor into a group, by its own call or by its parent's. */
  setGroup(caller: number, actor: number, group: number): void {
    const { homes, steps } = this;
    if (homes !== null) {
      if (homes.group[actor] === group) return;
      if (group === 0) throw new OutsideGroupLost();
      homes.group[actor] = group;
    }
    steps.setpgid(this.pid.of[caller]!, this.pid.of[actor]!, group);
  }

  /** A helper dies, and its parent waits for it. */
  dismiss(actor: number, parent: number): void {
    const { of } = this.pid;
    this.steps.exit(of[actor]!, 0);
    this.steps.wait4(of[parent]!, of[actor]!);
    if (this.scarce) this.fresh.giveBack(of[actor]!);
    if (this.homes !== null) this.homes.group[actor] = 0;
  }

  /**
   * For an inner namespace the caller enters that and goes home again (G4). The init of a namespace makes it (A15); one
   * whose parent lives further out than the parent namespace is made by a helper inside that, which CLONE_PARENTs it
   * out (C5).
   */
  private bearAt(homes: Homes, caller: number, actor: number, sibling: boolean): void {
    const here = homes.namespace[caller]!;
    const there = homes.namespace[actor]!;
    const parent = sibling ? homes.parent[caller]! : caller;
    const flags = sibling ? PARENT : 0;
    const outer = homes.parentNamespace[there]!;
    if (homes.initOf[there] !== actor || there === here) this.cloneInto(homes, caller, actor, there, flags);
    else if (outer === here) this.clone(homes, caller, actor, flags | NEWPID);
    else {
      const helper = this.addHelper(outer);
      this.serve(helper, 'carrier', [this.pid.of[actor]!]);
      this.cloneInto(homes, caller, helper, outer, flags);
      this.clone(homes, helper, actor, PARENT | NEWPID);
      this.dismiss(helper, parent);
    }
    homes.parent[actor] = parent;
    homes.group[actor] = homes.group[caller]!;
  }

  private cloneInto(homes: Homes, caller: number, actor: number, namespace: number, flags: number): void {
    // The restorer outside has joined level 0 for its children for good.
    const home = Math.max(homes.namespace[caller]!, homes.hidden);
    const away = home !== namespace;
    const { of } = this.pid;
    if (away) this.steps.setns(of[caller]!, of[homes.initOf[namespace]!]!);
    this.clone(homes, caller, actor, flags);
    if (away) this.steps.setns(of[caller]!, of[Math.max(caller, homes.hidden)]!);
  }

  private clone(homes: Homes, caller: number, actor: number, flags: number): void {
    this.steps.clone3(this.pid.of[caller]!, this.pid.of[actor]!, flags, homes.innerOf(actor));
  }
}

/** A column of numbers that grows. */
class Numbers {
  of: Int32Array;
  length: number;

  constructor(length: number) {
    this.of = new Int32Array(length + 16);
    this.length = length;
  }

  push(number: number): number {
    if (this.length === this.of.length) this.of = larger(this.of, this.length * 2);
    this.of[this.length] = number;
    return this.length++;
  }
}

/** Where the actors live, with whom and in which group, over several pid namespaces. Processes are there from the beginning. */
export class Homes {
  namespace: Int32Array;
  /** Parent at birth; nobody changes parents before the deaths. −1: outside the image. */
  parent: Int32Array;
  /** Number of the group that an actor is in. */
  group: Int32Array;
  /** Init of each namespace. */
  readonly initOf: Int32Array;
  readonly parentNamespace: Int32Array;
  /** Namespaces around level 0 that no plan shows, and whoever lives there. */
  readonly hidden: number;
  private readonly tree: ProcessTree;
  /** Numbers of those who are no processes, on the levels below level 0. */
  private readonly inner = new Map<number, ArrayLike<number>>();
  /** For each namespace the next number that nobody has. */
  private readonly next: Int32Array;

  constructor({ tree, relations }: NestedTree, actors: number, next: Int32Array, hidden: number) {
    this.tree = tree;
    this.namespace = int32s(actors);
    this.namespace.set(tree.namespace);
    this.parent = int32s(actors, -1);
    this.group = int32s(actors);
    this.initOf = relations.init;
    this.parentNamespace = relations.parent;
    this.next = next;
    this.hidden = hidden;
  }

  /** `inner`: numbers on the levels below level 0; null for fresh ones. */
  enter(actor: number, namespace: number, inner: ArrayLike<number> | null): void {
    if (actor >= this.parent.length) {
      this.namespace = larger(this.namespace, actor * 2);
      this.parent = larger(this.parent, actor * 2, -1);
      this.group = larger(this.group, actor * 2);
    }
    this.namespace[actor] = namespace;
    this.inner.set(actor, inner ?? this.freshNumbers(namespace));
  }

  /** Numbers on the levels below level 0. */
  innerOf(actor: number): ArrayLike<number> {
    const { size, levels } = this.tree;
    if (actor >= size) return this.inner.get(actor)!;
    const end = levels!.offset[actor + 1]!;
    return levels!.pid.subarray(Math.min(levels!.offset[actor]! + 1 + this.hidden, end), end);
  }

  /** Gives an actor numbers on the levels from 1 on; further in it keeps what it has. */
  number(actor: number, outermost: ArrayLike<number>): void {
    const inner = Array.from(this.innerOf(actor));
    for (let level = 0; level < outermost.length; level++) inner[level] = outermost[level]!;
    this.inner.set(actor, inner);
  }

  private freshNumbers(namespace: number): number[] {
    const numbers: number[] = [];
    for (let n = namespace; n > this.hidden; n = this.parentNamespace[n]!) numbers.unshift(this.next[n]!++);
    return numbers;
  }
}
