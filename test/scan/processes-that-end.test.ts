/**
 * Scans of a namespace beside processes that come and go. A child may be read before its parent (its number is smaller
 * where the numbers have begun anew); when both have ended, nothing tells where they lived.
 */

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProcDirectory } from '../../src/proc/proc-directory.ts';
import { type Scan, scan } from '../../src/scan/scan.ts';
import { type FakeProcess, fakeProc, writeProcess } from './fake-proc.ts';

/** The container that is scanned, and another one on the level of its init. */
const STANDING: readonly FakeProcess[] = [
  { pid: 1, ppid: 0 },
  { pid: 700, ppid: 1, nspid: [700, 1], namespace: 'pid:[2]' },
  { pid: 710, ppid: 1, nspid: [710, 1], namespace: 'pid:[3]' },
];

/** Two levels below the mount; its parent has ended before it was read. */
const PASSING: FakeProcess = { pid: 300, ppid: 32766, nspid: [300, 9, 4], namespace: 'pid:[4]' };

/** @param meanwhile happens after the processes were listed, in the n-th reading from 1 */
function scanBeside(
  t: TestContext,
  processes: readonly FakeProcess[],
  meanwhile: (root: string, reading: number) => void,
): Promise<Scan> {
  const root = fakeProc(t, processes);
  let reading = 0;
  const probe = () => {
    meanwhile(root, ++reading);
    return new Map();
  };
  return scan(new ProcDirectory(root), {
    ...{ withScanner: false, probe, retries: 1, pauseMs: 0 },
    target: { kind: 'namespace', pid: 700 },
  });
}

const pidsOf = ({ image }: Scan): number[] => image.processes.map(({ nspid }) => nspid!.at(-1)!);

test('a process that has ended before anybody could tell where it lived is left out', async (t) => {
  const scanned = await scanBeside(t, [...STANDING, PASSING], (root) =>
    rmSync(join(root, '300'), { recursive: true, force: true }),
  );
  assert.deepEqual([pidsOf(scanned), scanned.agreed, scanned.readings], [[1], true, 2]);
});

test('whose number another process has by then has ended', async (t) => {
  const next = { pid: 300, ppid: 710, nspid: [300, 5], namespace: 'pid:[3]' };
  const scanned = await scanBeside(t, [...STANDING, PASSING], (root) => writeProcess(root, next));
  assert.deepEqual([pidsOf(scanned), scanned.agreed], [[1], true]);
});

test('one that has another parent by then is read again', async (t) => {
  const scanned = await scanBeside(t, [...STANDING, PASSING], (root) =>
    writeProcess(root, { ...PASSING, ppid: 710 }),
  );
  assert.deepEqual([pidsOf(scanned), scanned.agreed, scanned.readings], [[1], true, 3]);
});

test('one that stands there, with a parent that nobody sees, is an error at once', async (t) => {
  let readings = 0;
  const scanned = scanBeside(t, [...STANDING, PASSING], (_, reading) => {
    readings = reading;
  });
  await assert.rejects(scanned, /process 300 lives below the namespace is not visible/);
  assert.equal(readings, 1);
});
