/** Lines of a batch side by side: in order, each as soon as it can be, never more at once than are wanted. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type Question, sideBySide } from '../../src/http/batch/side-by-side.ts';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { startService } from './service-under-test.ts';

interface Watched {
  readonly questions: AsyncGenerator<Question>;
  most: number;
  ended: boolean;
}

/** Questions whose answers take as many milliseconds as the numbers say; large where negative. */
function watched(...times: readonly number[]): Watched {
  const seen: Watched = { questions: ask(), most: 0, ended: false };
  let now = 0;
  async function* ask(): AsyncGenerator<Question> {
    try {
      for (const [i, ms] of times.entries()) {
        yield {
          isSmall: ms >= 0,
          async *answer() {
            seen.most = Math.max(seen.most, ++now);
            if (ms < 0) assert.equal(now, 1, 'a large one is alone');
            await new Promise((resolve) => setTimeout(resolve, Math.abs(ms)));
            yield `${i}`;
            now--;
          },
        };
      }
    } finally {
      seen.ended = true;
    }
  }
  return seen;
}

async function told(answers: AsyncGenerator<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const answer of answers) all.push(answer);
  return all;
}

test('answers come in the order of the questions, at most eight under way, a large one alone', async () => {
  const seen = watched(9, 1, 5, -3, 1, -1, ...Array.from({ length: 30 }, (_, i) => (i * 7) % 5));
  assert.deepEqual(
    await told(sideBySide(seen.questions)),
    Array.from({ length: 36 }, (_, i) => `${i}`),
  );
  assert.equal(seen.most, 8);
  assert.deepEqual(await told(sideBySide(watched().questions)), []);
});

test('who goes away in the middle ends the questions', async () => {
  const seen = watched(1, 1, 1, 1);
  for await (const answer of sideBySide(seen.questions)) if (answer === '0') break;
  await new Promise(setImmediate);
  assert.equal(seen.ended, true);
});

test('a client that waits for each answer before its next line gets it', async () => {
  const { app } = await startService();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const headers = { 'content-type': 'application/x-ndjson' };
  const sent = request({ port, method: 'POST', path: '/v1/plans:batch', headers });
  sent.flushHeaders();
  sent.write(`${JSON.stringify(SAMPLE)}\n`);
  const [answer] = await once(sent, 'response');
  const lines = answer[Symbol.asyncIterator]();
  for (let n = 0; n < 3; n++) {
    const { value } = await lines.next();
    assert.equal(JSON.parse(`${value}`).status, 'ready');
    sent.write(`${JSON.stringify(SAMPLE)}\n`);
  }
  sent.end();
  assert.equal(JSON.parse(`${(await lines.next()).value}`).status, 'ready');
  assert.equal((await lines.next()).done, true);
});
