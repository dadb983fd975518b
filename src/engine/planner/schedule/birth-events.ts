/**
 * Birth events: what must happen before what while everybody is born, over several pid namespaces.
 *
 * In: the elements and the groups that somebody must be born into. Out: events with two kinds of arcs. A hard arc is a
 * rule of the kernel: nobody is born before its creator, the init of its namespace, the group that it must be in from
 * birth (A15, F18 to F20), and nobody is put into a group of a session that it has left (F5). A soft arc says that a child is born before its creator leaves a session or a group that
 * the child needs; where it cannot hold, a carrier from before that moment makes the child later (namespaces.md, lemma
 * F). So a circle of hard arcs alone is a verdict, any other costs carriers.
 *
 * | event              | number                      | what happens                                       |
 * |--------------------|-----------------------------|----------------------------------------------------|
 * | birth of element e | e                           | its creator, or a carrier of it, clones it         |
 * | setsid of leader e | elements + e                | e calls setsid                                     |
 * | making of group g  | 2 × elements + g            | its owner, or a helper with its number, makes it   |
 * | stay k > 0 of x    | further ones, in x's order  | the parent of x puts it into its k-th group        |
 *
 * Cost: O(elements + arcs).
 */

import { itemsOf, PairList } from '../../tree/adjacency.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import type { BirthTimes } from '../ordered-births.ts';
import { BEFORE } from '../origin.ts';
import { type Elements, NO_NEED } from './elements.ts';
import type { GroupOwners } from './group-owners.ts';
import type { OriginWalk } from './origin-walk.ts';

/** More than one group. */
const SEVERAL = -2;

export interface Stay {
  readonly element: number;
  readonly group: number;
}

export interface BirthEvents {
  readonly elements: number;
  readonly count: number;
  readonly stays: readonly Stay[];
  /** 1: the event happens. */
  readonly happens: Uint8Array;
  /** owner: event, item: an event after it. */
  readonly hard: PairList;
  readonly soft: PairList;
  /** Births of one creator that are to come in this order, as far as hard arcs let them. */
  readonly sequence: PairList;
  /** By event, when it is to come; null: whenever it can. */
  readonly times: Float64Array | null;
}

export function birthEvents(elements: Elements, walk: OriginWalk, groups: GroupOwners): BirthEvents {
  return new EventBuilder(elements, walk, groups).build();
}

class EventBuilder {
  private readonly elements: Elements;
  private readonly walk: OriginWalk;
  private readonly groups: GroupOwners;
  private readonly hard = new PairList();
  private readonly soft = new PairList();
  private readonly sequence = new PairList();
  private readonly stays: Stay[] = [];
  private readonly stayEvents = new Map<number, number>();
  private readonly made: Uint8Array;
  private readonly inherited: Int32Array;

  constructor(elements: Elements, walk: OriginWalk, groups: GroupOwners) {
    this.elements = elements;
    this.walk = walk;
    this.groups = groups;
    this.made = bytes(groups.count);
    this.inherited = inheritedThrough(elements, walk, groups);
  }

  build(): BirthEvents {
    const { creator, leads, phase, places } = this.elements;
    const { need, stays, stay } = places!;
    const count = creator.length;
    let next = 2 * count + this.groups.count;
    for (const [x, entered] of stays) {
      this.stayEvents.set(x, next);
      next += entered.length - 1;
      for (const group of entered.slice(1)) this.stays.push({ element: x, group });
    }
    const happens = bytes(next);
    happens.fill(1, 2 * count + this.groups.count);
    for (const e of this.walk.preorder) {
      happens[e] = 1;
      if (leads[e]) {
        happens[count + e] = 1;
        this.hard.push(e, count + e);
      }
      if (e <= places!.hidden) continue;
      const o = creator[e]!;
      this.hard.push(o, e);
      const init = this.initNeeded(e);
      if (init >= 0) this.hard.push(init, e);
      if (leads[o] && phase[e] !== BEFORE) this.hard.push(count + o, e);
      if (leads[o] && phase[e] === BEFORE) this.soft.push(e, count + o);
      if (need[e] !== NO_NEED) this.after(need[e]!, e);
      if (stays.has(o)) this.duringStay(o, stay[e]!, e);
    }
    for (const [x, entered] of stays) {
      for (let k = 1; k < entered.length; k++) {
        const event = this.stayEvents.get(x)! + k - 1;
        this.hard.push(k === 1 ? x : event - 1, event);
        this.after(entered[k]!, event);
      }
      // Its parent can put it into a group of the session that it was born in only (F5).
      if (leads[x]) this.hard.push(this.stayEvents.get(x)! + entered.length - 2, count + x);
    }
    // Before the setsid of the root, or else a keeper makes it.
    for (const g of this.groups.neededBeforeSetsid) if (!this.made[g]) this.make(g);
    for (let g = 1; g < this.groups.count; g++) if (this.made[g]) happens[2 * count + g] = 1;
    for (const era of places!.times?.eras ?? []) this.keepEras(era, places!.times!.born);
    const { hard, soft, sequence } = this;
    const times = places!.times ? timesOf(places!.times, next) : null;
    return { elements: count, count: next, stays: this.stays, happens, hard, soft, sequence, times };
  }

