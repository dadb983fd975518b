/** A batch of a node's pods: containers that share a pid namespace have one plan; one verdict a container and one a pod. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { post, postJson, startService } from './service-under-test.ts';

const { app } = await startService();

interface Answer {
  readonly id?: string;
  readonly code?: string;
  readonly treeId?: string;
  readonly outcome?: string;
  readonly detail?: string;
  readonly pod?: string;
  readonly container?: string | null;
  readonly verdict?: string;
  readonly plannedWith?: number[];
  readonly summary?: { processes: number };
  readonly helpers?: { pid: number }[];
  readonly steps?: unknown[];
  readonly errors?: { line: number; pointer?: string; message: string }[];
  readonly containers?: { line: number; container: string | null; verdict: string; why: string | null }[];
}

async function batch(...lines: (object | string)[]): Promise<Answer[]> {
  const answer = await post(
    app,
    '/v1/plans:batch?include=steps',
    'application/x-ndjson',
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  assert.equal(answer.statusCode, 200);
  return answer.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

/** Rows of pid, ppid, pgid, sid. */
function tree(...rows: [number, number, number, number][]): object {
  return { processes: rows.map(([pid, ppid, pgid, sid]) => ({ pid, ppid, pgid, sid })) };
}

const PAUSE = tree([1, 0, 1, 1]);
const APP = tree([7, 0, 7, 7], [9, 7, 7, 7]);
const SIDECAR = tree([20, 0, 20, 20], [21, 20, 21, 20]);
/** No history leads to it: a session that its leader's parent is in. */
const IMPOSSIBLE = tree([40, 0, 40, 40], [41, 40, 40, 44]);
const OWN = tree([1, 0, 1, 1], [2, 1, 2, 2]);

test('a pod has 250 containers at the most', async () => {
  const lines = Array.from({ length: 251 }, (_, i) => ({ pod: 'large', container: `c${i}`, tree: OWN }));
  const answers = await batch(...lines);
  assert.equal(answers.filter(({ verdict }) => verdict === 'restorable').length, 250);
  assert.match(answers.at(-2)!.detail!, /^A pod may have 250 containers/);
});

test('containers in the pid namespace of their pod have one plan, which is that of one tree', async () => {
  const answers = await batch(
    { pod: 'web-0', container: 'pause', tree: PAUSE },
    { pod: 'web-0', container: 'app', tree: APP },
    { pod: 'web-0', container: 'sidecar', tree: SIDECAR },
  );
  const [pause, application, sidecar, pod] = answers;
  assert.equal(answers.length, 4);
  assert.deepEqual(
    [pause, application, sidecar].map((one) => [one!.container, one!.verdict, one!.summary!.processes]),
    [
      ['pause', 'restorable', 5],
      ['app', 'restorable', 5],
      ['sidecar', 'restorable', 5],
    ],
  );
  assert.deepEqual(application!.plannedWith, [1, 2, 3]);
  assert.equal(new Set([pause!.id, application!.id, sidecar!.id]).size, 1);
  assert.ok(application!.steps!.length > 0);
  assert.equal(pod!.pod, 'web-0');
  assert.equal(pod!.verdict, 'restorable');
  assert.deepEqual(
    pod!.containers!.map(({ line, container, verdict, why }) => [line, container, verdict, why]),
    [
      [1, 'pause', 'restorable', null],
      [2, 'app', 'restorable', null],
      [3, 'sidecar', 'restorable', null],
    ],
  );
  // The common tree is stored, so that what the plan's links lead to is there.
  const stored = await app.inject(`/v1/trees/${application!.treeId}`);
  assert.deepEqual(
    stored.json<{ processes: { pid: number }[] }>().processes.map(({ pid }) => pid),
    [1, 7, 20, 9, 21],
  );
});

test('the order of the containers changes nothing', async () => {
  const [first] = await batch(
    { pod: 'a', tree: PAUSE },
    { pod: 'a', tree: APP },
    { pod: 'a', tree: SIDECAR },
  );
  const [again] = await batch(
    { pod: 'a', tree: SIDECAR },
    { pod: 'a', tree: PAUSE },
    { pod: 'a', tree: APP },
  );
  assert.equal(first!.id, again!.id);
});

test('an orphan of one container that fell to another: no helper takes the number of a process that is there', async () => {
  const adopted = tree([1, 0, 1, 1], [10, 1, 7, 7]);
  const alone = await batch({ tree: adopted });
  const together = await batch({ pod: 'a', tree: adopted }, { pod: 'a', tree: APP });
  assert.deepEqual(
    alone[0]!.helpers!.map(({ pid }) => pid),
    [7],
  );
  assert.deepEqual(
    together[0]!.helpers!.map(({ pid }) => pid),
    [300],
  );
});

