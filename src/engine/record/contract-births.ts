/**
 * A record contracted to what still matters: the births of those who may still live.
 *
 * In: instances of a record, and the numbers that are in use now (zombies too). Out: events in the order of their
 * times. Invariant: applied to any later image they give what the whole record gives. Everybody who is gone is left
 * out; their children are given to the closest creator that may still live, as the kernel gives them to a subreaper.
 * Cost: O(instances + marks), a sort of what is kept. The result has at most four events for each instance that is kept.
 */

import type { BirthEvent } from './birth-event.ts';
import { type BirthInstances, type Instance, NOBODY } from './birth-instances.ts';

interface Placed {
  readonly event: BirthEvent;
  readonly at: number;
}

export function contractBirths(record: BirthInstances, inUse: ReadonlySet<number>): BirthEvent[] {
  const { all, marks } = record;
  const kept = mayLive(record, inUse);
  const { ends, tops } = waysUp(all, kept);
  const placed: Placed[] = [];
  for (let i = 0; i < all.length; i++) if (kept[i]) placed.push(...eventsOf(all, i, ends[i]!, tops[i]!));
  placed.sort((a, b) => a.at - b.at);

  const events: BirthEvent[] = [];
  let next = 0;
  for (const { event, at } of placed) {
    for (; next < marks.length && marks[next]!.at <= at; next++) addMark(events, marks[next]!.event);
    events.push(event);
  }
  for (; next < marks.length; next++) addMark(events, marks[next]!.event);
  return events;
}

/** 1: it has the number still, or events were lost and it may. Of the exited only those whose number is in use. */
function mayLive(record: BirthInstances, inUse: ReadonlySet<number>): Uint8Array {
  const { all, current, losses } = record;
  const namesakes = record.lastNamesakes();
  const kept = new Uint8Array(all.length);
  for (let i = 0; i < all.length; i++) {
    const { pid } = all[i]!;
    const last = namesakes[i]!;
    if (pid === NOBODY || current.get(pid) !== last) continue;
    const lives = !all[last]!.exited && all[last]!.losses === losses;
    if (lives || inUse.has(pid)) kept[i] = 1;
  }
  return kept;
}

/**
 * By instance: where its way up ends, at the closest creator that is kept or at −2 − one of unknown birth; and the last
 * one on the way before that end.
 */
function waysUp(all: readonly Instance[], kept: Uint8Array): { ends: Int32Array; tops: Int32Array } {
  const ends = new Int32Array(all.length);
  const tops = new Int32Array(all.length);
  for (let i = 0; i < all.length; i++) {
    const above = all[i]!.parent;
    const ended = above < 0 || kept[above] === 1;
    ends[i] = above < 0 ? -2 - i : ended ? above : ends[above]!;
    tops[i] = ended ? i : tops[above]!;
  }
  return { ends, tops };
}

function eventsOf(all: readonly Instance[], i: number, end: number, top: number): Placed[] {
  const { pid, start, parent, seen, last, seenAt, lastAt, exited } = all[i]!;
  const startOf = (name: string, ticks: number) => (Number.isNaN(ticks) ? {} : { [name]: ticks });
  const events: Placed[] = [];
  const birth = { child: pid, time: seen, ...startOf('childStart', start) };
  if (parent < 0) {
    events.push({ event: { event: 'alive', pid, time: seen, ...startOf('start', start) }, at: seenAt });
  } else if (end < 0) {
    const ancestorBefore = all[-2 - end]!.seen;
    events.push({ event: { event: 'birth', ...birth, ancestorBefore }, at: seenAt });
  } else {
    const creator = all[end]!;
    // Named as of the time at which it made the first of those who are left out.
    const parentAt = end === parent ? {} : { parentAt: all[top]!.seen };
    const by = { parent: creator.pid, ...startOf('parentStart', creator.start), ...parentAt };
    events.push({ event: { event: 'fork', ...by, ...birth }, at: seenAt });
  }
  if (exited)
    events.push({ event: { event: 'exit', pid, time: last, ...startOf('start', start) }, at: lastAt });
  else if (lastAt > seenAt) {
    events.push({ event: { event: 'alive', pid, time: last, ...startOf('start', start) }, at: lastAt });
  }
  return events;
}

/** Marks that nothing stands between are one. */
function addMark(events: BirthEvent[], mark: BirthEvent & { event: 'attach' | 'lost' }): void {
  const before = events.at(-1);
  if (mark.event !== 'lost' || before?.event !== 'lost') {
    events.push(mark);
    return;
  }
  const until = Math.max(before.until ?? before.time, mark.until ?? mark.time);
  const count = (before.count ?? 0) + (mark.count ?? 0);
  const since = Math.min(before.since ?? Number.POSITIVE_INFINITY, mark.since ?? Number.POSITIVE_INFINITY);
  events[events.length - 1] = {
    ...{ event: 'lost', time: before.time, until },
    ...(since < Number.POSITIVE_INFINITY ? { since } : {}),
    ...(count > 0 ? { count } : {}),
  };
}
