/** Recorded births: what is given as known is right, with late recorders, losses, and numbers used again. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BirthEvent } from '../../../src/engine/record/birth-event.ts';
import { treeWithBirths } from '../../../src/engine/record/recorded-births.ts';
import type { ProcessImage } from '../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../full-size.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { birthsOfEvents } from './births-of-events.ts';
import { world } from './random-worlds.ts';

for (const [name, lossy, late] of [
  ['a complete record', false, false],
  ['a recorder that comes late', false, true],
  ['losses', true, false],
  ['losses and a late recorder', true, true],
] as const) {
  for (const startTimes of [false, true]) {
    test(`${name}, ${startTimes ? 'with' : 'without'} start times: nothing known is wrong`, (t) => {
      const total = { known: 0, bounded: 0, unknown: 0 };
      for (let seed = 1; seed <= scaled(100, 400); seed++) {
        const { events, processes, truth } = world(seed, {
          calls: 120,
          lossy,
          late,
          startTimes,
          imageStarts: startTimes,
        });
        const tree = treeOf({ root: 1, processes });
        const { caba, bounded, counts, exited } = birthsOfEvents(tree, events);
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

for (const [name, windows, startTimes, after] of [
  ['losses that others fall into', true, false, 0],
  ['losses that others fall into, start times in the events', true, true, 0],
  ['a record that goes on after the image', false, false, 60],
  ['a record that goes on, start times in the events', false, true, 60],
] as const) {
  test(`${name}: start times of the image tell who is meant`, (t) => {
    const total = { known: 0, bounded: 0, unknown: 0 };
    for (let seed = 1; seed <= scaled(100, 400); seed++) {
      const options = {
        calls: 120,
        lossy: windows,
        late: true,
        startTimes,
        imageStarts: true,
        windows,
        after,
      };
      const { events, processes, truth } = world(seed, options);
      const tree = treeOf({ root: 1, processes });
      const { caba, bounded, counts } = birthsOfEvents(tree, events);
      for (let q = 0; q < tree.size; q++) {
        const pid = tree.pid[q]!;
        if (caba[q]! >= 0) assert.equal(caba[q], truth.get(pid), `seed ${seed}, pid ${pid}`);
        const among = bounded.get(pid);
        if (among) assert.ok(among.includes(truth.get(pid)!), `seed ${seed}, pid ${pid}`);
      }
      total.known += counts.known;
      total.bounded += counts.bounded;
      total.unknown += counts.unknown;
    }
    t.diagnostic(`known ${total.known}, bounded ${total.bounded}, unknown ${total.unknown}`);
  });
}

test('what the image says stays, what the events know is filled in', () => {
  const processes = [
    { pid: 1, ppid: 0, pgid: 1, sid: 1 },
    { pid: 2, ppid: 1, pgid: 1, sid: 1, caba: 1 },
    { pid: 3, ppid: 1, pgid: 1, sid: 1 },
    { pid: 4, ppid: 1, pgid: 1, sid: 1 },
  ];
  const tree = treeOf({ root: 1, processes });
  const recorded = birthsOfEvents(tree, [
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
      { pid: 3, ppid: 1, pgid: 1, sid: 1 },
    ],
  });
  const { exited, caba } = birthsOfEvents(tree, [
    { event: 'fork', parent: 1, child: 2, time: 1 },
    { event: 'exit', pid: 2, time: 2 },
  ]);
  assert.deepEqual(exited, [2]);
  assert.equal(caba[1], -1);
});

test('where only one process can have borne it, that is known without a record of it', () => {
  const tree = treeOf({
    root: 1,
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1 },
      { pid: 2, ppid: 1, pgid: 1, sid: 1 },
    ],
  });
  const { caba, counts } = birthsOfEvents(tree, [{ event: 'alive', pid: 1, time: 1 }]);
  assert.deepEqual([caba[1], counts], [1, { known: 1, bounded: 0, unknown: 0 }]);
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
  assert.deepEqual(birthsOfEvents(tree, events).counts, { known: children, bounded: 0, unknown: 0 });
  for (let i = 0; i < dead; i++) {
    events.push({ event: 'lost', time: time++ }, { event: 'exit', pid: creator, time: time++ });
  }
  const { caba, counts } = birthsOfEvents(tree, events);
  assert.equal(counts.known, 0);
  assert.equal(caba[1], -1);
});
