/** What the restorers would do, over HTTP: the releases, their messages, why, and whether a graft helps. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import examples from '../../src/web/examples.json' with { type: 'json' };
import { dumpParts, tarOf } from '../formats/dumps.ts';
import { post, postJson, startService } from './service-under-test.ts';

const { app } = await startService();

interface Entry {
  restorer: string;
  version: string;
  outcome: string;
  message: string | null;
  why: string | null;
  remedy: string | null;
  graft: boolean;
}

function imageOf(name: string): object {
  return examples.find((example) => example.name === name)!.image;
}

async function restorersOf(name: string): Promise<Entry[]> {
  const { id } = (await postJson(app, '/v1/trees', imageOf(name))).json();
  return (await app.inject(`/v1/trees/${id}/restorers`)).json().restorers;
}

test('each release is an entry of its own', async () => {
  const entries = await restorersOf('docker_shim');
  assert.deepEqual(
    entries.map(({ restorer, version }) => `${restorer} ${version}`),
    ['criu 4.2', 'criu 4.3', 'virtuozzo 3.18'],
  );
});

test('a refusal has its message, a reason, a remedy, and a graft where one exists', async () => {
  const [criu] = await restorersOf('docker_shim');
  assert.equal(criu!.outcome, 'refuses');
  assert.equal(criu!.message, "Can't find a session leader for 4");
  assert.match(criu!.why!, /session 4/);
  assert.match(criu!.remedy!, /regraft restore/);
  assert.equal(criu!.graft, true);
});

test('a plan has them where it is asked to', async () => {
  const { image } = examples.find((example) => example.name === 'docker_shim')!;
  const plan = (await postJson(app, '/v1/plans?include=restorers,steps', { tree: image })).json();
  assert.deepEqual(plan.restorers, await restorersOf('docker_shim'));
  assert.ok(plan.steps.length > 0);
  const again = (await app.inject(`/v1/plans/${plan.id}?include=restorers`)).json();
  assert.deepEqual(again.restorers, plan.restorers);
});

test('what restores needs neither reason nor graft', async () => {
  for (const entry of await restorersOf('dead_session_leader')) {
    assert.deepEqual([entry.outcome, entry.why, entry.remedy, entry.graft], ['restores', null, null, false]);
  }
});

test('a tree that Linux cannot have made has no graft', async () => {
  for (const { outcome, graft } of await restorersOf('refused-below')) {
    assert.notEqual(outcome, 'restores');
    assert.equal(graft, false);
  }
});

test('nested pid namespaces: CRIU refuses the dump, of Virtuozzo nothing is said', async () => {
  const entries = await restorersOf('nested');
  assert.deepEqual(
    entries.map(({ restorer, outcome }) => [restorer, outcome]),
    [
      ['criu', 'refuses'],
      ['criu', 'refuses'],
    ],
  );
});

test('a tree that is not there is 404; the plan links to its restorers', async () => {
  assert.equal((await app.inject(`/v1/trees/${'0'.repeat(64)}/restorers`)).statusCode, 404);
  const plan = (await postJson(app, '/v1/plans', imageOf('docker_shim'))).json();
  assert.equal((await app.inject(plan.links.restorers)).statusCode, 200);
});

test('requirements and the command of CRIU, with what a tree image cannot tell', async () => {
  const { id } = (await postJson(app, '/v1/trees', imageOf('docker_shim'))).json();
  const { requirements, notTold } = (await app.inject(`/v1/trees/${id}/requirements`)).json();
  assert.ok(requirements.some(({ property }: { property: string }) => property === 'numbers'));
  assert.ok(notTold.includes('mounts'));
  const command = (await app.inject(`/v1/trees/${id}/criu-command`)).json();
  assert.equal(command.restore, 'criu restore -D DIR');
});

test('a log in an archive is explained against its tree', async () => {
  const log =
    "(00.1) Error (criu/util.c:1): rlimit: Can't setup RLIMIT_NOFILE for self\n(00.2) Error (criu/pstree.c:1): Can't find a session leader for 4\n";
  const payload = await tarOf([
    ...dumpParts('docker_shim').map(({ name, bytes }) => ({ name: `checkpoint/${name}`, bytes })),
    { name: 'restore.log', bytes: Buffer.from(log) },
  ]);
  const headers = { 'content-type': 'application/x-tar' };
  const answer = await app.inject({ method: 'POST', url: '/v1/logs/explain', headers, payload });
  const { cause, expected } = answer.json();
  assert.equal(expected, true);
  assert.deepEqual(cause.pids, [8]);
  assert.match(cause.remedy, /regraft restore/);
  const { id } = (await postJson(app, '/v1/trees', imageOf('dead_session_leader'))).json();
  const other = await post(app, `/v1/logs/explain?tree=${id}`, 'text/plain', log);
  assert.equal(other.json().expected, false);
});

test('an archive that a failed dump has left has a log and no tree, and is explained', async () => {
  const log =
    '(00.1) Error (criu/sk-inet.c:191): inet: Connected TCP socket, consider using --tcp-established option.\n(00.2) Error (criu/cr-dump.c:2093): Dumping FAILED.\n';
  const headers = { 'content-type': 'application/x-tar' };
  const inventory = dumpParts('docker_shim').find(({ name }) => name === 'inventory.img')!;
  for (const others of [[{ ...inventory, name: 'checkpoint/inventory.img' }], []]) {
    const payload = await tarOf([...others, { name: 'checkpoint/dump.log', bytes: Buffer.from(log) }]);
    const answer = await app.inject({ method: 'POST', url: '/v1/logs/explain', headers, payload });
    assert.equal(answer.statusCode, 200, answer.body);
    const { cause } = answer.json();
    assert.deepEqual([cause.known, cause.line], [true, 1]);
    assert.match(cause.remedy, /--tcp-established/);
    const plan = await app.inject({ method: 'POST', url: '/v1/plans', headers, payload });
    assert.match(plan.json().detail, /dump\.log says why/);
  }
  const payload = await tarOf([{ ...inventory, name: 'checkpoint/inventory.img' }]);
  const neither = await app.inject({ method: 'POST', url: '/v1/logs/explain', headers, payload });
  assert.equal(neither.json().code, 'IMAGE_INVALID');
});

test('a log is explained as text; an empty one is 400, another form 415', async () => {
  const explained = (payload: string, type: string) => post(app, '/v1/logs/explain', type, payload);
  const answer = await explained(
    "(00.1) Error (criu/pstree.c:1): Can't find a session leader for 4\n",
    'text/plain',
  );
  assert.deepEqual([answer.statusCode, answer.json().cause.line], [200, 1]);
  assert.equal((await explained('', 'text/plain')).json().code, 'BODY_EMPTY');
  assert.equal((await explained('<x/>', 'text/xml')).statusCode, 415);
});
