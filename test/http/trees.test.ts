import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { flatTree, post, postJson, startService } from './service-under-test.ts';

const { app } = await startService();

test('a tree is stored once, whatever its form and order', async () => {
  const first = await postJson(app, '/v1/trees', SAMPLE);
  assert.equal(first.statusCode, 201);
  const { id, processes, zombies, sessions, findings } = first.json();
  assert.equal(first.headers.location, `/v1/trees/${id}`);
  assert.deepEqual([processes, zombies, sessions, findings], [5, 1, 3, []]);
  const reversed = { ...SAMPLE, processes: SAMPLE.processes.toReversed() };
  assert.equal((await postJson(app, '/v1/trees', reversed)).statusCode, 200);
  const { processes: rows, ...header } = SAMPLE;
  const ndjson = [header, ...rows].map((line) => JSON.stringify(line)).join('\n');
  const bodies: [string, string | Buffer][] = [
    ['application/x-ndjson', ndjson],
    ['application/octet-stream', ndjson],
    ['application/gzip', gzipSync(ndjson)],
    ['application/octet-stream', gzipSync(JSON.stringify(SAMPLE))],
  ];
  for (const [type, payload] of bodies) {
    const answer = await post(app, '/v1/trees', type, payload);
    assert.deepEqual([answer.statusCode, answer.json().id], [200, id], type);
  }
});

test('the image comes back as JSON and as NDJSON, and is the same tree', async () => {
  const { id } = (await postJson(app, '/v1/trees', SAMPLE)).json();
  const json = await app.inject(`/v1/trees/${id}`);
  assert.equal((await postJson(app, '/v1/trees', json.json())).json().id, id);
  const url = `/v1/trees/${id}`;
  const lines = await app.inject({ url, headers: { accept: 'application/x-ndjson' } });
  assert.equal(lines.body.trimEnd().split('\n').length, 1 + SAMPLE.processes.length);
  const again = await post(app, '/v1/trees', 'application/x-ndjson', lines.body);
  assert.equal(again.json().id, id);
  assert.notEqual(lines.headers.etag, json.headers.etag);
  const tag = String(json.headers.etag);
  assert.equal((await app.inject({ url, headers: { 'if-none-match': tag } })).statusCode, 304);
});

test('trees are listed in pages', async () => {
  for (let n = 10; n < 15; n++) await postJson(app, '/v1/trees', flatTree(n));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { trees: { id: string }[]; next: string | null } = (
      await app.inject(`/v1/trees?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    ).json();
    seen.push(...page.trees.map(({ id }) => id));
    cursor = page.next;
  } while (cursor);
  assert.ok(seen.length >= 6);
  assert.equal(new Set(seen).size, seen.length);
});

test('a deleted tree is gone with its plans', async () => {
  const tree = flatTree(20);
  const plan = (await postJson(app, '/v1/plans', tree)).json();
  assert.equal((await app.inject({ method: 'DELETE', url: `/v1/trees/${plan.treeId}` })).statusCode, 204);
  assert.equal((await app.inject(`/v1/trees/${plan.treeId}`)).json().code, 'TREE_NOT_FOUND');
  assert.equal((await app.inject(`/v1/plans/${plan.id}`)).statusCode, 404);
  assert.equal((await app.inject({ method: 'DELETE', url: `/v1/trees/${plan.treeId}` })).statusCode, 404);
  assert.equal((await postJson(app, '/v1/trees', tree)).statusCode, 201);
});
