import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { flatTree, postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const plan = (await postJson(app, '/v1/plans?include=steps', SAMPLE)).json();
const large = (await postJson(app, '/v1/plans?include=steps', flatTree(1500))).json();
const get = (url: string, accept = '*/*') => app.inject({ url, headers: { accept } });

test('steps as JSON come in pages', async () => {
  const seen: unknown[] = [];
  let cursor: string | null = '0';
  while (cursor !== null) {
    const page: { steps: unknown[]; from: number; count: number; next: string | null } = (
      await get(`/v1/plans/${large.id}/steps?limit=700&cursor=${cursor}`)
    ).json();
    assert.equal(page.from, seen.length);
    assert.equal(page.count, large.steps.length);
    seen.push(...page.steps);
    cursor = page.next;
  }
  assert.deepEqual(seen, large.steps);
});

test('steps as NDJSON end with their count and hash', async () => {
  const { body, headers } = await get(`/v1/plans/${large.id}/steps`, 'application/x-ndjson');
  assert.match(String(headers['content-type']), /^application\/x-ndjson/);
  const end = body.lastIndexOf('\n', body.length - 2) + 1;
  const hash = createHash('sha256').update(body.slice(0, end)).digest('hex');
  assert.deepEqual(JSON.parse(body.slice(end)), { count: large.steps.length, hash: `sha256:${hash}` });
  const steps = body
    .slice(0, end - 1)
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(steps, large.steps);
});

test('steps as text have a line each', async () => {
  const { body } = await get(`/v1/plans/${plan.id}/steps`, 'text/plain');
  const lines = body.trimEnd().split('\n');
  assert.equal(lines.length, plan.steps.length);
  assert.ok(lines.includes('4: clone3(6, CLONE_PARENT)'), body);
  assert.ok(lines.includes('2: prctl(PR_SET_CHILD_SUBREAPER, 1)'), body);
  assert.ok(lines.includes('7: exit(7)'), body);
});

test('births name the creator beside the parent', async () => {
  const { births } = (await get(`/v1/plans/${plan.id}/births`)).json();
  assert.deepEqual(births[0], {
    pid: 1,
    bornOf: 0,
    step: null,
    cloneParent: false,
    helper: false,
    parent: 0,
  });
  const adopted = births.find(({ pid }: { pid: number }) => pid === 6);
  assert.deepEqual([adopted.bornOf, adopted.parent, adopted.cloneParent], [4, 2, true]);
});

test('scripts have every step once, in each process in order', async () => {
  const { processes, criticalPath } = (await get(`/v1/plans/${plan.id}/scripts`)).json();
  const order: number[] = [];
  for (const { pid, do: own } of processes) {
    for (const { step, after } of own) {
      assert.equal(plan.steps[step].pid, pid);
      for (const earlier of after) {
        assert.ok(earlier < step);
        assert.notEqual(plan.steps[earlier].pid, pid);
      }
      order.push(step);
    }
  }
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    plan.steps.map((_: unknown, i: number) => i),
  );
  assert.ok(criticalPath <= plan.steps.length);
});

test('two plans of one tree are compared, plans of two trees are not', async () => {
  const other = (
    await postJson(app, '/v1/plans', { tree: SAMPLE, options: { allowCloneParent: false } })
  ).json();
  const comparison = (await get(`/v1/plans/${plan.id}/diff/${other.id}`)).json();
  assert.equal(comparison.treeId, plan.treeId);
  assert.equal(comparison.b.options.allowCloneParent, false);
  assert.ok(comparison.totals.births > 0);
  const same = (await get(`/v1/plans/${plan.id}/diff/${plan.id}`)).json();
  assert.deepEqual([same.partAt, same.totals.onlyInA, same.totals.births], [null, 0, 0]);
  const answer = await get(`/v1/plans/${plan.id}/diff/${large.id}`);
  assert.deepEqual([answer.statusCode, answer.json().code], [409, 'PLANS_OF_DIFFERENT_TREES']);
});

