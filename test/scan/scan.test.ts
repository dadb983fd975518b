/** What a scan makes of a /proc directory. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ProcDirectory } from '../../src/proc/proc-directory.ts';
import { type Probe, parseProbe } from '../../src/scan/probe.ts';
import { ScanError, type Target } from '../../src/scan/reading.ts';
import { type Scan, type ScanOptions, scan } from '../../src/scan/scan.ts';
import { type FakeProcess, fakeProc, writeProcess } from './fake-proc.ts';

const OPTIONS = { withScanner: false, probe: null, retries: 0, pauseMs: 0 };

function scanOf(
  t: TestContext,
  processes: readonly FakeProcess[],
  target: Target,
  { self = 0, ...options }: Partial<ScanOptions> & { self?: number } = {},
): Promise<Scan> {
  return scan(new ProcDirectory(fakeProc(t, processes, self)), { ...OPTIONS, ...options, target });
}

const tree = (pid: number): Target => ({ kind: 'tree', pid });
const namespace = (pid: number): Target => ({ kind: 'namespace', pid });

const SHELL: readonly FakeProcess[] = [
  { pid: 1, ppid: 0 },
  { pid: 20, ppid: 1, comm: 'bash', startTime: 7 },
  { pid: 21, ppid: 20, nssid: [20], comm: 'vi (now)' },
  { pid: 30, ppid: 1 },
];

test('a tree below a process, and nothing beside it', async (t) => {
  const { image, agreed, readings } = await scanOf(t, SHELL, tree(20));
  assert.deepEqual([agreed, readings], [true, 2]);
  assert.deepEqual(image, {
    root: 20,
    pidNamespaces: [{ id: '0', parent: null, init: null }],
    processes: [
      {
        ...{ pid: 20, ppid: 0, pgid: 20, sid: 20, state: 'alive', pidns: '0', nspid: [20], nspgid: [20] },
        ...{ nssid: [20], threads: [20], ttyNr: 0, startTime: 7, comm: 'bash' },
      },
      {
        ...{ pid: 21, ppid: 20, pgid: 21, sid: 20, state: 'alive', pidns: '0', nspid: [21], nspgid: [21] },
        ...{ nssid: [20], threads: [21], ttyNr: 0, startTime: 100, comm: 'vi (now)' },
      },
    ],
  });
});

test('a whole namespace: its init is the root, kernel threads stay out', async (t) => {
  const kernelThread = { pid: 2, ppid: 0, nspgid: [0], nssid: [0], flags: 0x208040, comm: 'kthreadd' };
  const { image, notes } = await scanOf(t, [...SHELL, kernelThread], namespace(21));
  assert.deepEqual(
    image.processes.map(({ pid }) => pid),
    [1, 20, 21, 30],
  );
  assert.deepEqual([image.root, image.pidNamespaces], [1, [{ id: '0', parent: null, init: 1 }]]);
  assert.ok(notes.includes('left out, kernel threads: 1'));
});

/** A container in a container: 50 is the outer init, 60 the inner one, 62 was put into the inner one by 51. */
const CONTAINERS: readonly FakeProcess[] = [
  { pid: 1, ppid: 0 },
  { pid: 50, ppid: 1, nspid: [50, 1], nspgid: [1, 0], nssid: [1, 0], namespace: 'pid:[2]' },
  { pid: 51, ppid: 50, nspid: [51, 2], namespace: 'pid:[2]' },
  { pid: 60, ppid: 51, nspid: [60, 3, 1], nspgid: [51, 2, 0], nssid: [51, 2, 0], namespace: 'pid:[3]' },
  { pid: 61, ppid: 60, nspid: [61, 4, 2], namespace: 'pid:[3]', threads: [[63, 6, 3]] },
  { pid: 62, ppid: 51, nspid: [62, 5, 9], namespace: 'pid:[3]' },
  { pid: 70, ppid: 1, nspid: [70, 1], namespace: 'pid:[4]' },
];

