/**
 * Group moves (theory, step 7, phase 2; section 10, R3 and R4): the setpgid calls, when everybody is born and sits in
 * the group of its session.
 *
 *   1 every present owner makes its group; a dead number is taken by a carrier of the session, or by a helper;
 *   2 everybody who owns no group that others need joins its own;
 *   3 an owner leaves for its group as soon as somebody else is in the group it made, which the arrival may free in
 *     turn;
 *   4 what is left are cycles of owners that sit in each other's groups. One group of each is held by a stand-in for
 *     the moment: a helper that dies anyway, or that held a group of the session before, else a member that comes back,
 *     else a placeholder born into the group.
 * Over several pid namespaces some groups are there already, some processes are moved by their parent, and a zombie init
 * whose number others use as a group exits first, since its exit would wait for them (G19): they join the zombie's
 * group, and its parent moves it to its own after them (F10, F28), as soon as that may be or is waited for.
 * Invariant: no group is empty between its making and its last joining (F12). No setsid comes after these steps (E2).
 * Cost: O(n). Kernel rules: F1, F7, F8, F11, F12, F15, F16, F18, F19, F22, F24, F28, G19.
 */

import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import type { Cast } from './cast.ts';
import type { GroupHelper } from './early-groups.ts';
import type { Groups } from './groups.ts';
import type { MovesBetweenNamespaces } from './nested-moves.ts';
import type { Stage } from './stage.ts';

export class GroupMoves {
  private readonly tree: ProcessTree;
  private readonly groups: Groups;
  private readonly cast: Cast;
  private readonly stage: Stage;
  private readonly nested: MovesBetweenNamespaces | null;
  /** Everybody in a group besides its owner, while groups fill. */
  private readonly others: Int32Array;
  /** 1: an owner that has to leave the group that it made. */
  private readonly mustLeave: Uint8Array;
  /** Helpers that go when the groups are done. */
  private readonly helpers: GroupHelper[] = [];
  /** 1: a group whose members are all in it. */
  private readonly done: Uint8Array;
  /** Dead groups by session, whose leaders are helpers. */
  private readonly deadGroups = new Map<number, { readonly g: number; readonly actor: number }[]>();
  /** Helpers that held a group and may leave it, by session, with their rows in the roster; −1: serves otherwise. */
  private readonly holders = new Map<number, { readonly actor: number; readonly row: number }[]>();
  /** Member that can hold a group for a moment, by session; −1: none was found. */
  private readonly standIns = new Map<number, number>();

  /** @param nested what several pid namespaces change; null: there is one */
  constructor(
    tree: ProcessTree,
    groups: Groups,
    cast: Cast,
    stage: Stage,
    nested: MovesBetweenNamespaces | null,
  ) {
    this.tree = tree;
    this.groups = groups;
    this.cast = cast;
    this.stage = stage;
    this.nested = nested;
    this.others = int32s(groups.count);
    this.mustLeave = bytes(tree.size);
    this.done = bytes(groups.count);
  }

  /** All groups that are not done yet. */
  run(): void {
    const { nested } = this;
    nested?.begin(this.others, this.helpers);
    const rows: number[] = [];
    for (let g = 0; g < this.groups.count; g++) if (!this.done[g]) rows.push(g);
    this.fill(rows);
    this.dismissHelpers();
  }

  /** The groups of one session, all of whose members are born; with one namespace. */
  runSession(rows: readonly number[]): void {
    this.fill(rows);
    for (const g of rows) this.done[g] = 1;
    this.dismissHelpers();
  }

  private fill(rows: readonly number[]): void {
    for (let i = 0; i < rows.length; i++) if (!this.groups.existsAtBirth[rows[i]!]) this.make(rows[i]!);
    const leaving = this.joinAll(rows);
    const exited = leaving.filter((x) => this.nested?.exited[x]);
    const living = exited.length === 0 ? leaving : leaving.filter((x) => !this.nested!.exited[x]);
    this.leaveInOrder(living);
    this.leaveInOrder(exited);
    for (const x of [...living, ...exited]) if (this.mustLeave[x]) this.turnCycle(x);
  }

  private dismissHelpers(): void {
    this.holders.clear();
    for (let last = this.helpers.pop(); last; last = this.helpers.pop()) {
      this.stage.dismiss(last.actor, last.parent);
    }
  }

  private make(g: number): void {
    const { tree, groups, stage, nested } = this;
    const number = groups.number[g]!;
    const owner = groups.owner[g]!;
    if (owner >= 0) {
      if (nested === null || !(nested.exited[owner] || nested.isMade(g)))
        stage.setGroup(owner, owner, number);
      if (groups.of[owner] !== g) this.mustLeave[owner] = 1;
      return;
    }
    if (nested?.isMade(g)) return;
    const { offset, items } = groups.members;
    const first = items[offset[g]!]!;
    let actor = this.cast.playedGroups.get(number);
    if (actor < 0) {
      const parent = nested === null ? first : nested.makerOf(g);
      actor = nested === null ? stage.addHelper(0, number) : nested.enterOwner(g);
      stage.bear(parent, actor, false);
      this.helpers.push({ actor, parent });
      const row = stage.roster.add(number, 'group-leader');
      for (let i = offset[g]!; i < offset[g + 1]!; i++) stage.roster.serve(row, tree.pid[items[i]!]!);
    }
    stage.setGroup(actor, actor, number);
    this.others[g]!++;
    const sid = tree.sid[first]!;
    const dead = this.deadGroups.get(sid);
    if (dead) dead.push({ g, actor });
    else this.deadGroups.set(sid, [{ g, actor }]);
  }

