/** GET /v1/plans/{id}/graft: JSON and bytes, for both releases, and where there is none. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTreeParts } from '../../src/formats/read-tree.ts';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { treeOf } from '../formats/loaded.ts';
import { postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const get = (url: string, accept = '*/*') => app.inject({ url, headers: { accept } });
const planOf = async (image: unknown): Promise<{ id: string; links: Record<string, string> }> =>
  (await postJson(app, '/v1/plans', image)).json();

const process = (pid: number, ppid: number, sid: number, more: object = {}) => ({
  pid,
  ppid,
  pgid: sid,
  sid,
  childSubreaper: false,
  ...more,
});
const ADOPTED = {
  processes: [
    process(1, 0, 1),
    process(2, 1, 2, { childSubreaper: true }),
    process(3, 2, 3),
    process(5, 2, 3, { threads: [5, 6] }),
  ],
};

const BYTES = 'application/octet-stream';

test('a plan with CLONE_PARENT is made anew without it: CRIU has no such clone', async () => {
  const plan = (await postJson(app, '/v1/plans?include=steps', SAMPLE)).json();
  assert.ok(plan.steps.some(({ flags = [] }: { flags?: string[] }) => flags.includes('CLONE_PARENT')));
  const graft = (await get(plan.links.graft)).json();
  assert.equal(graft.outcome, 'graft');
  assert.equal(graft.criu, '4.3');
  assert.ok(graft.carriers.length > 0 && graft.script.length > 0);
});

test('the records as bytes are a pstree.img that is read as the tree at its fullest', async () => {
  const { id } = await planOf(ADOPTED);
  const graft = (await get(`/v1/plans/${id}/graft?criu=4.2`)).json();
  const answer = await get(`/v1/plans/${id}/graft?criu=4.2`, BYTES);
  assert.equal(answer.headers['content-type'], BYTES);
  const tree = treeOf(await readTreeParts([{ name: 'pstree.img', bytes: answer.rawPayload }]));
  const shown = Array.from(tree.pid, (pid, i) => [pid, i === 0 ? 0 : tree.pid[tree.parent[i]!], tree.sid[i]]);
  assert.deepEqual(
    shown.sort(),
    graft.records
      .map(({ pid, ppid, sid }: { pid: number; ppid: number; sid: number }) => [pid, ppid, sid])
      .sort(),
  );
  assert.deepEqual(
    graft.records.find(({ pid }: { pid: number }) => pid === 5),
    { pid: 5, ppid: 300, pgid: 3, sid: 3, threads: [5, 6] },
  );
});

test('a graft is empty where CRIU restores the tree by itself, and its bytes are the own records', async () => {
  const { id } = await planOf({ processes: [process(1, 0, 1), process(2, 1, 1)] });
  const { outcome, alone, records } = (await get(`/v1/plans/${id}/graft`)).json();
  assert.deepEqual([outcome, alone.outcome, records], ['not needed', 'restores', []]);
  const { rawPayload } = await get(`/v1/plans/${id}/graft`, BYTES);
  const tree = treeOf(await readTreeParts([{ name: 'pstree.img', bytes: rawPayload }]));
  assert.deepEqual([...tree.pid], [1, 2]);
});

test('the release decides what is needed', async () => {
  const { id } = await planOf({
    processes: [process(1, 0, 1), { pid: 2, ppid: 1, pgid: 1, sid: 1, state: 'zombie', exitStatus: 51200 }],
  });
  const outcome = async (criu: string) => (await get(`/v1/plans/${id}/graft?criu=${criu}`)).json().outcome;
  assert.equal(await outcome('4.2'), 'graft');
  assert.equal(await outcome('4.3'), 'not needed');
});

test('where there is no graft, JSON says why and bytes are refused', async () => {
  const { id } = await planOf({
    pidNamespaces: [
      { id: '0', parent: null, init: 1 },
      { id: '1', parent: '0', init: 2 },
    ],
    processes: [process(1, 0, 1), process(2, 1, 1, { pidns: '1', nspid: [2, 1] })],
  });
  const graft = (await get(`/v1/plans/${id}/graft`)).json();
  assert.equal(graft.outcome, 'impossible');
  assert.deepEqual(
    graft.diagnostics.map(({ code, detail }: { code: string; detail: { reason: string } }) => [
      code,
      detail.reason,
    ]),
    [['GRAFT_IMPOSSIBLE', 'not dumped']],
  );
  const refused = await get(`/v1/plans/${id}/graft`, BYTES);
  assert.deepEqual([refused.statusCode, refused.json().code], [409, 'GRAFT_IMPOSSIBLE']);
});

test('an unknown release, parameter or form is refused', async () => {
  const { id } = await planOf(ADOPTED);
  assert.equal((await get(`/v1/plans/${id}/graft?criu=3.17`)).statusCode, 400);
  assert.equal((await get(`/v1/plans/${id}/graft`, 'text/html')).statusCode, 406);
});