test('numbers further out than the root are cut off, those inside are kept', async (t) => {
  const { image } = await scanOf(t, CONTAINERS, namespace(51));
  assert.deepEqual(image.pidNamespaces, [
    { id: '0', parent: null, init: 1 },
    { id: '1', parent: '0', init: 3 },
  ]);
  assert.deepEqual(
    image.processes.map(({ pid, ppid, pgid, sid, pidns, nspid, threads }) => [
      ...[pid, ppid, pgid, sid, pidns],
      ...[nspid, threads],
    ]),
    [
      [1, 0, 0, 0, '0', [1], [1]],
      [2, 1, 2, 2, '0', [2], [2]],
      [3, 2, 2, 2, '1', [3, 1], [3]],
      [4, 3, 4, 4, '1', [4, 2], [4, 6]],
      [5, 2, 5, 5, '1', [5, 9], [5]],
    ],
  );
});

test('a process put into the namespace from outside has parent 0', async (t) => {
  const intruder = { pid: 80, ppid: 1, nspid: [80, 7], nspgid: [80, 7], nssid: [1, 0], namespace: 'pid:[2]' };
  const { image } = await scanOf(t, [...CONTAINERS, intruder], namespace(50));
  const { ppid, sid } = image.processes.find(({ pid }) => pid === 7)!;
  assert.deepEqual([ppid, sid], [0, 0]);
});

test('links that are not visible follow from parents', async (t) => {
  const hidden = CONTAINERS.map((process) => ({ ...process, namespace: null }));
  const readable = (await scanOf(t, CONTAINERS, namespace(1))).image;
  // 62 and 61 have no readable link: 61 lives with its parent, 62 with nobody in sight.
  await assert.rejects(scanOf(t, hidden, namespace(1)), /process 62 .*not visible/);
  const without62 = (list: readonly FakeProcess[]) => list.filter(({ pid }) => pid !== 62);
  const seen = (await scanOf(t, without62(hidden), namespace(1))).image;
  assert.deepEqual(
    seen.processes,
    readable.processes.filter(({ pid }) => pid !== 62),
  );
  assert.deepEqual(seen.pidNamespaces, readable.pidNamespaces);
});

test('the probe tells which namespace an init hangs from, and the order of births', async (t) => {
  // Two namespaces on one level; the init of the third, below one of them, has its parent above both.
  const processes: readonly FakeProcess[] = [
    { pid: 1, ppid: 0 },
    { pid: 50, ppid: 1, nspid: [50, 1], namespace: 'pid:[2]' },
    { pid: 55, ppid: 1, nspid: [55, 1], namespace: 'pid:[3]' },
    { pid: 60, ppid: 1, nspid: [60, 9, 1], namespace: 'pid:[4]' },
  ];
  await assert.rejects(scanOf(t, processes, namespace(1)), ScanError);
  const probe: Probe = () => parseProbe('1 900 1\n50 1004 2 1\n55 1001 3 1\n60 1002 4 3 1\n');
  const { image } = await scanOf(t, processes, namespace(1), { probe });
  assert.deepEqual(image.pidNamespaces!.at(-1), { id: '3', parent: '2', init: 60 });
  assert.deepEqual(
    image.processes.map(({ birthOrder }) => birthOrder),
    [1, 4, 2, 3],
  );
  const inner = await scanOf(t, processes, namespace(55), { probe });
  assert.deepEqual(
    inner.image.processes.map(({ pid }) => pid),
    [1, 9],
  );
});

