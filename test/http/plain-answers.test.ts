/** An answer does not contradict itself, and links to what there is. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { flatTree, postJson, startService } from './service-under-test.ts';

const { app } = await startService();

interface Plan {
  readonly id: string;
  readonly treeId: string;
  readonly outcome: string;
  readonly diagnostics: readonly { code: string; severity: string }[];
  readonly helpers: readonly { serves: readonly number[] }[];
  readonly links: Readonly<Record<string, string>>;
}

const plan = async (body: unknown): Promise<Plan> => (await postJson(app, '/v1/plans', body)).json();
const UNRESTORABLE = {
  processes: [
    { pid: 1, ppid: 0, pgid: 1, sid: 1 },
    { pid: 2, ppid: 1, pgid: 1, sid: 2 },
  ],
};

test('where there is no plan, nothing is said of what a plan took for unknown', async () => {
  const { outcome, diagnostics } = await plan(UNRESTORABLE);
  assert.deepEqual([outcome, diagnostics.map(({ code }) => code)], ['unrestorable', ['UNRESTORABLE']]);
});

test('no error stands beside a plan', async () => {
  const { outcome, diagnostics } = await plan({ tree: SAMPLE, options: { occupiedPids: [1, 2] } });
  assert.equal(outcome, 'restorable');
  assert.deepEqual(
    diagnostics.filter(({ code }) => code === 'PID_CONFLICT').map(({ severity }) => severity),
    ['warning'],
  );
  assert.ok(diagnostics.every(({ severity }) => severity !== 'error'));
});

test('a helper serves each process once', async () => {
  const file = new URL('../../../test/fixtures/cases/sshd-bash.json', import.meta.url);
  const { outcome, helpers } = await plan(JSON.parse(readFileSync(file, 'utf8')));
  assert.equal(outcome, 'restorable');
  assert.ok(helpers.length > 0);
  for (const { serves } of helpers) assert.deepEqual(serves, [...new Set(serves)]);
});

test('links lead to what is there', async () => {
  for (const body of [SAMPLE, UNRESTORABLE]) {
    const { links, outcome } = await plan(body);
    assert.ok('explanation' in links);
    assert.equal('steps' in links, outcome === 'restorable');
    for (const [name, url] of Object.entries(links)) {
      if (name === 'preflight') continue;
      const { statusCode, body: text } = await app.inject(url);
      assert.equal(statusCode, 200, `${name}: ${text}`);
    }
  }
  const pending = (await postJson(app, '/v1/plans', flatTree(7), { prefer: 'respond-async' })).json();
  assert.deepEqual(Object.keys(pending.links), [
    'self',
    'tree',
    'events',
    'restorers',
    'requirements',
    'criuCommand',
  ]);
});

test('the plans of a tree are listed in pages', async () => {
  const made: string[] = [];
  for (const helperPidMin of [500, 600, 700]) {
    made.push((await plan({ tree: SAMPLE, options: { helperPidMin } })).id);
  }
  const { treeId } = await plan(SAMPLE);
  const tree = (await postJson(app, '/v1/trees', SAMPLE)).json();
  assert.equal(tree.links.plans, `/v1/trees/${treeId}/plans`);
  const listed: string[] = [];
  for (let url: string | null = `${tree.links.plans}?limit=2`; url; ) {
    const page: { plans: Plan[]; next: string | null } = (await app.inject(url)).json();
    assert.ok(page.plans.length <= 2);
    for (const { id, outcome, links } of page.plans) {
      assert.deepEqual([outcome, links.self], ['restorable', `/v1/plans/${id}`]);
      listed.push(id);
    }
    url = page.next && `${tree.links.plans}?limit=2&cursor=${page.next}`;
  }
  assert.equal(new Set(listed).size, listed.length);
  for (const id of made) assert.ok(listed.includes(id));
  const absent = await app.inject(`/v1/trees/${'0'.repeat(64)}/plans`);
  assert.deepEqual([absent.statusCode, absent.json().code], [404, 'TREE_NOT_FOUND']);
});
