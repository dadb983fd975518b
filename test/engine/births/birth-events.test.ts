/** Recorded births: what is given as known is right, with late recorders, losses, and numbers used again. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyBirthEvents,
  type BirthEvent,
  treeWithBirths,
} from '../../../src/engine/births/birth-events.ts';
import type { ProcessImage } from '../../../src/formats/tree-image-schema.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';

interface Lived {
  readonly pid: number;
  readonly creator: Lived | null;
  readonly born: number;
  parent: Lived | null;
  alive: boolean;
}

interface World {
  readonly events: BirthEvent[];
  readonly processes: ProcessImage[];
  /** pid → closest alive born ancestor. */
  readonly truth: ReadonlyMap<number, number>;
}

const NUMBERS = 24;
const NANOSECONDS_A_TICK = 1e7;

/** A world of few numbers, so that they are used again all the time. Losses swallow events, of any length. */
function world(seed: number, calls: number, lossy: boolean, late: boolean, startTimes: boolean): World {
  const random = new SeededRandom(seed);
  const root: Lived = { pid: 1, creator: null, born: 0, parent: null, alive: true };
  const living = [root];
  const events: BirthEvent[] = [];
  let attached = !late;
  let losing = false;
  let time = 0;
  const ticks = ({ born }: Lived): number => Math.floor(born / NANOSECONDS_A_TICK);
  const tell = (event: BirthEvent): void => {
    if (attached && !losing) events.push(event);
  };
  if (attached) events.push({ event: 'attach', time });
  for (let call = 0; call < calls; call++) {
    time += 1 + random.below(3 * NANOSECONDS_A_TICK);
    if (!attached && call > calls / 3) {
      attached = true;
      events.push({ event: 'attach', time });
    }
    if (lossy && attached && random.chance(0.03)) {
      if (losing) events.push({ event: 'lost', time });
      losing = !losing;
    }
    const free = Array.from({ length: NUMBERS }, (_, i) => i + 2).filter(
      (pid) => !living.some((one) => one.pid === pid),
    );
    if (free.length > 0 && (living.length < 4 || random.chance(0.55))) {
      const caller = random.pick(living);
      const asSibling = caller !== root && random.chance(0.2);
      const child: Lived = {
        pid: random.pick(free),
        creator: caller,
        born: time,
        parent: asSibling ? caller.parent : caller,
        alive: true,
      };
      living.push(child);
      const starts = startTimes ? { parentStart: ticks(caller), childStart: ticks(child) } : {};
      tell({ event: 'fork', parent: caller.pid, child: child.pid, time, ...starts });
    } else if (living.length > 1) {
      const gone = living.splice(1 + random.below(living.length - 1), 1)[0]!;
      gone.alive = false;
      for (const one of living) if (one.parent === gone) one.parent = root;
      tell({ event: 'exit', pid: gone.pid, time, ...(startTimes ? { start: ticks(gone) } : {}) });
    }
  }
  if (losing) events.push({ event: 'lost', time });
  const truth = new Map<number, number>();
  for (const one of living) {
    let by = one.creator;
    while (by && !by.alive) by = by.creator;
    truth.set(one.pid, by?.pid ?? 0);
  }
  const processes = living.map((one) => ({
    pid: one.pid,
    ppid: one.parent?.pid ?? 0,
    pgid: 1,
    sid: 1,
    ...(startTimes ? { startTime: ticks(one) } : {}),
  }));
  return { events, processes, truth };
}

for (const [name, lossy, late] of [
  ['a complete record', false, false],
  ['a recorder that comes late', false, true],
  ['losses', true, false],
  ['losses and a late recorder', true, true],
] as const) {
  for (const startTimes of [false, true]) {
    test(`${name}, ${startTimes ? 'with' : 'without'} start times: nothing known is wrong`, (t) => {
      const total = { known: 0, bounded: 0, unknown: 0 };
      for (let seed = 1; seed <= 400; seed++) {
        const { events, processes, truth } = world(seed, 120, lossy, late, startTimes);
        const tree = treeOf({ root: 1, processes });
        const { caba, bounded, counts, exited } = applyBirthEvents(tree, events);
        if (!lossy) assert.deepEqual(exited, []);
        for (let q = 0; q < tree.size; q++) {
          const pid = tree.pid[q]!;
          if (caba[q]! >= 0) assert.equal(caba[q], truth.get(pid), `seed ${seed}, pid ${pid}`);
          const among = bounded.get(pid);
          if (among) assert.ok(among.includes(truth.get(pid)!), `seed ${seed}, pid ${pid}`);
        }
        if (!lossy && !late) assert.equal(counts.known, tree.size - 1);
        total.known += counts.known;
        total.bounded += counts.bounded;
        total.unknown += counts.unknown;
      }
      t.diagnostic(`known ${total.known}, bounded ${total.bounded}, unknown ${total.unknown}`);
    });
  }
}

test('what the image says stays, what the events know is filled in', () => {
  const processes = [
    { pid: 1, ppid: 0, pgid: 1, sid: 1 },
    { pid: 2, ppid: 1, pgid: 1, sid: 1, caba: 1 },
    { pid: 3, ppid: 1, pgid: 1, sid: 1 },
    { pid: 4, ppid: 1, pgid: 1, sid: 1 },
  ];
  const tree = treeOf({ root: 1, processes });
  const recorded = applyBirthEvents(tree, [
    { event: 'attach', time: 0 },
    { event: 'fork', parent: 2, child: 9, time: 1 },
    { event: 'fork', parent: 9, child: 3, time: 2 },
    { event: 'exit', pid: 9, time: 3 },
  ]);
  assert.deepEqual([...treeWithBirths(tree, recorded).caba!], [0, 1, 2, -1]);
  assert.deepEqual(recorded.counts, { known: 1, bounded: 1, unknown: 1 });
  assert.deepEqual(recorded.bounded.get(2), [1, 4]);
});

test('a record that goes on after the image is told', () => {
  const tree = treeOf({
    root: 1,
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1 },
      { pid: 2, ppid: 1, pgid: 1, sid: 1 },
    ],
  });
  const { exited, caba } = applyBirthEvents(tree, [
    { event: 'fork', parent: 1, child: 2, time: 1 },
    { event: 'exit', pid: 2, time: 2 },
  ]);
  assert.deepEqual(exited, [2]);
  assert.equal(caba[1], -1);
});

test('long ways up through the dead, and numbers that are named again and again, cost a sweep', () => {
  const [dead, children] = [200_000, 20_000];
  const processes: ProcessImage[] = [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }];
  const events: BirthEvent[] = [];
  let time = 0;
  for (let i = 0; i < dead; i++) {
    events.push({ event: 'fork', parent: 1 + i, child: 2 + i, time: time++ });
  }
  const creator = 1 + dead;
  for (let i = 0; i < children; i++) {
    const pid = 2 + dead + i;
    processes.push({ pid, ppid: 1, pgid: 1, sid: 1 });
    events.push({ event: 'fork', parent: creator, child: pid, time: time++ });
  }
  const tree = treeOf({ root: 1, processes });
  assert.deepEqual(applyBirthEvents(tree, events).counts, { known: children, bounded: 0, unknown: 0 });
  for (let i = 0; i < dead; i++) {
    events.push({ event: 'lost', time: time++ }, { event: 'exit', pid: creator, time: time++ });
  }
  const { caba, counts } = applyBirthEvents(tree, events);
  assert.equal(counts.known, 0);
  assert.equal(caba[1], -1);
});
