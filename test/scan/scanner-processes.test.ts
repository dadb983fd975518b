/** Which processes are those of the scan itself. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scanProcesses } from '../../src/scan/scanner-processes.ts';

type Row = readonly [pid: number, ppid: number, group: number, session: number];

/** @param self the scanner @param asked whose tree is scanned */
function leftOut(rows: readonly Row[], self: number, asked: number): number[] {
  const processes = rows.map(([pid, ppid, group, session]) => ({
    pid,
    ppid,
    nspgid: [group],
    nssid: [session],
  }));
  return [...scanProcesses(self, asked, new Map(processes.map((process) => [process.pid, process])))].sort(
    (a, b) => a - b,
  );
}

/** A shell, npx with its shell, the scanner, and what that started. */
const NPX: readonly Row[] = [
  [1, 0, 1, 1],
  [10, 1, 10, 10],
  [20, 10, 20, 10],
  [21, 20, 20, 10],
  [22, 21, 20, 10],
  [23, 22, 20, 10],
];

test('the command around the scanner is left out, the shell that it was typed into is not', () => {
  assert.deepEqual(leftOut(NPX, 22, 1), [20, 21, 22, 23]);
});

test('a process of the group that has other children goes on without the scan, and stays', () => {
  assert.deepEqual(leftOut([...NPX, [24, 20, 20, 10]], 22, 1), [21, 22, 23]);
});

test('who was asked for is never part of the scan', () => {
  assert.deepEqual(leftOut(NPX, 22, 20), [21, 22, 23]);
});

test('a scanner that is not in sight leaves nothing out', () => {
  assert.deepEqual(leftOut(NPX, 99, 1), []);
});