  /** Everybody joins who leaves no group of its own behind; returns the owners that do. */
  private joinAll(rows: readonly number[]): number[] {
    const { tree, groups, nested } = this;
    const leaving: number[] = [];
    const { offset, items } = groups.members;
    for (let row = 0; row < rows.length; row++) {
      const g = rows[row]!;
      for (let i = offset[g]!; i < offset[g + 1]!; i++) {
        const x = items[i]!;
        if (this.mustLeave[x]) leaving.push(x);
        else if (groups.owner[g] !== x) {
          if (nested !== null || tree.pgid[x] !== groups.birthGroup(tree.sid[x]!)) this.join(x, g);
          else this.others[g]!++;
        }
      }
    }
    return leaving;
  }

  private join(x: number, g: number): void {
    this.stage.setGroup(this.nested?.moverOf(x) ?? x, x, this.groups.number[g]!);
    this.others[g]!++;
  }

  private leaveInOrder(leaving: readonly number[]): void {
    const free = leaving.filter((x) => this.others[this.ownGroup(x)]! > 0);
    for (let x = free.pop(); x !== undefined; x = free.pop()) this.leave(x, free);
  }

  private leave(x: number, free: number[]): void {
    if (!this.mustLeave[x]) return;
    const { groups } = this;
    const g = groups.of[x]!;
    this.mustLeave[x] = 0;
    this.join(x, g);
    const owner = groups.owner[g]!;
    if (owner >= 0 && this.mustLeave[owner]) free.push(owner);
  }

  /** x and the owners after it wait for each other in a ring: somebody holds x's group while x goes first. */
  private turnCycle(x: number): void {
    const { tree, stage } = this;
    const group = tree.pid[x]!;
    const helper = this.dyingStandIn(x);
    const member = helper >= 0 ? -1 : this.memberStandIn(x);
    if (helper >= 0) stage.setGroup(helper, helper, group);
    else if (member >= 0) stage.setGroup(this.nested?.entererOf(member, x) ?? member, member, group);
    else this.placeholderIn(x);
    const free: number[] = [];
    this.leave(x, free);
    for (let y = free.pop(); y !== undefined; y = free.pop()) this.leave(y, free);
    if (member >= 0) {
      const mover = this.nested?.moverOf(member) ?? member;
      stage.setGroup(mover, member, tree.pgid[member]!);
    }
  }

  /** Born of x, or, where x has exited, of who moves it. */
  private placeholderIn(x: number): void {
    const { tree, stage, nested } = this;
    const parent = nested?.exited[x] ? nested.moverOf(x) : x;
    const placeholder = stage.addHelper(stage.homes?.namespace[parent] ?? 0);
    const row = stage.list(placeholder, 'placeholder');
    stage.roster.serve(row, tree.pid[x]!);
    stage.bear(parent, placeholder, false);
    if (parent !== x) stage.setGroup(placeholder, placeholder, tree.pid[x]!);
    this.helpers.push({ actor: placeholder, parent });
    this.keepHolder(x, placeholder, row);
  }

  private keepHolder(x: number, actor: number, row: number): void {
    const sid = this.tree.sid[x]!;
    const holders = this.holders.get(sid);
    if (holders) holders.push({ actor, row });
    else this.holders.set(sid, [{ actor, row }]);
  }

  /** A helper of the session that dies later and can hold the group of x until then; −1 if there is none. */
  private dyingStandIn(x: number): number {
    const { nested } = this;
    const sid = this.tree.sid[x]!;
    const canHold = (actor: number): boolean => nested === null || nested.canHold(actor, x);
    const holder = this.holders.get(sid)?.find(({ actor }) => canHold(actor));
    if (holder) {
      if (holder.row >= 0) this.stage.roster.serve(holder.row, this.tree.pid[x]!);
      return holder.actor;
    }
    let found = this.cast.spare.take(sid, canHold);
    const dead = this.deadGroups.get(sid);
    while (found < 0 && dead && dead.length > 0) {
      const { g, actor } = dead.pop()!;
      if (this.others[g]! > 1 && canHold(actor)) found = actor;
    }
    if (found >= 0) this.keepHolder(x, found, -1);
    return found;
  }

  /** A member of the session whose own group outlives its absence, −1 if there is none. Session leaders cannot move. */
  private memberStandIn(x: number): number {
    const { tree, nested } = this;
    const sid = tree.sid[x]!;
    const known = nested === null ? this.standIns.get(sid) : undefined;
    if (known !== undefined) return known;
    let found = -1;
    for (let i = 0; i < tree.size && found < 0; i++) {
      if (tree.sid[i] !== sid || tree.pid[i] === sid || this.mustLeave[i] || i === x) continue;
      if (nested !== null && nested.entererOf(i, x) < 0) continue;
      if (tree.pgid[i]! > 0 && this.outlivesAbsenceOf(i)) found = i;
    }
    this.standIns.set(sid, found);
    return found;
  }

  /** Does the group of process i stay while i is away? */
  private outlivesAbsenceOf(i: number): boolean {
    const { of, owner, existsAtBirth } = this.groups;
    const g = of[i]!;
    return g < 0 || existsAtBirth[g] === 1 || owner[g] === i || this.presentIn(g) > 1;
  }

  private presentIn(g: number): number {
    const owner = this.groups.owner[g]!;
    return this.others[g]! + (owner >= 0 && this.groups.of[owner] === g ? 1 : 0);
  }

  private ownGroup(x: number): number {
    const { number } = this.groups;
    let low = 0;
    let high = number.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (number[middle]! < this.tree.pid[x]!) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
