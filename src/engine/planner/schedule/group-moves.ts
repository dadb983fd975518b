/**
 * Group moves (theory, step 7, phase 2; section 10, R3 and R4): the setpgid calls, when everybody is born and sits in
 * the group of its session.
 *
 *   1 every present owner makes its group; a dead number is taken by a carrier of the session, or by a helper;
 *   2 everybody who owns no group that others need joins its own;
 *   3 an owner leaves for its group as soon as somebody else is in the group it made, which the arrival may free in
 *     turn;
 *   4 what is left are cycles of owners that sit in each other's groups. One group of each is held by a stand-in for
 *     the moment: a helper that dies anyway, else a member that comes back, else a placeholder born into the group.
 * Invariant: no group is empty between its making and its last joining (F12). No setsid comes after these steps (E2).
 * Cost: O(n). Kernel rules: F1, F7, F8, F11, F12, F15, F16.
 */

import type { StepList } from '../../plan/step-list.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import type { Cast } from './cast.ts';
import type { FreshNumbers } from './fresh-numbers.ts';
import type { Groups } from './groups.ts';

/** False: no number is left for a placeholder. */
export function scheduleGroups(
  tree: ProcessTree,
  groups: Groups,
  cast: Cast,
  fresh: FreshNumbers,
  steps: StepList,
): boolean {
  return new GroupMoves(tree, groups, cast, fresh, steps).run();
}

class GroupMoves {
  private readonly tree: ProcessTree;
  private readonly groups: Groups;
  private readonly cast: Cast;
  private readonly fresh: FreshNumbers;
  private readonly steps: StepList;
  /** Everybody in a group besides its owner, while groups fill. */
  private readonly others: Int32Array;
  /** 1: made its own group and has to leave it. */
  private readonly mustLeave: Uint8Array;
  /** Helpers of this phase with the process that cloned them. */
  private readonly helpers: { readonly pid: number; readonly parent: number }[] = [];
  /** Dead groups of a session, whose leaders are helpers. */
  private readonly deadGroups = new Map<number, number[]>();
  /** Member that can hold a group for a moment, by session; −1: none was found. */
  private readonly standIns = new Map<number, number>();

  constructor(tree: ProcessTree, groups: Groups, cast: Cast, fresh: FreshNumbers, steps: StepList) {
    this.tree = tree;
    this.groups = groups;
    this.cast = cast;
    this.fresh = fresh;
    this.steps = steps;
    this.others = int32s(groups.count);
    this.mustLeave = bytes(tree.size);
  }

  run(): boolean {
    for (let g = 0; g < this.groups.count; g++) if (!this.groups.existsAtBirth[g]) this.make(g);
    const leaving = this.joinAll();
    this.leaveInOrder(leaving);
    for (const x of leaving) if (this.mustLeave[x] && !this.turnCycle(x)) return false;
    for (let i = this.helpers.length - 1; i >= 0; i--) {
      const { pid, parent } = this.helpers[i]!;
      this.steps.exit(pid, 0);
      this.steps.wait4(parent, pid);
    }
    return true;
  }

  private make(g: number): void {
    const { tree, groups, steps } = this;
    const number = groups.number[g]!;
    const owner = groups.owner[g]!;
    if (owner >= 0) {
      steps.setpgid(number, number, number);
      if (groups.of[owner] !== g) this.mustLeave[owner] = 1;
      return;
    }
    const { offset, items } = groups.members;
    const first = items[offset[g]!]!;
    if (!this.cast.carriedGroups.has(number)) {
      const parent = tree.pid[first]!;
      steps.clone3(parent, number, 0);
      this.helpers.push({ pid: number, parent });
      const row = this.cast.roster.add(number, 'group-leader');
      for (let i = offset[g]!; i < offset[g + 1]!; i++) this.cast.roster.serve(row, tree.pid[items[i]!]!);
    }
    steps.setpgid(number, number, number);
    this.others[g] = 1;
    const sid = tree.sid[first]!;
    const dead = this.deadGroups.get(sid);
    if (dead) dead.push(g);
    else this.deadGroups.set(sid, [g]);
  }

  /** Everybody joins who leaves no group of its own behind; returns the owners that do. */
  private joinAll(): number[] {
    const { tree, groups } = this;
    const leaving: number[] = [];
    for (let g = 0; g < groups.count; g++) {
      const { offset, items } = groups.members;
      for (let i = offset[g]!; i < offset[g + 1]!; i++) {
        const x = items[i]!;
        if (this.mustLeave[x]) leaving.push(x);
        else if (groups.owner[g] !== x) {
          if (tree.pgid[x] !== groups.birthGroup(tree.sid[x]!)) this.join(x, g);
          else this.others[g]!++;
        }
      }
    }
    return leaving;
  }

  private join(x: number, g: number): void {
    this.steps.setpgid(this.tree.pid[x]!, this.tree.pid[x]!, this.groups.number[g]!);
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

  /**
   * x and the owners after it wait for each other in a ring: somebody holds x's group while x goes first.
   * False: no number is left for a placeholder.
   */
  private turnCycle(x: number): boolean {
    const { tree, steps } = this;
    const group = tree.pid[x]!;
    const helper = this.dyingStandIn(tree.sid[x]!);
    const member = helper > 0 ? -1 : this.memberStandIn(tree.sid[x]!);
    if (helper > 0) steps.setpgid(helper, helper, group);
    else if (member >= 0) steps.setpgid(tree.pid[member]!, tree.pid[member]!, group);
    else if (!this.placeholderIn(x)) return false;
    const free: number[] = [];
    this.leave(x, free);
    for (let y = free.pop(); y !== undefined; y = free.pop()) this.leave(y, free);
    if (member >= 0) steps.setpgid(tree.pid[member]!, tree.pid[member]!, tree.pgid[member]!);
    return true;
  }

  private placeholderIn(x: number): boolean {
    const { tree } = this;
    const placeholder = this.fresh.take();
    if (placeholder === 0) return false;
    const row = this.cast.roster.add(placeholder, 'placeholder');
    this.cast.roster.serve(row, tree.pid[x]!);
    this.steps.clone3(tree.pid[x]!, placeholder, 0);
    this.helpers.push({ pid: placeholder, parent: tree.pid[x]! });
    return true;
  }

  /** Number of a helper of the session that dies later and can hold the group until then; 0 if there is none. */
  private dyingStandIn(sid: number): number {
    const carrier = this.cast.spareCarriers.take(sid);
    if (carrier >= 0) return this.cast.carrierPid[carrier]!;
    const dead = this.deadGroups.get(sid);
    while (dead && dead.length > 0) {
      const g = dead.pop()!;
      if (this.others[g]! > 1) return this.groups.number[g]!;
    }
    return 0;
  }

  /** A member of the session whose own group outlives its absence, −1 if there is none. Session leaders cannot move. */
  private memberStandIn(sid: number): number {
    const known = this.standIns.get(sid);
    if (known !== undefined) return known;
    const { tree, groups } = this;
    let found = -1;
    for (let i = 0; i < tree.size && found < 0; i++) {
      if (tree.sid[i] !== sid || tree.pid[i] === sid || this.mustLeave[i]) continue;
      const g = groups.of[i]!;
      if (g >= 0 && (groups.existsAtBirth[g] || groups.owner[g] === i || this.presentIn(g) > 1)) found = i;
    }
    this.standIns.set(sid, found);
    return found;
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