test('preflight names conflicts and their remedies', async () => {
  const url = `/v1/plans/${plan.id}/preflight`;
  const good = (await postJson(app, url, { pidMax: 32768, kernelRelease: '6.1.0', pidsLimit: 100 })).json();
  assert.deepEqual([good.planId, good.ok, good.conflicts], [plan.id, true, []]);
  const bad = (
    await postJson(app, url, {
      occupiedPids: [4, 9999],
      pidMax: 7,
      kernelRelease: '4.19.0-generic',
      capabilities: [],
      pidsLimit: 2,
    })
  ).json();
  assert.equal(bad.ok, false);
  assert.deepEqual(
    bad.conflicts.map(({ code }: { code: string }) => code),
    ['PID_CONFLICT', 'PID_MAX_EXCEEDED', 'KERNEL_TOO_OLD', 'CAPABILITY_MISSING', 'PIDS_LIMIT_EXCEEDED'],
  );
  assert.deepEqual(bad.conflicts[0].pids, [4]);
  for (const { remedy } of bad.conflicts) assert.ok(remedy.length > 10);
  const wrong = await postJson(app, url, { pidMax: 'many', colour: 'red' });
  assert.deepEqual([wrong.statusCode, wrong.json().code], [422, 'BODY_INVALID']);
});

test('the timeline is told in pages, with what each step changes and why', async () => {
  const told = [];
  let cursor: string | null = '0';
  while (cursor !== null) {
    const page: { events: { index: number }[]; count: number; next: string | null } = (
      await get(`/v1/plans/${plan.id}/timeline?limit=4&cursor=${cursor}`)
    ).json();
    assert.equal(page.count, plan.steps.length);
    told.push(...page.events);
    cursor = page.next;
  }
  assert.deepEqual(
    told.map(({ index }) => index),
    plan.steps.map((_: unknown, i: number) => i),
  );
  const [first] = (await get(`/v1/plans/${plan.id}/timeline?limit=1`)).json().events;
  assert.deepEqual(first.step, plan.steps[0]);
  assert.ok(first.effects.length > 0 && first.reasons[0].text.length > 0);
});

test('the events of a ready plan are one', async () => {
  const { body, headers } = await get(`/v1/plans/${plan.id}/events`, 'text/event-stream');
  assert.match(String(headers['content-type']), /^text\/event-stream/);
  assert.match(body, /^id: \d+\nevent: ready\ndata: \{"status":"ready"\}\n\n$/);
});

test('every view has an ETag and knows it again', async () => {
  for (const view of ['', '/steps', '/diff', '/births', '/scripts', '/timeline']) {
    const url = `/v1/plans/${plan.id}${view}`;
    const etag = String((await get(url)).headers.etag);
    assert.equal((await app.inject({ url, headers: { 'if-none-match': etag } })).statusCode, 304, view);
  }
});

const process = (pid: number, ppid: number, sid: number) => ({ pid, ppid, pgid: sid, sid });
const refusedTree = {
  root: 1,
  processes: [process(1, 0, 1), process(2, 1, 2), process(3, 2, 3), process(4, 3, 1), process(5, 3, 2)],
};

