/** The replayer itself: good plans, wrong plans, wrong input. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Step } from '../../src/engine/plan/step.ts';
import { process as aProcess, HABR_IMAGE, HABR_STEPS, largePlan, PLANS } from './plans.ts';
import { all, REPLAYER, replay, trace, type Verdict, whyNotReplayable } from './replayer.ts';
import { clone, exit, killed, newInit, setns, setpgid, setsid, subreaper } from './steps.ts';

const skip = whyNotReplayable() ?? false;

const LONE_INIT = { root: 1, processes: [aProcess(1, 0, 0, 0)] };

async function verdictOf(image: unknown, ...steps: readonly Step[]): Promise<Verdict> {
  const [verdict] = await all(replay([{ id: 'x', image, plan: { steps } }]));
  return verdict!;
}

function assertFailed(verdict: Verdict, step: number, errno: string): void {
  assert.equal(verdict.verdict, 'failed', JSON.stringify(verdict));
  if (verdict.verdict === 'failed') assert.deepEqual([verdict.step, verdict.errno], [step, errno]);
}

test('plans written by hand rebuild their images', { skip }, async () => {
  const verdicts = await all(replay(PLANS));
  assert.deepEqual(
    verdicts,
    PLANS.map(({ id }) => ({ id, verdict: 'ok' })),
  );
});

test('a plan of 3,000 processes', { skip }, async () => {
  const [verdict] = await all(replay([largePlan(3000)]));
  assert.deepEqual(verdict, { id: '3000 processes', verdict: 'ok' });
});

test('a failing step is named with its errno', { skip }, async () => {
  const taken = [...HABR_STEPS];
  taken[6] = clone(10, 6);
  assertFailed(await verdictOf(HABR_IMAGE, ...taken), 6, 'EEXIST');
  assertFailed(await verdictOf(LONE_INIT, setsid(1), setsid(1)), 1, 'EPERM');
  assertFailed(await verdictOf(LONE_INIT, setpgid(9, 9, 9)), 0, 'ESRCH');
});

test('an exit that does not finish is a failed step', { skip }, async () => {
  const away = [newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3), setpgid(2, 2, 3)];
  assertFailed(await verdictOf(LONE_INIT, ...away, exit(2)), 4, 'EDEADLK');
  assertFailed(
    await verdictOf(LONE_INIT, newInit(1, 2, 1), setns(1, 2), clone(1, 3, 2), exit(2)),
    3,
    'EDEADLK',
  );
});

test('an exit that nothing could ever end is not carried out', { skip }, async () => {
  const steps = [newInit(1, 2, 1), clone(2, 3, 2), setpgid(3, 3, 3), setpgid(2, 2, 3), exit(1)];
  const [seen] = await all(trace([{ plan: { steps } }]));
  assert.deepEqual(seen!.steps, ['ok', 'ok', 'ok', 'ok', 'refused']);
});

test("a namespace's init does not die of its own signals", { skip }, async () => {
  assertFailed(await verdictOf(LONE_INIT, newInit(1, 2, 1), killed(2, 15)), 1, 'EINVAL');
});

test('a core dump shows in the wait status where core files stay in the run', { skip }, async () => {
  const place = readFileSync('/proc/sys/kernel/core_pattern', 'utf8');
  const exitStatus = /^[/|]/.test(place) ? 11 : 139;
  const image = {
    root: 1,
    processes: [aProcess(1, 0, 0, 0), aProcess(2, 1, 0, 0, { state: 'zombie', exitStatus })],
  };
  const dump: Step = { op: 'exit', pid: 2, signal: 11, coreDump: true };
  assert.deepEqual(await verdictOf(image, clone(1, 2), dump), { id: 'x', verdict: 'ok' });
});

test('every field that differs is named, every process too many or missing', { skip }, async () => {
  const image = {
    root: 1,
    processes: [
      aProcess(1, 0, 0, 0),
      aProcess(2, 3, 5, 6, { state: 'zombie', childSubreaper: true }),
      aProcess(3, 1, 0, 0, { childSubreaper: true, threads: [3], nspid: [3, 1] }),
      aProcess(4, 1, 4, 4),
    ],
  };
  const verdict = await verdictOf(image, clone(1, 2), clone(1, 3), clone(3, 7), exit(7, 1));
  assert.deepEqual(verdict, {
    id: 'x',
    verdict: 'differs',
    differences: [
      { pid: 2, field: 'ppid', expected: 3, actual: 1 },
      { pid: 2, field: 'pgid', expected: 5, actual: 0 },
      { pid: 2, field: 'sid', expected: 6, actual: 0 },
      { pid: 2, field: 'state', expected: 'zombie', actual: 'alive' },
      { pid: 3, field: 'nspid', expected: [3, 1], actual: [3] },
      { pid: 3, field: 'childSubreaper', expected: true, actual: false },
    ],
    missing: [4],
    extra: [7],
  });
});

test('a wait status and a namespace that differ are named', { skip }, async () => {
  const pidNamespaces = [
    { id: 'outer', parent: null, init: 1 },
    { id: 'a', parent: 'outer', init: 2 },
    { id: 'b', parent: 'outer', init: 3 },
  ];
  const processes = [
    aProcess(1, 0, 0, 0),
    aProcess(2, 1, 0, 0, { pidns: 'a', nspid: [2, 1] }),
    aProcess(3, 1, 0, 0, { pidns: 'b', nspid: [3, 1] }),
    aProcess(4, 1, 0, 0, { pidns: 'a', nspid: [4, 2], state: 'zombie', exitStatus: 256 }),
  ];
  const steps = [newInit(1, 2, 1), newInit(1, 3, 1), setns(1, 3), clone(1, 4, 2), exit(4, 2)];
  const verdict = await verdictOf({ root: 1, pidNamespaces, processes }, ...steps);
  assert.deepEqual(verdict.verdict === 'differs' && verdict.differences, [
    { pid: 4, field: 'pidns', expected: 'a', actual: 'b' },
    { pid: 4, field: 'exitStatus', expected: 256, actual: 512 },
  ]);
});

test('an unknown subreaper flag is not compared', { skip }, async () => {
  const image = { root: 1, processes: [{ pid: 1, ppid: 0, pgid: 0, sid: 0 }] };
  assert.equal((await verdictOf(image, subreaper(1, 1))).verdict, 'ok');
});

test('lines that are no plan are answered too, and the batch goes on', { skip }, () => {
  const lines = ['{"a":', '{"plan":{"steps":[]}}', '{"id":"b","image":{"processes":[]},"plan":{"steps":[]}}'];
  const good = { id: 'c', image: LONE_INIT, plan: { steps: [] } };
  const input = [...lines, '', JSON.stringify(good)].join('\n');
  const run = spawnSync(REPLAYER, { input, encoding: 'utf8' });
  const verdicts = run.stdout.trim().split('\n');
  assert.equal(run.status, 1);
  assert.deepEqual(
    verdicts.map((line) => JSON.parse(line).verdict),
    ['invalid', 'invalid', 'invalid', 'ok'],
  );
});

test('without the right to make a namespace it says so', { skip }, () => {
  const run = spawnSync('setpriv', ['--bounding-set=-sys_admin', '--inh-caps=-sys_admin', REPLAYER], {
    encoding: 'utf8',
  });
  assert.equal(run.status, 3);
  assert.match(run.stderr, /CAP_SYS_ADMIN/);
});

test('--help says what goes in and comes out', { skip }, () => {
  const run = spawnSync(REPLAYER, ['--help'], { encoding: 'utf8' });
  assert.equal(run.status, 0);
  assert.match(run.stdout, /Usage: regraft-replay/);
  assert.equal(spawnSync(REPLAYER, ['--nonsense'], { encoding: 'utf8' }).status, 2);
});
