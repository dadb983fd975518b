/** Requests of one turn of the event loop go on together (src/http/upload/turn.ts). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withOthersOfThisTurn } from '../../src/http/upload/turn.ts';

const STEPS = 3;

async function request(name: string, done: string[]): Promise<void> {
  await withOthersOfThisTurn();
  for (let step = 0; step < STEPS; step++) {
    done.push(`${name}${step}`);
    await Promise.resolve();
  }
}

test('requests of one turn take each step one after the other', async () => {
  const done: string[] = [];
  await Promise.all(['a', 'b', 'c'].map((name) => request(name, done)));
  assert.deepEqual(done, ['a0', 'b0', 'c0', 'a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
});

test('a request of a later turn waits for nobody before it', async () => {
  const done: string[] = [];
  const first = request('a', done);
  await new Promise(setImmediate);
  await Promise.all([first, request('b', done)]);
  assert.deepEqual(done, ['a0', 'a1', 'a2', 'b0', 'b1', 'b2']);
});

test('of many, some go on, and the loop turns before the next do', async () => {
  const done: string[] = [];
  let turns = 0;
  const turning = setInterval(() => turns++, 0);
  const turnOf: number[] = [];
  const names = Array.from({ length: 100 }, (_, i) => `${i}.`);
  await Promise.all(
    names.map(async (name, i) => {
      await request(name, done);
      turnOf[i] = turns;
      // Work that takes longer than a turn, so that the timer has its chance where there is one.
      for (const end = Date.now() + 2; Date.now() < end; );
    }),
  );
  clearInterval(turning);
  assert.deepEqual(done.toSorted(), names.flatMap((name) => [0, 1, 2].map((step) => name + step)).toSorted());
  assert.equal(done.indexOf('31.0') < done.indexOf('0.1'), true);
  assert.equal(done.indexOf('0.2') < done.indexOf('32.0'), true);
  assert.equal(turnOf[0], turnOf[31]);
  assert.ok(turnOf[32]! > turnOf[31]!, `${turnOf}`);
});
