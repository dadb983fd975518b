/** A checkpoint held against a node: every requirement met, in conflict or not checked; token and command. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { FIXTURES, imageParts, tarOf } from '../formats/dumps.ts';
import { postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const FOLDER = join(FIXTURES, 'criu-surroundings');
const IMAGES = imageParts(FOLDER).map(({ name, bytes }) => ({ name: `checkpoint/${name}`, bytes }));

interface Requirement {
  property: string;
  status: string;
  captured: { list: { path: string; size: number | null; mode: number; buildId: string | null }[] };
}
interface Answer {
  ok: boolean;
  verdict: string;
  token: string | null;
  planId: string;
  madeAnewFrom?: string;
  conflicts: { code: string; property: string; when: string; message: string; remedy: string }[];
  requirements: Requirement[];
  command: { restore: string | null; by: string | null; options: { option: string; because: string }[] };
}

const payload = await tarOf(IMAGES);
const headers = { 'content-type': 'application/x-tar' };
const plan = (await app.inject({ method: 'POST', url: '/v1/plans', headers, payload })).json();

async function held(target: object): Promise<Answer> {
  const answer = await postJson(app, plan.links.preflight, target);
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

const empty = await held({});
const wanted = (property: string): Requirement => empty.requirements.find((r) => r.property === property)!;
/** A machine that has everything. */
const NODE = {
  architecture: 'x86_64',
  cpuFeatures: ['avx', 'pku', 'avx512f'],
  kernelRelease: '6.12.0',
  pidMax: 32768,
  memoryBytes: 1e9,
  criu: '4.3',
  addresses: ['10.0.0.7'],
  listening: [],
  unixSockets: ['/tmp/target/t/outside.sock'],
  files: [
    ...wanted('files').captured.list.map(({ path, size, mode, buildId }) => ({
      path,
      mode,
      ...(size !== null && { size }),
      ...(buildId !== null && { buildId }),
    })),
    ...['directories', 'devices'].flatMap((property) =>
      (wanted(property).captured.list as unknown as string[]).map((path) => ({ path })),
    ),
  ],
};
const status = (answer: Answer, property: string): string | undefined =>
  answer.requirements.find((r) => r.property === property)?.status;

test('a body that says nothing has nothing checked, and no conflict', () => {
  assert.deepEqual([...new Set(empty.requirements.map((r) => r.status))], ['not checked']);
  assert.deepEqual([empty.ok, empty.verdict], [true, 'yes']);
});

test('two requests from a checkpoint to the command', async () => {
  const answer = await held(NODE);
  assert.deepEqual(answer.conflicts, []);
  assert.equal(answer.verdict, 'yes');
  assert.equal(status(answer, 'files'), 'met');
  assert.equal(status(answer, 'lsmProfiles'), undefined);
  assert.equal(answer.command.by, 'criu');
  assert.match(answer.command.restore!, /^criu restore -D DIR --tcp-established --file-locks$/);
  assert.match(answer.token!, /^rg1(\.[A-Za-z]+-[0-9a-f]{8})+$/);
});

const WRONG: readonly (readonly [object, code: string, when: string])[] = [
  [{ architecture: 'aarch64' }, 'ARCHITECTURE_DIFFERS', 'never'],
  [{ cpuFeatures: ['sse'] }, 'CPU_FEATURE_MISSING', 'never'],
  [{ kernelRelease: '4.19' }, 'KERNEL_TOO_OLD', 'never'],
  [{ memoryBytes: 4096 }, 'MEMORY_SHORT', 'not now'],
  [{ pidMax: 1 }, 'PID_MAX_EXCEEDED', 'not now'],
  [{ unixSockets: [] }, 'UNIX_SOCKET_MISSING', 'not now'],
  [{ listening: ['tcp 0.0.0.0:PORT'] }, 'ADDRESS_TAKEN', 'not now'],
  [{ files: NODE.files.slice(1) }, 'FILE_MISSING', 'not now'],
  [{ files: NODE.files.map((f) => ('size' in f ? { ...f, size: 1 } : f)) }, 'FILE_DIFFERS', 'not now'],
  [
    { files: NODE.files.map((f) => ('buildId' in f ? { ...f, buildId: '00' } : f)) },
    'FILE_DIFFERS',
    'not now',
  ],
  [{ openFilesMax: 10 }, 'OPEN_FILES_LIMIT', 'not now'],
  [{ capabilities: ['CAP_SYS_ADMIN'] }, 'CAPABILITY_MISSING', 'not now'],
  [{ filesystems: ['proc'] }, 'FILESYSTEM_MISSING', 'not now'],
];

for (const [change, code, when] of WRONG) {
  test(`${code}: ${JSON.stringify(change).slice(0, 60)}`, async () => {
    const [port] = wanted('ports').captured.list as unknown as { local: string }[];
    const text = JSON.stringify({ ...NODE, ...change }).replace('PORT', port!.local.split(':')[1]!);
    const answer = await held(JSON.parse(text));
    assert.deepEqual(
      answer.conflicts.map((conflict) => [conflict.code, conflict.when]),
      [[code, when]],
    );
    assert.ok(answer.conflicts[0]!.remedy.length > 10);
    assert.equal(status(answer, answer.conflicts[0]!.property), 'conflict');
    assert.deepEqual([answer.ok, answer.token, answer.verdict], [false, null, when]);
  });
}

test('an unknown field is refused', async () => {
  assert.equal((await postJson(app, plan.links.preflight, { pidMaximum: 5 })).statusCode, 422);
  assert.equal(
    (await postJson(app, plan.links.preflight, { files: [{ path: '/', sizes: 1 }] })).statusCode,
    422,
  );
});

test('where only numbers of helpers collide the plan is made anew', async () => {
  const tree = {
    root: 1,
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1 },
      { pid: 2, ppid: 1, pgid: 2, sid: 2 },
      { pid: 4, ppid: 1, pgid: 2, sid: 2 },
    ],
  };
  const first = (await postJson(app, '/v1/plans', { tree, options: { allowCloneParent: false } })).json();
  const [helper] = first.helpers;
  assert.ok(helper, 'it has a helper');
  const answer: Answer = (
    await postJson(app, `/v1/plans/${first.id}/preflight`, { occupiedPids: [250, helper.pid, 4_000_000] })
  ).json();
  assert.deepEqual(answer.conflicts, []);
  assert.equal(answer.madeAnewFrom, first.id);
  const again = (await app.inject(`/v1/plans/${answer.planId}`)).json();
  assert.deepEqual(again.options.occupiedPids, [250, helper.pid], 'what is far above is in nobody’s way');
  assert.ok(again.helpers.every(({ pid }: { pid: number }) => pid !== helper.pid));
});