test('containers with pid namespaces of their own are planned one by one', async () => {
  const answers = await batch(
    { pod: 'a', container: 'one', tree: OWN },
    { pod: 'a', container: 'two', tree: PAUSE },
    { tree: OWN },
    { pod: 'b', container: 'one', tree: OWN, pidNamespace: 'x' },
    { pod: 'b', container: 'two', tree: APP, pidNamespace: 'y' },
  );
  assert.deepEqual(
    answers.map(({ pod, plannedWith, containers }) => [pod, plannedWith, containers?.length]),
    [
      ['a', [1], undefined],
      ['a', [2], undefined],
      ['a', undefined, 2],
      [undefined, undefined, undefined],
      ['b', [4], undefined],
      ['b', [5], undefined],
      ['b', undefined, 2],
    ],
  );
  assert.equal(answers[0]!.id, answers[3]!.id);
});

test('one container without a history is told apart from the others, which are planned without it', async () => {
  const answers = await batch(
    { pod: 'a', container: 'app', tree: APP },
    { pod: 'a', container: 'odd', tree: IMPOSSIBLE },
    { pod: 'a', container: 'sidecar', tree: SIDECAR },
  );
  assert.deepEqual(
    answers.map(({ verdict, plannedWith }) => [verdict, plannedWith]),
    [
      ['restorable', [1, 3]],
      ['unrestorable', [1, 2, 3]],
      ['restorable', [1, 3]],
      ['unrestorable', undefined],
    ],
  );
  assert.match(`${answers[3]!.containers![1]!.why}`, /44/);
});

test('a line that cannot be planned counts for its pod, and spoils nothing else', async () => {
  const answers = await batch(
    { pod: 'a', container: 'app', tree: APP },
    { pod: 'a', container: 'bad', tree: { processes: [] } },
    '{"pod":"a",',
    { pod: 'a', container: 'gone', treeId: 'f'.repeat(64) },
    { pod: 'a', container: 'sidecar', tree: SIDECAR },
    { container: 'of nothing', tree: APP },
    { pod: 'b', tree: APP, color: 'red' },
    { pod: 'a', tree: APP },
  );
  assert.deepEqual(
    answers.map(({ pod, verdict, code, errors }) => [pod, verdict, code, errors?.[0]?.line]),
    [
      ['a', 'restorable', undefined, undefined],
      ['a', 'refused', 'IMAGE_INVALID', 2],
      ['a', 'refused', 'IMAGE_UNPARSABLE', 3],
      ['a', 'refused', 'TREE_NOT_FOUND', 4],
      ['a', 'restorable', undefined, undefined],
      ['a', 'refused', undefined, undefined],
      [undefined, undefined, 'BODY_INVALID', 6],
      ['b', 'refused', 'BODY_INVALID', 7],
      ['b', 'refused', undefined, undefined],
      ['a', 'refused', 'BODY_INVALID', 8],
      ['a', 'refused', undefined, undefined],
    ],
  );
});

test('numbers that two containers have: those who are said to share a namespace are refused, others do not share it', async () => {
  const shared = await batch(
    { pod: 'a', tree: APP, pidNamespace: 'x' },
    { pod: 'a', tree: tree([9, 0, 9, 9]), pidNamespace: 'x' },
  );
  assert.deepEqual(
    shared.map(({ verdict }) => verdict),
    ['refused', 'refused', 'refused'],
  );
  assert.match(shared[0]!.errors![0]!.message, /9 is the pid/);
  const apart = await batch({ pod: 'a', tree: APP }, { pod: 'a', tree: tree([9, 0, 9, 9]) });
  assert.deepEqual(
    apart.map(({ verdict }) => verdict),
    ['restorable', 'restorable', 'restorable'],
  );
});

test('options are those of any line of the containers that are planned together, and one set', async () => {
  const one = await batch(
    { pod: 'a', tree: APP, options: { helperPidMin: 500 } },
    { pod: 'a', tree: SIDECAR },
  );
  assert.equal((await app.inject(`/v1/plans/${one[1]!.id}`)).json().options.helperPidMin, 500);
  const two = await batch(
    { pod: 'a', tree: APP, options: { helperPidMin: 500 } },
    { pod: 'a', tree: SIDECAR, options: { helperPidMin: 600 } },
  );
  assert.deepEqual(
    two.map(({ code, verdict }) => code ?? verdict),
    ['BODY_INVALID', 'BODY_INVALID', 'refused'],
  );
});

test('stored trees are named by their ids', async () => {
  const { id: treeId } = (await postJson(app, '/v1/trees', APP)).json();
  const answers = await batch({ pod: 'a', treeId }, { pod: 'a', tree: SIDECAR });
  assert.equal(answers[0]!.summary!.processes, 4);
  assert.equal(answers[2]!.verdict, 'restorable');
});

test('other calls know nothing of pods', async () => {
  const answer = await postJson(app, '/v1/plans', { tree: APP, pod: 'a' });
  assert.equal(answer.statusCode, 422);
});