test('zombies with their exit status where it is visible', async (t) => {
  const processes: readonly FakeProcess[] = [
    { pid: 20, ppid: 0 },
    { pid: 21, ppid: 20, state: 'Z', exitCode: 1792 },
    { pid: 22, ppid: 20, state: 'Z', namespace: null },
    { pid: 23, ppid: 20, state: 'Z', threads: [[24]] },
  ];
  const { image, notes } = await scanOf(t, processes, tree(20));
  assert.deepEqual(
    image.processes.map(({ state, exitStatus }) => [state, exitStatus]),
    [
      ['alive', undefined],
      ['zombie', 1792],
      ['zombie', undefined],
      ['alive', undefined],
    ],
  );
  assert.ok(notes.includes('exit status not visible to this user, zombies: 22'));
  assert.ok(notes.includes('first thread has ended, others live: 23'));
});

/** bash 20 > npx 40 > sh 41 > node 42, which scans. */
const NPX: readonly FakeProcess[] = [
  ...SHELL,
  { pid: 40, ppid: 20, nssid: [20], nspgid: [40] },
  { pid: 41, ppid: 40, nssid: [20], nspgid: [40] },
  { pid: 42, ppid: 41, nssid: [20], nspgid: [40] },
];

test('the scan itself is no part of the image, unless it is wanted', async (t) => {
  const pidsOf = ({ image }: Scan): number[] => image.processes.map(({ pid }) => pid);
  assert.deepEqual(pidsOf(await scanOf(t, NPX, tree(20), { self: 42 })), [20, 21]);
  assert.deepEqual(
    pidsOf(await scanOf(t, NPX, tree(20), { self: 42, withScanner: true })),
    [20, 21, 40, 41, 42],
  );
  assert.deepEqual(pidsOf(await scanOf(t, NPX, namespace(1), { self: 42 })), [1, 20, 21, 30]);
  const script = NPX.map((process) => (process.pid >= 40 ? { ...process, nspgid: [20] } : process));
  assert.deepEqual(pidsOf(await scanOf(t, script, namespace(1), { self: 42 })), [1, 20, 21, 30]);
  await assert.rejects(scanOf(t, NPX, tree(42), { self: 42 }), /belongs to the scan itself/);
});

test('a nested namespace without its init is no image', async (t) => {
  const below = [...CONTAINERS, { pid: 64, ppid: 70, nspid: [64, 8, 10], namespace: 'pid:[3]' }];
  await assert.rejects(scanOf(t, below, tree(70)), /process 64 .*init is not in the tree/);
});

test('no such process', async (t) => {
  await assert.rejects(scanOf(t, SHELL, tree(99)), /no process 99/);
});

/** Changes the directory before a reading begins. */
class ChangingProc extends ProcDirectory {
  readonly #changes: (() => void)[];

  constructor(path: string, changes: (() => void)[]) {
    super(path);
    this.#changes = changes;
  }

  override pids(): number[] {
    this.#changes.shift()?.();
    return super.pids();
  }
}

test('readings go on until two in a row agree', async (t) => {
  const root = fakeProc(t, SHELL);
  const born = (pid: number) => () => writeProcess(root, { pid, ppid: 20 });
  const dead = () => rmSync(join(root, '21'), { recursive: true });
  const proc = new ChangingProc(root, [() => undefined, born(25), dead, () => undefined]);
  const { image, agreed, readings } = await scan(proc, { ...OPTIONS, retries: 5, target: tree(20) });
  assert.deepEqual([agreed, readings], [true, 4]);
  assert.deepEqual(
    image.processes.map(({ pid }) => pid),
    [20, 25],
  );
});

test('a tree that never stands still is read all the same, and said to be so', async (t) => {
  const root = fakeProc(t, SHELL);
  const changes = [25, 26, 27, 28].map((pid) => () => writeProcess(root, { pid, ppid: 20 }));
  const { agreed, readings, image } = await scan(new ChangingProc(root, changes), {
    ...{ ...OPTIONS, retries: 2, target: tree(20) },
  });
  assert.deepEqual([agreed, readings, image.processes.length], [false, 4, 6]);
});

/** A process ends after it has been listed, before it is read. */
class VanishingProc extends ProcDirectory {
  override pids(): number[] {
    return [...super.pids(), 4711];
  }
}

