/**
 * A tree whose planning takes long holds up nobody, however small it is.
 *
 * Held up is counted in the processor time of the main thread between two turns of its event loop: by the clock, other
 * processes of a busy machine would count too.
 */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { flatTree, postJson, startService } from './service-under-test.ts';

const SCHEDSTAT = `/proc/${process.pid}/task/${process.pid}/schedstat`;
const slow = readFileSync(
  new URL('../../../test/fixtures/cases/slow-copies-8.json', import.meta.url),
  'utf8',
);

/** Processor time of the main thread so far, in ms. */
function mainThreadMs(): number {
  return Number(readFileSync(SCHEDSTAT, 'utf8').split(' ')[0]) / 1e6;
}

test('probes are answered within 50 ms while 34 processes are planned that take seconds', {
  skip: existsSync(SCHEDSTAT) ? false : `${SCHEDSTAT} is not there: only Linux tells a thread's time`,
}, async () => {
  const { app } = await startService({ WORKERS: '1' });
  // Code that runs for the first time is compiled first, and the thread that plans is started.
  await postJson(app, '/v1/plans', flatTree(34));
  const tree = JSON.parse(slow);
  await postJson(app, '/v1/plans', JSON.stringify({ tree, options: { helperPidMin: 5000 } }));
  await app.inject('/livez');
  let answered = false;
  let longest = 0;
  const planned = postJson(app, '/v1/plans', slow, { prefer: 'wait=1' }).finally(() => {
    answered = true;
  });
  let before = mainThreadMs();
  let probes = 0;
  while (!answered) {
    if (probes++ % 50 === 0) assert.equal((await app.inject('/livez')).statusCode, 200);
    await turn();
    const now = mainThreadMs();
    longest = Math.max(longest, now - before);
    before = now;
  }
  const { statusCode, headers, body } = await planned;
  assert.ok(statusCode === 201 || statusCode === 202, body);
  await app.inject({ method: 'DELETE', url: headers.location as string });
  assert.ok(longest < 50, `nobody was answered for ${Math.round(longest)} ms`);
});
