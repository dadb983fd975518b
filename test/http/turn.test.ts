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
