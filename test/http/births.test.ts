/** Births over HTTP: analysed, assumed, and recorded ones put into a stored tree. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BirthEvent } from '../../src/engine/record/birth-event.ts';
import { dumpParts, FIXTURES, tarOf } from '../formats/dumps.ts';
import { post, postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const get = async (url: string) => (await app.inject(url)).json();

async function treeOfDump(name: string): Promise<string> {
  const answer = await post(app, '/v1/trees', 'application/x-tar', await tarOf(dumpParts(name)));
  return answer.json().id;
}

const planOf = async (treeId: string, options: object = {}) =>
  (await postJson(app, '/v1/plans', { treeId, options })).json();
const codesOf = ({ diagnostics }: { diagnostics: { code: string }[] }) => diagnostics.map(({ code }) => code);

const postEvents = (treeId: string, payload: string | Buffer, type = 'application/x-ndjson') =>
  post(app, `/v1/trees/${treeId}/births`, type, payload);
const ndjson = (events: readonly unknown[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');

/** The forks and exits of a dump's build script. Its ids are mapped to pids in the order of the forks. */
function eventsOfScript(dump: string): BirthEvent[] {
  const script = readFileSync(join(FIXTURES, 'criu-images', dump, 'tree.txt'), 'utf8');
  const pids = new Map([[1, 1]]);
  const events: BirthEvent[] = [];
  for (const [, id, call, other] of script.matchAll(/^#\s+(\d+) (fork|exit) (\d+)/gm)) {
    const pid = pids.get(Number(id))!;
    const time = 1000 * (events.length + 1);
    if (call === 'exit') events.push({ event: 'exit', pid, time });
    else {
      pids.set(Number(other), pids.size + 1);
      events.push({ event: 'fork', parent: pid, child: pids.size, time });
    }
  }
  return events;
}

const cabaOf = ({ tree }: { tree: { processes: { pid: number; caba?: number }[] } }) =>
  Object.fromEntries(tree.processes.map(({ pid, caba }) => [pid, caba]));

test('the tree of the CABA selftest has two histories, and one answer settles it', async () => {
  const treeId = await treeOfDump('caba_tricky');
  const plan = await planOf(treeId);
  assert.ok(codesOf(plan).includes('ORIGIN_AMBIGUOUS'));
  const { births, analysis } = await get(`/v1/plans/${plan.id}/births?analysis=true`);
  assert.ok(births.length >= 5);
  assert.equal(analysis.status, 'analysed');
  assert.deepEqual(analysis.histories, { exact: 2 });
  assert.deepEqual(analysis.simplest, { 2: 1, 4: 2, 5: 4, 7: 4 });
  for (const { grade, candidateCount } of analysis.processes) {
    assert.deepEqual([grade, candidateCount], ['open', 2]);
  }
  assert.deepEqual(
    [analysis.ask.pid, analysis.ask.settles, analysis.ask.of, analysis.ask.expectedLeft],
    [2, 4, 4, 1],
  );
  for (const [pid, caba] of [
    [2, 4],
    [7, 4],
  ] as const) {
    const answered = await planOf(treeId, { births: { [pid]: caba } });
    assert.equal(answered.outcome, 'restorable');
    assert.ok(!codesOf(answered).includes('ORIGIN_AMBIGUOUS'));
    const settled = (await get(`/v1/plans/${answered.id}/births?analysis=true`)).analysis;
    assert.deepEqual(settled.histories, { exact: 1 });
    assert.equal(settled.simplest[pid], caba);
    assert.equal(settled.ask, null);
    for (const { pid: of, grade } of settled.processes) assert.equal(grade, of === pid ? 'given' : 'forced');
  }
});

test('the other history is another plan, and their diff says who is born of whom in each', async () => {
  const treeId = await treeOfDump('caba_tricky');
  const [preferred, other] = [await planOf(treeId), await planOf(treeId, { history: 1 })];
  assert.equal(other.outcome, 'restorable');
  assert.equal(other.verification.differences, 0);
  const { simplest } = (await get(`/v1/plans/${other.id}/births?analysis=true`)).analysis;
  assert.deepEqual(simplest, { 2: 1, 4: 2, 5: 4, 7: 4 });
  const taken = other.diagnostics.find(({ code }: { code: string }) => code === 'ORIGIN_AMBIGUOUS').detail
    .taken;
  assert.deepEqual(taken, { 2: 4, 4: 1, 5: 2, 7: 2 });
  const comparison = await get(`/v1/plans/${preferred.id}/diff/${other.id}`);
  assert.notEqual(comparison.partAt, null);
  const different = comparison.births.map(({ pid }: { pid: number }) => pid);
  for (const pid of [2, 4, 5, 7]) assert.ok(different.includes(pid), `${pid} of ${different}`);
  const second = await planOf(treeId, { births: { 7: 2 } });
  const same = await get(`/v1/plans/${other.id}/diff/${second.id}`);
  assert.deepEqual([same.partAt, same.totals.births], [null, 0]);
});

test('a history above the last one is undecided and says why', async () => {
  const plan = await planOf(await treeOfDump('caba_tricky'), { history: 2 });
  assert.deepEqual([plan.status, plan.outcome, plan.verification], ['ready', 'undecided', null]);
  const { detail } = plan.diagnostics.find(({ code }: { code: string }) => code === 'UNDECIDED');
  assert.deepEqual(detail, { reason: 'no such history' });
  assert.deepEqual((await get(`/v1/plans/${plan.id}/births`)).births, []);
});

test('births to assume of processes that are not in the image are refused, stored trees and brought ones alike', async () => {
  const treeId = await treeOfDump('caba_tricky');
  const { tree } = (await postEvents(treeId, '[]', 'application/json')).json();
  for (const source of [{ treeId }, { tree }]) {
    const answer = await postJson(app, '/v1/plans', {
      ...source,
      options: { births: { 99: 2, 7: 98, 5: 5, 4: 2 } },
    });
    const { code, errors } = answer.json();
    assert.deepEqual([answer.statusCode, code], [422, 'BODY_INVALID']);
    assert.deepEqual(
      errors.map(({ pointer }: { pointer: string }) => pointer),
      ['/options/births/5', '/options/births/7', '/options/births/99'],
    );
  }
});

test('the events of the container shim settle all of its births', async () => {
  const treeId = await treeOfDump('docker_shim');
  assert.ok(codesOf(await planOf(treeId)).includes('ORIGIN_AMBIGUOUS'));
  const events = eventsOfScript('docker_shim');
  const answer = await postEvents(treeId, ndjson(events));
  const body = answer.json();
  assert.equal(answer.statusCode, 201);
  assert.equal(answer.headers.location, `/v1/trees/${body.id}`);
  assert.notEqual(body.id, treeId);
  assert.deepEqual(body.births, {
    events: events.length,
    known: 4,
    bounded: 0,
    unknown: 0,
    exited: 0,
    sets: [],
  });
  assert.deepEqual(cabaOf(body), { 1: 0, 2: 1, 4: 2, 7: 2, 8: 4 });
  assert.deepEqual(await get(`/v1/trees/${body.id}`), body.tree);

  const again = await postEvents(treeId, JSON.stringify(events), 'application/json');
  assert.deepEqual([again.statusCode, again.json().id], [200, body.id]);
  const generic = await postEvents(treeId, ndjson(events), 'application/octet-stream');
  assert.equal(generic.json().id, body.id);

  const plan = await planOf(body.id);
  const ofBirths = codesOf(plan).filter((code) => code !== 'SHARING_UNKNOWN');
  assert.deepEqual([plan.outcome, ofBirths], ['restorable', []]);
  const { analysis } = await get(`/v1/plans/${plan.id}/births?analysis=true`);
  assert.deepEqual(analysis.histories, { exact: 1 });
  const unheeded = await planOf(body.id, { respectCaba: false });
  assert.deepEqual((await get(`/v1/plans/${unheeded.id}/births?analysis=true`)).analysis.histories, {
    exact: 5,
  });
});

test('a recorder that came late bounds what it did not see', async () => {
  const events = eventsOfScript('docker_shim');
  const late = [{ event: 'attach', time: 3500 }, ...events.slice(4)];
  const body = (await postEvents(await treeOfDump('docker_shim'), ndjson(late))).json();
  assert.deepEqual([body.births.known, body.births.bounded, body.births.unknown], [2, 2, 0]);
  assert.deepEqual(cabaOf(body), { 1: 0, 2: 1, 4: undefined, 7: 2, 8: undefined });
  const sets: { pid: number; among: number[]; count: number }[] = body.births.sets;
  for (const [pid, caba] of [
    [4, 2],
    [8, 4],
  ] as const) {
    assert.ok(sets.find((set) => set.pid === pid)!.among.includes(caba));
  }
});

test('what the image says stays; a record that disagrees or goes on after it is a finding', async () => {
  const treeId = await treeOfDump('docker_shim');
  const events = eventsOfScript('docker_shim');
  const known = (await postEvents(treeId, ndjson(events))).json();
  const other = events.map((event) =>
    event.event === 'fork' && event.child === 8 ? { ...event, parent: 1 } : event,
  );
  const disagreeing = (
    await postEvents(known.id, ndjson([...other, { event: 'exit', pid: 7, time: 1e9 }]))
  ).json();
  assert.equal(disagreeing.id, known.id);
  assert.equal(disagreeing.births.exited, 1);
  assert.deepEqual(
    disagreeing.findings.map(({ code, pids }: { code: string; pids: number[] }) => [code, pids]),
    [
      ['IMAGE_INCONSISTENT', [7]],
      ['IMAGE_INCONSISTENT', [8]],
    ],
  );
});

test('bad events are refused with their lines and pointers', async () => {
  const treeId = await treeOfDump('docker_shim');
  const bad = [
    { event: 'attach', time: 5 },
    { event: 'fork', parent: -1, time: 6 },
    { event: 'clone', time: 7 },
    { event: 'exit', pid: 'x', time: 8 },
    { event: 'lost', time: 3 },
    17,
  ];
  const lines = await postEvents(treeId, `\n${ndjson(bad)}`);
  assert.deepEqual([lines.statusCode, lines.json().code], [422, 'BODY_INVALID']);
  const places = lines
    .json()
    .errors.map(({ line, pointer }: { line: number; pointer: string }) => [line, pointer]);
  assert.deepEqual(places, [
    [3, '/child'],
    [3, '/parent'],
    [4, '/event'],
    [5, '/pid'],
    [6, '/time'],
    [7, ''],
  ]);
  const array = await postEvents(treeId, JSON.stringify(bad), 'application/json');
  assert.equal(array.statusCode, 422);
  assert.deepEqual(
    array.json().errors.map(({ pointer }: { pointer: string }) => pointer),
    ['/1/child', '/1/parent', '/2/event', '/3/pid', '/4/time', '/5'],
  );

  const text = await postEvents(treeId, '{"event":"attach","time":1}\n{"event":\n');
  assert.deepEqual(
    [text.statusCode, text.json().code, text.json().errors[0].line],
    [400, 'BODY_UNPARSABLE', 2],
  );
  const answers: [string, string, number, string][] = [
    ['', 'application/x-ndjson', 400, 'BODY_EMPTY'],
    ['{}', 'application/json', 422, 'BODY_INVALID'],
    ['a=b', 'application/x-www-form-urlencoded', 415, 'FORM_UNKNOWN'],
  ];
  for (const [payload, type, status, code] of answers) {
    const answer = await postEvents(treeId, payload, type);
    assert.deepEqual([answer.statusCode, answer.json().code], [status, code], payload);
    if (payload === '') assert.match(answer.json().detail, /^A record of births and deaths is expected/);
  }
  const nowhere = await postEvents('0'.repeat(64), ndjson([{ event: 'attach', time: 1 }]));
  assert.deepEqual([nowhere.statusCode, nowhere.json().code], [404, 'TREE_NOT_FOUND']);
});

test('large trees and long records are worked on in a worker', async () => {
  const processes = [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }];
  const events: BirthEvent[] = [];
  for (let pid = 2; pid <= 3001; pid++) {
    const ppid = pid <= 20 ? pid - 1 : 1 + (pid % 20);
    processes.push({ pid, ppid, pgid: 1, sid: 1 });
    events.push({ event: 'fork', parent: ppid, child: pid, time: pid });
  }
  const { id } = (await postJson(app, '/v1/trees', { root: 1, processes })).json();
  const whole = (await postEvents(id, ndjson(events))).json();
  assert.deepEqual([whole.births.known, whole.births.unknown], [3000, 0]);
  assert.deepEqual(cabaOf(whole), Object.fromEntries(processes.map(({ pid, ppid }) => [pid, ppid])));
  const bad = await postEvents(id, ndjson([...events, { event: 'exit', pid: 0, time: 9999 }]));
  assert.deepEqual([bad.statusCode, bad.json().errors[0].line], [422, 3001]);

  const plan = await planOf(id);
  const { births, analysis } = await get(`/v1/plans/${plan.id}/births?analysis=true`);
  assert.equal(births.length, 3001);
  assert.equal(analysis.status, 'undecided');
  assert.ok(analysis.reason.length > 0);
});

