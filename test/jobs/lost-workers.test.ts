/** Worker threads that die, run out of memory or are cancelled, and a queue that is full. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatTree, postJson, settled, startService } from '../http/service-under-test.ts';
import { DIES, EATS_MEMORY, NEVER_ENDS } from './failing-worker.ts';

const { app } = await startService(
  {
    INLINE_MAX_BYTES: '1000000',
    INLINE_MAX_PROCESSES: '50',
    SYNC_MAX_PROCESSES: '100',
    WORKERS: '1',
    WORKER_HEAP_MB: '32',
    QUEUE_SIZE: '1',
  },
  new URL('./failing-worker.js', import.meta.url),
);
const isFine = async () => {
  const answer = await postJson(app, '/v1/plans', flatTree(80));
  assert.deepEqual([answer.statusCode, answer.json().outcome], [201, 'restorable']);
};

test('a worker that dies costs its own plan only', async () => {
  const { id } = (await postJson(app, '/v1/plans', flatTree(DIES))).json();
  const plan = await settled(app, id);
  assert.equal(plan.status, 'failed');
  assert.equal((plan.error as { code: string }).code, 'WORKER_LOST');
  const steps = await app.inject(`/v1/plans/${id}/steps`);
  assert.deepEqual([steps.statusCode, steps.json().code], [500, 'WORKER_LOST']);
  await isFine();
});

test('a worker that runs out of memory too', async () => {
  const { id } = (await postJson(app, '/v1/plans', flatTree(EATS_MEMORY))).json();
  const plan = await settled(app, id);
  assert.match((plan.error as { detail: string }).detail, /out of memory/);
  await isFine();
});

test('a running plan can be cancelled, is said to be so, and can be asked for again', async () => {
  const { id, status } = (await postJson(app, '/v1/plans', flatTree(NEVER_ENDS))).json();
  assert.equal(status, 'running');
  const steps = await app.inject(`/v1/plans/${id}/steps`);
  assert.deepEqual([steps.statusCode, steps.json().code], [409, 'PLAN_NOT_READY']);
  const events = app.inject(`/v1/plans/${id}/events`).then(({ body }) => body);
  assert.equal((await app.inject({ method: 'DELETE', url: `/v1/plans/${id}` })).statusCode, 204);
  assert.match(await events, /event: cancelled/);
  const cancelled = await app.inject(`/v1/plans/${id}`);
  assert.deepEqual([cancelled.statusCode, cancelled.json().status], [200, 'cancelled']);
  const itsSteps = await app.inject(`/v1/plans/${id}/steps`);
  assert.deepEqual([itsSteps.statusCode, itsSteps.json().code], [409, 'PLAN_CANCELLED']);
  const again = (await postJson(app, '/v1/plans', flatTree(NEVER_ENDS))).json();
  assert.deepEqual([again.id, again.status], [id, 'running']);
  for (const expected of [204, 204, 404]) {
    assert.equal((await app.inject({ method: 'DELETE', url: `/v1/plans/${id}` })).statusCode, expected);
  }
  assert.equal((await app.inject(`/v1/plans/${id}`)).statusCode, 404);
  await isFine();
});

test('when the queue is full the answer is 503 with Retry-After, and small plans go on', async () => {
  const never = (helperPidMin: number) =>
    postJson(app, '/v1/plans', { tree: flatTree(NEVER_ENDS), options: { helperPidMin } });
  const [running, waiting] = [(await never(1000)).json(), (await never(2000)).json()];
  const refused = await never(3000);
  assert.deepEqual([refused.statusCode, refused.json().code], [503, 'QUEUE_FULL']);
  assert.equal(refused.headers['retry-after'], '5');
  const small = await postJson(app, '/v1/plans', flatTree(20));
  assert.equal(small.statusCode, 201);
  assert.equal((await never(1000)).json().id, running.id);
  const metrics = (await app.inject('/metrics')).body;
  assert.match(metrics, /^regraft_plans_running 1$/m);
  assert.match(metrics, /^regraft_plans_waiting 1$/m);
  for (const { id } of [waiting, running]) await app.inject({ method: 'DELETE', url: `/v1/plans/${id}` });
  await isFine();
});