test('a refused tree is explained a line a step, as text and as JSON', async () => {
  const refused = (await postJson(app, '/v1/plans', refusedTree)).json();
  assert.equal(refused.outcome, 'unrestorable');
  const { headers, body } = await get(`/v1/plans/${refused.id}/explanation`, 'text/plain');
  assert.match(String(headers['content-type']), /^text\/plain/);
  const [conclusion, ...lines] = body.trimEnd().split('\n');
  assert.match(conclusion!, /^unrestorable: No order of births/);
  assert.equal(lines[0], '1. 2 is the parent of 3 in the tree, and a parent is always an ancestor by birth.');
  assert.match(lines.at(-1)!, /nobody is an ancestor of its own ancestor/);
  const json = (await get(`/v1/plans/${refused.id}/explanation`)).json();
  assert.deepEqual(
    lines,
    json.steps.map(
      ({ text, depth }: { text: string; depth: number }, i: number) =>
        `${i + 1}. ${'  '.repeat(depth)}${text}`,
    ),
  );
  assert.equal(json.code, 'UNRESTORABLE');
  assert.deepEqual(json.pids, [1, 2, 3, 4, 5]);
  const { statusCode } = await app.inject({
    url: `/v1/plans/${refused.id}/explanation`,
    headers: { accept: 'text/plain', 'if-none-match': String(headers.etag) },
  });
  assert.equal(statusCode, 304);
});

test('a tree refused for its pid namespaces is explained by who lives where', async () => {
  const image = {
    root: 1,
    pidNamespaces: [
      { id: '0', parent: null, init: 1 },
      { id: 'inner', parent: '0', init: 2 },
    ],
    processes: [
      process(1, 0, 1),
      { ...process(2, 1, 2), pidns: 'inner', nspid: [2, 1], nspgid: [2, 1], nssid: [2, 1] },
      { ...process(3, 1, 2), pidns: 'inner', nspid: [3, 2], nspgid: [2, 1], nssid: [2, 1] },
    ],
  };
  const refused = (await postJson(app, '/v1/plans', image)).json();
  const lines = (await get(`/v1/plans/${refused.id}/explanation`, 'text/plain')).body.trimEnd().split('\n');
  assert.deepEqual(lines.slice(1), [
    '1. 3 is in session 2: it descends from 2, the leader of session 2.',
    '2. 2 lives in pid namespace "inner", and 3 below it has 1 for a parent, outside: so it was made by CLONE_PARENT, and whatever parent one of the siblings has, the others have.',
    '3. But 2 is the init of pid namespace "inner", and an init cannot use CLONE_PARENT.',
  ]);
});

test('an explanation is a proof: facts, and steps that follow from them by rules', async () => {
  const refused = (await postJson(app, '/v1/plans', refusedTree)).json();
  assert.deepEqual(refused.verification, { by: 'proof checker', facts: 6, steps: 6 });
  const { facts, rules, steps } = (await get(refused.links.explanation)).json();
  assert.deepEqual(facts[0], {
    id: 'F1',
    claim: { says: 'parent', process: 3, parent: 2 },
    text: 'The parent of 3 is 2.',
  });
  assert.deepEqual(steps[0].claim, { says: 'above', upper: 2, lower: 3 });
  assert.deepEqual([steps[0].rule, steps[0].from], ['parent', ['F1']]);
  assert.deepEqual(steps.at(-1).claim, { says: 'contradiction' });
  const known = new Set(facts.map(({ id }: { id: string }) => id));
  for (const { id, from, rule } of steps) {
    for (const premise of from) assert.ok(known.has(premise), `${id} rests on ${premise}`);
    assert.ok(rules.some((explained: { rule: string }) => explained.rule === rule));
    known.add(id);
  }
});

test('a plan says that it was verified, given births what excludes them', async () => {
  assert.match((await get(`/v1/plans/${plan.id}/explanation`, 'text/plain')).body, /^restorable: /);
  const tree = { root: 1, processes: [process(1, 0, 1), process(2, 1, 2), process(3, 2, 2)] };
  const contradicted = (await postJson(app, '/v1/plans', { tree, options: { births: { '3': 1 } } })).json();
  const json = (await get(`/v1/plans/${contradicted.id}/explanation`)).json();
  assert.equal(json.code, 'CABA_CONTRADICTION');
  assert.deepEqual(
    json.facts.map(({ text }: { text: string }) => text),
    [
      'The closest alive born ancestor of 3 is given as the root 1.',
      'The parent of 3 is 2.',
      '2 is in the image.',
    ],
  );
});