test('several pid namespaces are analysed like one', async () => {
  const image = {
    root: 1,
    pidNamespaces: [
      { id: '0', parent: null, init: 1 },
      { id: 'a', parent: '0', init: 2 },
    ],
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1 },
      { pid: 2, ppid: 1, pgid: 2, sid: 2, pidns: 'a', nspid: [2, 1], nspgid: [2, 1], nssid: [2, 1] },
      { pid: 3, ppid: 2, pgid: 3, sid: 3, pidns: 'a', nspid: [3, 2], nspgid: [3, 2], nssid: [3, 2] },
    ],
  };
  const plan = (await postJson(app, '/v1/plans', image)).json();
  assert.equal(plan.outcome, 'restorable');
  const { births, analysis } = await get(`/v1/plans/${plan.id}/births?analysis=true`);
  assert.equal(births.length, 3);
  assert.equal(analysis.status, 'analysed');
  assert.deepEqual(
    analysis.processes.map(({ pid, candidates }: { pid: number; candidates: number[] }) => [pid, candidates]),
    [
      [2, [1]],
      [3, [1, 2]],
    ],
  );
  const events = [
    { event: 'fork', parent: 1, child: 2, time: 1 },
    { event: 'fork', parent: 2, child: 3, time: 2 },
  ];
  const added = (await postEvents(plan.treeId, ndjson(events))).json();
  assert.deepEqual(cabaOf(added), { 1: 0, 2: 1, 3: 2 });
  assert.equal((await planOf(added.id)).outcome, 'restorable');
});

test('births with and without their analysis have ETags of their own', async () => {
  const plan = await planOf(await treeOfDump('caba_tricky'));
  const url = `/v1/plans/${plan.id}/births`;
  const [plain, analysed] = [await app.inject(url), await app.inject(`${url}?analysis=true`)];
  assert.notEqual(plain.headers.etag, analysed.headers.etag);
  const etag = String(analysed.headers.etag);
  assert.equal(
    (await app.inject({ url: `${url}?analysis=true`, headers: { 'if-none-match': etag } })).statusCode,
    304,
  );
  assert.equal((await app.inject(`${url}?analysis=maybe`)).statusCode, 400);
});