test('processes that end while they are read are counted', async (t) => {
  const { agreed, notes } = await scan(new VanishingProc(fakeProc(t, SHELL)), {
    ...OPTIONS,
    target: tree(20),
  });
  assert.ok(agreed);
  assert.ok(notes.includes('2 processes of this system ended while they were being read'));
});

test('a kernel with the CABA patch tells who created whom', async (t) => {
  const { image } = await scanOf(
    t,
    [
      { pid: 1, ppid: 0, nscaba: [] },
      { pid: 2, ppid: 1, nscaba: [1], threads: [[7]] },
      { pid: 3, ppid: 1, nscaba: [7] },
      { pid: 4, ppid: 1, nscaba: [3], namespace: 'pid:[2]', nspid: [4, 1] },
      { pid: 5, ppid: 4, nscaba: [4, 1], namespace: 'pid:[2]', nspid: [5, 2] },
    ],
    tree(1),
    { probe: parents({ 4: ['2', '1'], 5: ['2', '1'] }) },
  );
  const caba = image.processes.map((process) => [process.pid, process.caba]);
  assert.deepEqual(caba, [
    [1, undefined],
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 4],
  ]);
});

test('ancestors by birth that are not in the image are passed, one out of sight is 0', async (t) => {
  const { image } = await scanOf(
    t,
    [
      { pid: 1, ppid: 0, nscaba: [] },
      { pid: 10, ppid: 1, nscaba: [1] },
      { pid: 20, ppid: 10, nscaba: [10] },
      { pid: 30, ppid: 10, nscaba: [20] },
      { pid: 40, ppid: 20, nscaba: [50] },
      { pid: 50, ppid: 1, nscaba: [20] },
      { pid: 60, ppid: 20, nscaba: [] },
    ],
    tree(20),
  );
  const caba = image.processes.map((process) => [process.pid, process.caba]);
  assert.deepEqual(caba, [
    [20, undefined],
    [40, 20],
    [60, 0],
  ]);
});

/** Namespaces of processes, as the probe gives them. */
function parents(namespaces: Readonly<Record<number, readonly string[]>>): Probe {
  const lines = Object.entries(namespaces).map(([pid, inodes]) => `${pid} 0 ${inodes.join(' ')}`);
  return () => parseProbe(lines.join('\n'));
}

test('a pid namespace for children that is not the own one is in the image', async (t) => {
  const entered: readonly FakeProcess[] = [
    { pid: 1, ppid: 0 },
    { pid: 5, ppid: 1, forChildren: 'pid:[5]' },
    { pid: 6, ppid: 5, nspid: [6, 1], namespace: 'pid:[5]', forChildren: 'pid:[5]' },
    { pid: 7, ppid: 1, forChildren: 'pid:[9]' },
    { pid: 8, ppid: 1, forChildren: 'pid:[1]' },
  ];
  const { image, notes } = await scanOf(t, entered, tree(1));
  assert.deepEqual(
    image.processes.map(({ pidnsForChildren }) => pidnsForChildren),
    [undefined, '1', undefined, undefined, undefined],
  );
  assert.ok(notes.some((note) => /nobody of the tree lives in.*: 7$/.test(note)));
});

const unshared = spawnSync('unshare', ['--pid', 'true']).status === 0;

test('who has unshared and has no child yet', {
  skip: !unshared && 'unshare --pid needs root',
}, async (t) => {
  const sleeper = spawn('unshare', ['--pid', 'sleep', '30']);
  t.after(() => sleeper.kill());
  const proc = new ProcDirectory();
  const isReady = (): boolean => proc.linkForChildren(sleeper.pid!) === '';
  for (let waited = 0; !isReady() && waited < 5000; waited += 10) await setTimeout(10);
  const { image } = await scan(proc, { ...OPTIONS, withScanner: true, target: tree(sleeper.pid!) });
  assert.equal(image.processes[0]!.pidnsForChildren, null);
});
