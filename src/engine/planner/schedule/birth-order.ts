/**
 * Birth order: one order of all birth events that keeps every hard arc, and as many soft ones as it can.
 *
 * In: events with their arcs. Out: the events in order, and the elements whose soft arc is given up, which a carrier
 * must make; or null where hard arcs alone go in a circle.
 * Where no order keeps all arcs, events that wait for each other are found as strongly connected components; in each,
 * the event is chosen for which the fewest carriers are needed, its soft arcs are dropped, and what is left is looked at
 * again. Arcs of a sequence, where there are any, are kept like hard ones unless they are in such a component.
 * Cost: O(events + arcs), where there are times a logarithm more, and that a round where arcs are dropped, a round more
 * only for a component that stays connected; no recursion.
 */

import { PairList, type Rows } from '../../tree/adjacency.ts';
import { bytes, copyOf, int32s } from '../../tree/scratch.ts';
import { StrongComponents } from '../../tree/strong-components.ts';
import type { BirthEvents } from './birth-events.ts';
import { LastFirst, LeastFirst } from './ready-events.ts';

export interface BirthOrder {
  readonly events: Int32Array;
  /** 1: the element is born after its creator has left where it is to be born. */
  readonly late: Uint8Array;
}

/** `carried`: 1 for an element that a carrier makes anyway. `sameCarrier`: do two elements have one carrier? */
export function birthOrder(
  events: BirthEvents,
  carried: Uint8Array,
  sameCarrier: (a: number, b: number) => boolean,
): BirthOrder | null {
  const late = bytes(events.count);
  for (let e = 0; e < events.elements; e++) if (carried[e]) late[e] = 1;
  const soft = events.soft.rows(events.count);
  const hard = hardArcs(events, soft, late);
  const first = inOrder(events, hard, soft, late);
  let among: readonly number[] = eventsLeft(first, events);
  if (among.length === 0) return { events: first, late };
  const before = events.soft.reversed(events.count);
  for (;;) {
    const component = components(events, hard, soft, late, among);
    const stuck = cheapestDepartures(events, component, before, late, sameCarrier);
    if (stuck === null) return null;
    if (stuck.departures.length === 0) break;
    for (const event of stuck.departures) {
      for (let i = before.offset[event]!; i < before.offset[event + 1]!; i++) {
        const e = before.items[i]!;
        if (component[e] === component[event]) late[e] = 1;
      }
    }
    among = stuck.events;
  }
  return { events: inOrder(events, hard, soft, late), late };
}

/** The hard arcs with those of the sequence that are in no circle with others. */
function hardArcs(events: BirthEvents, soft: Rows, late: Uint8Array): Rows {
  const { hard, sequence, count } = events;
  if (sequence.length === 0) return hard.rows(count);
  const all = joined(hard, sequence, () => true).rows(count);
  const left = eventsLeft(inOrder(events, all, soft, late), events);
  if (left.length === 0) return all;
  const component = components(events, all, soft, late, left);
  return joined(hard, sequence, (a, b) => component[a]! < 0 || component[a] !== component[b]).rows(count);
}

function joined(a: PairList, b: PairList, isWanted: (owner: number, item: number) => boolean): PairList {
  const pairs = new PairList(a.length + b.length);
  for (let i = 0; i < a.length; i++) pairs.push(a.owner[i]!, a.item[i]!);
  for (let i = 0; i < b.length; i++)
    if (isWanted(b.owner[i]!, b.item[i]!)) pairs.push(b.owner[i]!, b.item[i]!);
  return pairs;
}

/** Events that happen and are not in an order: they wait for each other, or for such. */
function eventsLeft(order: Int32Array, { happens }: BirthEvents): number[] {
  const isIn = bytes(happens.length);
  for (const event of order) isIn[event] = 1;
  const left: number[] = [];
  for (let event = 0; event < happens.length; event++) if (happens[event] && !isIn[event]) left.push(event);
  return left;
}

