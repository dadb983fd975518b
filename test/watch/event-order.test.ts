import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventOrder } from '../../src/watch/event-order.ts';

const exit = (time: number, task = 1) => ({ kind: 'exit', time, task, last: true }) as const;

test('events of several CPUs come out in the order of their times, up to the limit', () => {
  const order = new EventOrder();
  for (const time of [5, 9, 30]) order.add(exit(time));
  for (const time of [4, 7, 20]) order.add(exit(time, 2));
  assert.deepEqual(
    order.release(10).map(({ time }) => time),
    [4, 5, 7, 9],
  );
  assert.deepEqual(
    order.release(31).map(({ time }) => time),
    [20, 30],
  );
  assert.deepEqual(order.held, []);
});

test('a gap stands before what it may have hidden', () => {
  const order = new EventOrder();
  order.add(exit(5));
  order.add(exit(12));
  order.gap(5, 12, 3);
  assert.deepEqual(order.release(20), [{ kind: 'gap', time: 5, until: 12, count: 3 }, exit(5), exit(12)]);
});

test('what comes after its time has been given out becomes a gap that says since when', () => {
  const order = new EventOrder();
  order.add(exit(5));
  order.release(10);
  order.add(exit(7));
  assert.deepEqual(order.release(20), [{ kind: 'gap', time: 10, until: 10, count: 1, since: 7 }]);
});
