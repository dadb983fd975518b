/** A client with generated types goes the whole path: it compiles, and every answer is what its type says. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CLIENT_TYPES, documentOfTypes, stampOf } from '../../scripts/client-types.ts';
import { type components, createRegraftClient } from '../../src/client/index.ts';
import { startService } from '../http/service-under-test.ts';

const { app } = await startService();
const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' });
const client = createRegraftClient({ baseUrl });

/** A shim that leads a dead leader's orphan: its plan needs a helper. */
const image: components['schemas']['TreeImage'] = {
  root: 1,
  processes: [
    { pid: 1, ppid: 0, pgid: 1, sid: 1, childSubreaper: false, comm: 'init' },
    { pid: 3, ppid: 1, pgid: 2, sid: 2, childSubreaper: false, comm: 'worker' },
    { pid: 4, ppid: 3, pgid: 4, sid: 2, state: 'zombie', exitStatus: 1792 },
  ],
};

test('the types are those of openapi/openapi.json (npm run client)', () => {
  assert.ok(readFileSync(CLIENT_TYPES, 'utf8').startsWith(stampOf(documentOfTypes())));
});

test('tree, plan, steps, diff, births, scripts, preflight, delete', async () => {
  const tree = await client.POST('/v1/trees', { body: image });
  assert.equal(tree.response.status, 201);
  const treeId = tree.data!.id;

  const planned = await client.POST('/v1/plans', {
    params: { query: { include: 'steps' } },
    body: { treeId, options: { helperPidMin: 400 } },
  });
  assert.equal(planned.response.status, 201);
  assert.ok(planned.data !== undefined && planned.data.status === 'ready');
  const plan = planned.data;
  assert.equal(plan.outcome, 'restorable');
  const params = { path: { id: plan.id } };

  const steps = await client.GET('/v1/plans/{id}/steps', { params });
  assert.ok(typeof steps.data === 'object');
  const { count } = steps.data;
  assert.deepEqual(steps.data.steps, plan.steps);

  const diff = await client.GET('/v1/plans/{id}/diff', { params });
  assert.equal(diff.data!.result!.total, 0);
  assert.ok(diff.data!.working!.helpers.some(({ pid }) => pid === 2));

  const births = await client.GET('/v1/plans/{id}/births', { params });
  assert.deepEqual(
    births.data!.births.filter(({ helper }) => helper).map(({ pid }) => pid),
    [2],
  );

  const scripts = await client.GET('/v1/plans/{id}/scripts', { params });
  const done = scripts.data!.processes.flatMap((process) => process.do.map(({ step }) => step));
  assert.equal(new Set(done).size, count);

  const preflight = await client.POST('/v1/plans/{id}/preflight', {
    params,
    body: { occupiedPids: [3], pidMax: 32_768 },
  });
  assert.ok(preflight.data!.conflicts.some(({ pids }) => pids.includes(3)));

  assert.equal((await client.DELETE('/v1/plans/{id}', { params })).response.status, 204);
  assert.equal(
    (await client.DELETE('/v1/trees/{id}', { params: { path: { id: treeId } } })).response.status,
    204,
  );
});

test('what is refused has the type of a problem', async () => {
  const { data, error, response } = await client.GET('/v1/plans/{id}', {
    params: { path: { id: '0'.repeat(64) } },
  });
  assert.equal(data, undefined);
  assert.deepEqual([response.status, error!.code], [404, 'PLAN_NOT_FOUND']);
});
