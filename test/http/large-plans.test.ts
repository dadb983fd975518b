/** Trees that are planned on threads: waited for, or promised, with events of their progress. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatTree, post, postJson, settled, startService } from './service-under-test.ts';

/** Small thresholds, so that trees of a few hundred processes are large. */
const LARGE = {
  INLINE_MAX_BYTES: '2000',
  INLINE_MAX_PROCESSES: '50',
  SYNC_MAX_PROCESSES: '200',
  WORKERS: '1',
};
const { app } = await startService(LARGE);

test('a middling tree goes through the threads and is waited for', async () => {
  const answer = await postJson(app, '/v1/plans?include=steps,diff', flatTree(150));
  assert.equal(answer.statusCode, 201);
  const plan = answer.json();
  assert.equal(plan.outcome, 'restorable');
  assert.equal(plan.steps.length, plan.summary.steps);
  assert.equal(plan.diff.result.total, 0);
  for (const view of ['births', 'scripts', `diff/${plan.id}`]) {
    assert.equal((await app.inject(`/v1/plans/${plan.id}/${view}`)).statusCode, 200, view);
  }
});

test('the threads and the main thread make the same plan', async () => {
  const small = await startService();
  const inThreads = await postJson(app, '/v1/plans?include=steps,diff', flatTree(150));
  const onMain = await postJson(small.app, '/v1/plans?include=steps,diff', flatTree(150));
  assert.deepEqual(inThreads.json(), onMain.json());
  for (const view of ['births', 'scripts']) {
    const url = `/v1/plans/${inThreads.json().id}/${view}`;
    assert.deepEqual((await app.inject(url)).json(), (await small.app.inject(url)).json());
  }
});

test('a large tree is answered with 202, and the plan comes', async () => {
  const answer = await postJson(app, '/v1/plans', { tree: flatTree(300), options: { helperPidMin: 999 } });
  assert.equal(answer.statusCode, 202);
  const pending = answer.json();
  assert.equal(answer.headers.location, `/v1/plans/${pending.id}`);
  assert.equal(pending.status, 'running');
  assert.equal(pending.progress.phases, 5);
  assert.equal(pending.options.helperPidMin, 999);
  const plan = await settled(app, pending.id);
  assert.deepEqual([plan.status, plan.outcome], ['ready', 'restorable']);
  const again = await postJson(app, '/v1/plans', { tree: flatTree(300), options: { helperPidMin: 999 } });
  assert.deepEqual([again.statusCode, again.json().id], [201, pending.id]);
});

test('Prefer: respond-async and wait are followed', async () => {
  const asynchronous = await postJson(app, '/v1/plans', flatTree(10), { prefer: 'respond-async' });
  assert.equal(asynchronous.statusCode, 202);
  assert.equal(asynchronous.headers['preference-applied'], 'respond-async');
  assert.equal((await settled(app, asynchronous.json().id)).status, 'ready');
  const waited = await postJson(app, '/v1/plans', flatTree(310), { prefer: 'respond-async, wait=30' });
  assert.equal(waited.statusCode, 201);
  assert.equal(waited.headers['preference-applied'], 'wait=30');
  const longest = await postJson(app, '/v1/plans', flatTree(312), { prefer: 'wait=999999' });
  assert.equal(longest.headers['preference-applied'], 'wait=300');
  const notWaited = await postJson(app, '/v1/plans', flatTree(311), { prefer: 'wait=0' });
  assert.equal(notWaited.statusCode, 202);
  await settled(app, notWaited.json().id);
});

test('what is wrong with a large upload is said at once', async () => {
  const broken = JSON.stringify(flatTree(400)).slice(0, -10);
  const answer = await postJson(app, '/v1/plans', broken);
  assert.deepEqual([answer.statusCode, answer.json().code], [400, 'IMAGE_UNPARSABLE']);
  const rows = (flatTree(400) as { processes: object[] }).processes;
  const twice = await postJson(app, '/v1/trees', { processes: [...rows, rows[7]] });
  assert.equal(twice.statusCode, 422);
  assert.equal(twice.json().errors[0].pointer, '/processes/400/pid');
});

test('events tell the phases in their order, and go on after the last one seen', async () => {
  const { id } = (await postJson(app, '/v1/plans', flatTree(320))).json();
  const url = `/v1/plans/${id}/events`;
  const { body } = await app.inject({ url, headers: { accept: 'text/event-stream' } });
  const events = body
    .trim()
    .split('\n\n')
    .map((event) => /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(event)!.slice(1));
  assert.deepEqual(
    events.map(([number]) => Number(number)),
    events.map((_, i) => i + 1),
  );
  assert.equal(events.at(-1)![1], 'ready');
  const phases = events.slice(0, -1).map(([, , data]) => JSON.parse(data!).phase);
  assert.equal(phases[0], 'queued');
  assert.ok(phases.includes('schedule') && phases.includes('verification'), String(phases));
  const rest = await app.inject({ url, headers: { 'last-event-id': '2' } });
  assert.ok(rest.body.startsWith('id: 3\n'));
});

test('a large upload that flows to its reader arrives whole', async () => {
  const lines = [JSON.stringify({ root: 1 })];
  for (let pid = 1; pid <= 1000; pid++) {
    const comm = 'x'.repeat(200);
    lines.push(JSON.stringify({ pid, ppid: pid === 1 ? 0 : 1, pgid: 1, sid: 1, comm }));
  }
  const answer = await post(app, '/v1/trees', 'application/x-ndjson', lines.join('\n'));
  assert.equal(answer.statusCode, 201);
  assert.equal(answer.json().processes, 1000);
});