/** Of the events given, by event: one of its strongly connected component, −1 where it is alone in that. */
function components(
  { count }: BirthEvents,
  hard: Rows,
  soft: Rows,
  late: Uint8Array,
  among: readonly number[],
): Int32Array {
  const inside = bytes(count);
  for (const event of among) inside[event] = 1;
  const hardAt = copyOf(hard.offset);
  const softAt = copyOf(soft.offset);
  const nextOf = ({ offset, items }: Rows, at: Int32Array, event: number): number => {
    while (at[event]! < offset[event + 1]!) {
      const next = items[at[event]!++]!;
      if (inside[next]) return next;
    }
    return -1;
  };
  const nextAfter = (event: number): number => {
    const next = nextOf(hard, hardAt, event);
    return next < 0 && !late[event] ? nextOf(soft, softAt, event) : next;
  };
  const component = int32s(count, -1);
  const search = new StrongComponents(nextAfter, among.length);
  for (const start of among) {
    for (const members of search.from(start))
      if (members.length > 1) for (const event of members) component[event] = members[0]!;
  }
  return component;
}

interface Departures {
  /** One event of every component. */
  readonly departures: readonly number[];
  /** Events of the components. */
  readonly events: readonly number[];
}

/** Null: there is a component without soft arcs. */
function cheapestDepartures(
  { count }: BirthEvents,
  component: Int32Array,
  before: Rows,
  late: Uint8Array,
  sameCarrier: (a: number, b: number) => boolean,
): Departures | null {
  const best = new Map<number, { event: number; price: number }>();
  const stuck: number[] = [];
  for (let event = 0; event < count; event++) {
    const c = component[event]!;
    if (c < 0) continue;
    stuck.push(event);
    const needed: number[] = [];
    let arcs = 0;
    for (let i = before.offset[event]!; i < before.offset[event + 1]!; i++) {
      const e = before.items[i]!;
      if (component[e] !== c || late[e]) continue;
      arcs++;
      if (!needed.some((other) => sameCarrier(other, e))) needed.push(e);
    }
    if (arcs === 0) continue;
    const known = best.get(c);
    if (!known || needed.length < known.price) best.set(c, { event, price: needed.length });
  }
  for (const event of stuck) if (!best.has(component[event]!)) return null;
  return { departures: [...best.values()].map(({ event }) => event), events: stuck };
}

/**
 * The events in an order that keeps the arcs: what became possible last comes first, so that families stay together; where
 * there are times, what has the least of what is possible.
 */
function inOrder(
  { count, happens, times }: BirthEvents,
  hard: Rows,
  soft: Rows,
  late: Uint8Array,
): Int32Array {
  const waiting = int32s(count);
  const ready = times ? new LeastFirst(int32s(count), times) : new LastFirst(int32s(count));
  const order = int32s(count);
  let length = 0;
  for (let event = 0; event < count; event++) {
    if (!happens[event]) continue;
    for (let i = hard.offset[event]!; i < hard.offset[event + 1]!; i++) waiting[hard.items[i]!]!++;
    if (late[event]) continue;
    for (let i = soft.offset[event]!; i < soft.offset[event + 1]!; i++) waiting[soft.items[i]!]!++;
  }
  for (let event = count - 1; event >= 0; event--)
    if (happens[event] && waiting[event] === 0) ready.add(event);
  while (ready.size > 0) {
    const event = ready.take();
    order[length++] = event;
    for (let i = hard.offset[event + 1]! - 1; i >= hard.offset[event]!; i--)
      if (--waiting[hard.items[i]!]! === 0) ready.add(hard.items[i]!);
    if (late[event]) continue;
    for (let i = soft.offset[event + 1]! - 1; i >= soft.offset[event]!; i--)
      if (--waiting[soft.items[i]!]! === 0) ready.add(soft.items[i]!);
  }
  return order.subarray(0, length);
}
