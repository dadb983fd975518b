/** What a scan says beside the image. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ProcDirectory } from '../../src/proc/proc-directory.ts';
import type { Target } from '../../src/scan/reading.ts';
import { type Scan, scan } from '../../src/scan/scan.ts';
import { type FakeProcess, fakeProc } from './fake-proc.ts';

const SHELL: readonly FakeProcess[] = [
  { pid: 1, ppid: 0 },
  { pid: 20, ppid: 1, comm: 'bash', startTime: 7 },
  { pid: 21, ppid: 20, nssid: [20], comm: 'vi (now)' },
  { pid: 30, ppid: 1 },
];

const tree = (pid: number): Target => ({ kind: 'tree', pid });

function scanOf(
  t: TestContext,
  processes: readonly FakeProcess[],
  target: Target,
  { withBirths = false } = {},
): Promise<Scan> {
  const proc = new ProcDirectory(fakeProc(t, processes, 0));
  return scan(proc, { withScanner: false, probe: null, retries: 0, pauseMs: 0, target, withBirths });
}

test('leaders that live outside the tree are named', async (t) => {
  const processes = [...SHELL, { pid: 22, ppid: 20, nssid: [30], nspgid: [30] }];
  const { notes } = await scanOf(t, processes, tree(20));
  assert.ok(
    notes.some((note) => /leader lives outside the tree.*: 22$/.test(note)),
    notes.join('\n'),
  );
});

test('a number in another pid namespace is no leader outside', async (t) => {
  const container = (pid: number, own: number, link: string, ids: readonly number[]): FakeProcess => ({
    ...{ pid, ppid: own === 1 ? 1 : pid - own + 1, nspid: [pid, own], namespace: link },
    ...{ nssid: [...ids], nspgid: [...ids] },
  });
  const processes = [
    { pid: 1, ppid: 0 },
    container(20, 1, 'pid:[2]', [20, 1]),
    container(21, 2, 'pid:[2]', [90, 3]),
    container(30, 1, 'pid:[3]', [30, 1]),
    container(32, 3, 'pid:[3]', [32, 3]),
  ];
  const { notes } = await scanOf(t, processes, tree(20));
  assert.ok(!notes.some((note) => note.includes('outside the tree')), notes.join('\n'));
});

test('births are not missed where a record of them is read', async (t) => {
  const unseen = async (withBirths: boolean): Promise<string | undefined> => {
    const { notes } = await scanOf(t, SHELL, tree(20), { withBirths });
    return notes.find((note) => note.startsWith('not visible to anyone'));
  };
  assert.match((await unseen(false))!, /caba; --births FILE/);
  assert.equal(await unseen(true), 'not visible to anyone: child-subreaper flags');
});
