/**
 * Early deaths: where the numbers left do not suffice for all helpers at once, each dies as soon as nobody needs it, so that
 * others can have its number.
 *
 * In: the births and setsids of a plan, as they happen. Out: the deaths of an element and its carriers, as soon as everybody
 * that the tree of births has below it is born and leads its session. Whoever may have to lead or hold a group stays until
 * the groups of its session are done: in one namespace when all below the session's leader is born, over several after all
 * births. Whoever is above somebody that stays, stays as well; over several namespaces all do where somebody has to be born
 * into a group.
 * Invariant: whoever dies has nobody below it whose turn has not come, so the parent chain above is the origin's (deaths.ts).
 * Cost: O(elements); who waits for groups further out is looked at again with each leader in between.
 * Kernel rules: those of deaths.ts; D3: a number is free again when its process is reaped.
 */

import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import type { Parts } from './cast.ts';
import type { Deaths } from './deaths.ts';
import { type Elements, NO_NEED } from './elements.ts';
import type { GroupMoves } from './group-moves.ts';
import type { Groups } from './groups.ts';
import type { BirthWalk } from './origin-walk.ts';
import { type Parentage, UNSET } from './parentage.ts';
import type { Stage } from './stage.ts';

export interface Play {
  readonly tree: ProcessTree;
  readonly elements: Elements;
  readonly walk: BirthWalk;
  readonly parentage: Parentage;
  readonly parts: Parts;
  readonly groups: Groups;
  readonly stage: Stage;
}

export class EarlyDeaths {
  private readonly play: Play;
  private readonly deaths: Deaths;
  private readonly groupMoves: GroupMoves | null;
  /** What has to happen before an element's turn: its birth, its setsid, and the same for all below. */
  private readonly open: Int32Array;
  private readonly done: Uint8Array;
  /** Those at or below an element that have had their turn and stay, in its order, as linked lists. */
  private readonly staying: {
    readonly first: Int32Array;
    readonly last: Int32Array;
    readonly next: Int32Array;
  };
  /** 1: while those that stay are looked through. */
  private readonly isAboveWhoStays: Uint8Array;
  /** Rows of the groups, by session, of the sessions that have others than that of their number. */
  private readonly groupsToDo: Map<number, number[]>;

  /** @param groupMoves null: groups are done after all births */
  constructor(play: Play, deaths: Deaths, groupMoves: GroupMoves | null) {
    const { walk, elements } = play;
    const { creator, leads, places } = elements;
    const count = creator.length;
    this.play = play;
    this.deaths = deaths;
    this.groupMoves = groupMoves;
    this.done = bytes(count);
    this.isAboveWhoStays = bytes(count);
    this.open = int32s(count);
    this.staying = { first: int32s(count, -1), last: int32s(count, -1), next: int32s(count, -1) };
    this.groupsToDo = groupsBySession(play);
    // What waits for more than happens has no turn.
    const never =
      places !== null && (places.stays.size > 0 || places.need.some((g) => g !== NO_NEED)) ? 1 : 0;
    const { offset } = walk.children;
    for (let e = 0; e < count; e++) this.open[e] = 1 + leads[e]! + offset[e + 1]! - offset[e]! + never;
  }

  /** e is born, or has called setsid. */
  happened(e: number): void {
    const { creator } = this.play.elements;
    for (let at = e; at >= 0 && --this.open[at]! === 0; at = creator[at]!) {
      this.turnOf(at);
      const first = this.staying.first[at]!;
      if (first >= 0 && creator[at]! >= 0) this.stay(creator[at]!, first, this.staying.last[at]!);
    }
  }

  isDone(e: number): boolean {
    return this.done[e] === 1;
  }

  private turnOf(e: number): void {
    this.finishSession(e);
    if (this.staying.first[e]! >= 0 || this.isNeeded(e)) this.stay(e, e, e);
    else this.die(e);
  }

  private die(e: number): void {
    this.done[e] = 1;
    this.deaths.of(e);
  }

  private stay(at: number, from: number, to: number): void {
    const { first, last, next } = this.staying;
    if (first[at]! < 0) first[at] = from;
    else next[last[at]!] = from;
    last[at] = to;
  }

  /** All members of the session that e leads are born: its groups are made, and whoever stayed for them dies. */
  private finishSession(e: number): void {
    const { elements, stage } = this.play;
    if (this.groupMoves === null || !elements.leads[e]) return;
    const session = stage.pid.of[e]!;
    const rows = this.groupsToDo.get(session);
    if (!rows) return;
    this.groupMoves.runSession(rows);
    this.groupsToDo.delete(session);
    this.release(e);
  }

  /** Of those that stay at e, all die that nothing is left for; children come before their creators. */
  private release(e: number): void {
    const { creator } = this.play.elements;
    const { first, last, next } = this.staying;
    let x = first[e]!;
    first[e] = -1;
    last[e] = -1;
    while (x >= 0) {
      const after = next[x]!;
      next[x] = -1;
      if (this.isAboveWhoStays[x] || this.isNeeded(x)) {
        this.isAboveWhoStays[x] = 0;
        if (creator[x] !== e) this.isAboveWhoStays[creator[x]!] = 1;
        this.stay(e, x, x);
      } else this.die(x);
      x = after;
    }
  }

  /** May e, or a carrier of it, have a part in making the groups of its session? */
  private isNeeded(e: number): boolean {
    const { groupsToDo } = this;
    if (groupsToDo.size === 0) return false;
    const { tree, elements, parentage, parts, stage } = this.play;
    const { creator, places } = elements;
    const { carriers, target } = parentage;
    for (let h = carriers.firstOf[e]!; h >= 0; h = carriers.next[h]!) {
      if (groupsToDo.has(parts.sessionOf(creator.length + h))) return true;
    }
    if (places !== null && e >= places.firstTool) return groupsToDo.has(parts.sessionOf(e));
    if (e >= tree.size) return groupsToDo.has(stage.pid.of[e]!);
    return target[e] !== UNSET && groupsToDo.has(tree.sid[e]!);
  }
}

function groupsBySession({ tree, groups }: Play): Map<number, number[]> {
  const { size, pgid, sid } = tree;
  const rows = new Map<number, number[]>();
  for (let i = 0; i < size; i++) if (pgid[i] !== groups.birthGroup(sid[i]!)) rows.set(sid[i]!, []);
  for (let g = 0; rows.size > 0 && g < groups.count; g++) {
    const { offset, items } = groups.members;
    if (offset[g] !== offset[g + 1]) rows.get(sid[items[offset[g]!]!]!)?.push(g);
  }
  return rows;
}
