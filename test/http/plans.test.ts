import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { flatTree, post, postJson, startService } from './service-under-test.ts';

const { app } = await startService();

test('a tree gives a verified plan, with steps and diff where they are asked for', async () => {
  const answer = await postJson(app, '/v1/plans?include=steps,diff', { tree: SAMPLE });
  assert.equal(answer.statusCode, 201);
  const plan = answer.json();
  assert.equal(answer.headers.location, `/v1/plans/${plan.id}`);
  assert.equal(plan.status, 'ready');
  assert.equal(plan.outcome, 'restorable');
  assert.deepEqual(plan.verification, {
    by: 'simulator',
    stepsExecuted: plan.summary.steps,
    processesCompared: 5,
    differences: 0,
  });
  assert.equal(plan.steps.length, plan.summary.steps);
  assert.equal(plan.diff.result.total, 0);
  assert.equal(plan.diff.working.refusal, null);
});

test('the id depends on the tree, the options and nothing else', async () => {
  const id = async (body: unknown) => (await postJson(app, '/v1/plans', body)).json().id;
  const reversed = { ...SAMPLE, processes: SAMPLE.processes.toReversed() };
  const plain = await id({ tree: SAMPLE });
  assert.equal(await id(SAMPLE), plain);
  assert.equal(await id({ tree: reversed, options: { helperPidMin: 300, occupiedPids: [] } }), plain);
  assert.notEqual(await id({ tree: SAMPLE, options: { helperPidMin: 301 } }), plain);
  assert.equal(
    await id({ tree: SAMPLE, options: { occupiedPids: [9, 8, 9] } }),
    await id({ tree: SAMPLE, options: { occupiedPids: [8, 9] } }),
  );
});

test('a stored tree is planned by its id', async () => {
  const { id: treeId } = (await postJson(app, '/v1/trees', SAMPLE)).json();
  const plan = (await postJson(app, '/v1/plans', { treeId })).json();
  assert.equal(plan.treeId, treeId);
  assert.equal(plan.id, (await postJson(app, '/v1/plans', { tree: SAMPLE })).json().id);
});

test('options of a direct upload go into the query', async () => {
  const direct = await postJson(app, '/v1/plans?helperPidMin=500&allowCloneParent=false', SAMPLE);
  const wrapped = await postJson(app, '/v1/plans', {
    tree: SAMPLE,
    options: { helperPidMin: 500, allowCloneParent: false },
  });
  assert.equal(direct.json().id, wrapped.json().id);
  assert.equal(direct.json().options.helperPidMin, 500);
});

test('an unreachable tree is an answer, not an error', async () => {
  const tree = {
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1 },
      { pid: 2, ppid: 1, pgid: 1, sid: 2 },
    ],
  };
  const answer = await postJson(app, '/v1/plans?include=steps,diff', tree);
  assert.equal(answer.statusCode, 201);
  const plan = answer.json();
  assert.equal(plan.outcome, 'unrestorable');
  assert.deepEqual(plan.steps, []);
  assert.deepEqual(plan.verification, { by: 'proof checker', facts: 2, steps: 1 });
  assert.deepEqual(plan.diff, { result: null, working: null });
  assert.equal(plan.diagnostics[0].code, 'UNRESTORABLE');
});

test('a plan is read back with its ETag, and 304 follows', async () => {
  const { id } = (await postJson(app, '/v1/plans', SAMPLE)).json();
  const url = `/v1/plans/${id}?include=steps`;
  const first = await app.inject(url);
  const etag = String(first.headers.etag);
  assert.match(etag, /^"[^"]+"$/);
  assert.equal((await app.inject({ url, headers: { 'if-none-match': etag } })).statusCode, 304);
  assert.equal((await app.inject({ url, headers: { 'if-none-match': `"other", ${etag}` } })).statusCode, 304);
  assert.equal((await app.inject({ url, headers: { 'if-none-match': '"other"' } })).statusCode, 200);
  assert.notEqual((await app.inject(`/v1/plans/${id}`)).headers.etag, etag);
  const head = await app.inject({ method: 'HEAD', url });
  assert.equal(head.statusCode, 200);
  assert.equal(head.headers.etag, etag);
  assert.equal(head.body, '');
});

test('a compressed answer has a strong tag of its own, which is known too', async () => {
  const { id } = (await postJson(app, '/v1/plans', flatTree(200))).json();
  const url = `/v1/plans/${id}?include=steps`;
  const plain = await app.inject(url);
  const packed = await app.inject({ url, headers: { 'accept-encoding': 'gzip' } });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.notEqual(packed.headers.etag, plain.headers.etag);
  const headers = { 'accept-encoding': 'gzip', 'if-none-match': String(packed.headers.etag) };
  const known = await app.inject({ url, headers });
  assert.deepEqual([known.statusCode, known.headers.etag], [304, packed.headers.etag]);
});

test('a deleted plan is gone', async () => {
  const { id } = (await postJson(app, '/v1/plans', { tree: SAMPLE, options: { helperPidMin: 777 } })).json();
  assert.equal((await app.inject({ method: 'DELETE', url: `/v1/plans/${id}` })).statusCode, 204);
  assert.equal((await app.inject(`/v1/plans/${id}`)).json().code, 'PLAN_NOT_FOUND');
  assert.equal((await app.inject({ method: 'DELETE', url: `/v1/plans/${id}` })).statusCode, 404);
});

test('a batch answers line by line, in order, and a bad line spoils no other', async () => {
  const lines = [
    JSON.stringify({ tree: SAMPLE }),
    '{"tree": {',
    '\r',
    JSON.stringify({ treeId: 'f'.repeat(64) }),
    JSON.stringify({ tree: flatTree(3), options: { helperPidMin: 1 } }),
    JSON.stringify(flatTree(4)),
  ];
  const answer = await post(app, '/v1/plans:batch?include=steps', 'application/x-ndjson', lines.join('\n'));
  assert.equal(answer.statusCode, 200);
  const plans = answer.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    plans.map(({ status, code }) => code ?? status),
    ['ready', 'IMAGE_UNPARSABLE', 'TREE_NOT_FOUND', 'BODY_INVALID', 'ready'],
  );
  assert.deepEqual(
    plans.map(({ errors }) => errors?.[0].line),
    [undefined, 2, 4, 5, undefined],
  );
  assert.equal(plans[4].summary.processes, 4);
  assert.ok(plans[4].steps.length > 3);
});
