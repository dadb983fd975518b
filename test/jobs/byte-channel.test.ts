import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { receivedBytes, sendBytes } from '../../src/jobs/byte-channel.ts';

async function* numbers(count: number, taken: { chunks: number }): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    taken.chunks++;
    yield Uint8Array.of(i);
  }
}

test('all bytes arrive in their order', async () => {
  const { port1, port2 } = new MessageChannel();
  const sent = sendBytes(numbers(100, { chunks: 0 }), port1);
  const received: number[] = [];
  for await (const chunk of receivedBytes(port2)) received.push(...chunk);
  await sent;
  assert.deepEqual(
    received,
    Array.from({ length: 100 }, (_, i) => i),
  );
});

test('nothing is taken before it is asked for, and a reader that stops ends the sending', async () => {
  const { port1, port2 } = new MessageChannel();
  const taken = { chunks: 0 };
  const sent = sendBytes(numbers(100, taken), port1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(taken.chunks, 0);
  for await (const chunk of receivedBytes(port2)) if (chunk[0] === 2) break;
  await sent;
  assert.ok(taken.chunks <= 4, String(taken.chunks));
});

test('a source that fails fails the reader too', async () => {
  const { port1, port2 } = new MessageChannel();
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1);
    throw new Error('broken off');
  }
  const sent = assert.rejects(sendBytes(failing(), port1), /broken off/);
  await assert.rejects(async () => {
    for await (const _ of receivedBytes(port2));
  }, /broken off/);
  await sent;
});

test('a reader that never comes is given up', async () => {
  const { port1 } = new MessageChannel();
  const sent = sendBytes(numbers(3, { chunks: 0 }), port1);
  port1.close();
  await sent;
});