  /** All of an era come before the first of the next one, which comes before the others of it. */
  private keepEras(era: Int32Array, born: Float64Array): void {
    const { children, preorder } = this.walk;
    for (const o of preorder) {
      const inOrder = [...itemsOf(children, o)].filter((e) => era[e]! >= 0);
      inOrder.sort((a, b) => era[a]! - era[b]! || born[a]! - born[b]!);
      let first = 0;
      for (let i = 1; i < inOrder.length; i++) {
        const [e, before] = [inOrder[i]!, inOrder[i - 1]!];
        if (era[e] === era[before]) {
          if (first > 0) this.sequence.push(inOrder[first]!, e);
          continue;
        }
        for (let k = first; k < i; k++) this.sequence.push(inOrder[k]!, e);
        first = i;
      }
    }
  }

  /** Child e of o is born in o's stay k. */
  private duringStay(o: number, k: number, e: number): void {
    const first = this.stayEvents.get(o)!;
    const last = this.elements.places!.stays.get(o)!.length - 1;
    if (k > 0) this.hard.push(first + k - 1, e);
    if (k < last) this.soft.push(e, first + k);
  }

  /** Group g is there before the event. */
  private after(g: number, event: number): void {
    const { groups } = this;
    if (groups.isFromOutside(g)) return;
    const count = this.elements.creator.length;
    const leader = groups.leaderWithNumber(g);
    if (leader >= 0) {
      this.hard.push(count + leader, event);
      return;
    }
    this.hard.push(2 * count + g, event);
    if (!this.made[g]) this.make(g);
  }

  private make(g: number): void {
    const { groups, hard, soft, elements, walk } = this;
    const count = elements.creator.length;
    const event = 2 * count + g;
    this.made[g] = 1;
    const owner = groups.owner(g);
    if (owner < 0) {
      const init = elements.places!.initOf[groups.namespaceOf(g)]!;
      if (groups.namespaceOf(g) > elements.places!.hidden) hard.push(init, event);
      const maker = groups.earlyMaker(g);
      hard.push(maker, event);
      if (!elements.leads[maker]) return;
      if (groups.isBeforeSetsid(g)) soft.push(event, count + maker);
      else hard.push(count + maker, event);
      return;
    }
    hard.push(owner, event);
    for (const child of itemsOf(walk.children, owner)) {
      const g0 = this.inherited[child]!;
      if (g0 !== NO_NEED && g0 !== g) soft.push(child, event);
    }
  }

  /** The namespace init that must exist before e can be made, −1 if none. */
  private initNeeded(e: number): number {
    const { namespace, isInit, initOf, parentNamespace, hidden } = this.elements.places!;
    const home = namespace[e]!;
    const needed = isInit[e] ? parentNamespace[home]! : home;
    return needed > hidden ? initOf[needed]! : -1;
  }
}

/** Groups are made and entered as soon as they can be. */
function timesOf({ born, leads }: BirthTimes, events: number): Float64Array {
  const times = new Float64Array(events).fill(-1);
  times.set(born);
  times.set(leads, born.length);
  return times;
}

/**
 * The group that somebody at or below an element can only inherit through it, where the element's creator makes another
 * one: NO_NEED if there is none, SEVERAL if there are more than one. Nobody inherits through a setsid; whoever comes
 * into a namespace, or hangs from outside it, is born into one group, into which its creator may set it (F18).
 */
function inheritedThrough(elements: Elements, { postorder }: OriginWalk, groups: GroupOwners): Int32Array {
  const { creator, leads, phase, places } = elements;
  const { need, namespace } = places!;
  const through = int32s(creator.length, NO_NEED);
  for (const e of postorder) {
    const o = creator[e]!;
    if (o < 0) continue;
    if (groups.hangsOutside(e)) {
      const g = need[e]!;
      through[e] = g > 0 && places!.sees(namespace[o]!, g) ? NO_NEED : g;
    } else through[e] = merged(through[e]!, groups.onlyInherited(e));
    if (!groups.hangsOutside(o) && !(leads[o] && phase[e] !== BEFORE))
      through[o] = merged(through[o]!, through[e]!);
  }
  return through;
}

function merged(a: number, b: number): number {
  if (a === NO_NEED || a === b) return b;
  return b === NO_NEED ? a : SEVERAL;
}
