/** A /proc directory made of files, for scans that need neither root nor namespaces. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export interface FakeProcess {
  readonly pid: number;
  readonly ppid: number;
  /** Numbers from the level of the mount to its own; default: one level. */
  readonly nspid?: readonly number[];
  readonly nspgid?: readonly number[];
  readonly nssid?: readonly number[];
  readonly state?: string;
  readonly comm?: string;
  readonly startTime?: number;
  readonly exitCode?: number;
  readonly terminal?: number;
  readonly exitSignal?: number;
  readonly flags?: number;
  /** null: not visible. */
  readonly namespace?: string | null;
  /** NSpid of the other threads. */
  readonly threads?: readonly (readonly number[])[];
  /** The line NScaba of a kernel with the CABA patch. */
  readonly nscaba?: readonly number[];
  /** Link of the pid namespace for its children; default: no such file, as before Linux 4.12. */
  readonly forChildren?: string;
}

const FIELDS_BEFORE_START_TIME = 12;
const FIELDS_BEFORE_EXIT_SIGNAL = 15;
const FIELDS_BEFORE_EXIT_CODE = 13;

function statText({
  pid,
  comm = 'sh',
  state = 'S',
  ppid,
  flags = 0,
  startTime = 100,
  exitCode = 0,
  terminal = 0,
  exitSignal = 17,
}: FakeProcess): string {
  const zeros = (count: number): string => Array(count).fill('0').join(' ');
  const head = `${pid} (${comm}) ${state} ${ppid} 0 0 ${terminal} -1 ${flags}`;
  return `${head} ${zeros(FIELDS_BEFORE_START_TIME)} ${startTime} ${zeros(FIELDS_BEFORE_EXIT_SIGNAL)} ${exitSignal} ${zeros(FIELDS_BEFORE_EXIT_CODE)} ${exitCode}\n`;
}

function statusText(process: FakeProcess, own: readonly number[]): string {
  const { ppid, comm = 'sh', state = 'S', threads = [] } = process;
  const { nspgid = own, nssid = own } = process;
  return [
    `Name:\t${comm}`,
    `State:\t${state} (whatever)`,
    `PPid:\t${ppid}`,
    `NSpid:\t${own.join('\t')}`,
    `NSpgid:\t${nspgid.join('\t')}`,
    `NSsid:\t${nssid.join('\t')}`,
    ...(process.nscaba ? [`NScaba:\t${process.nscaba.join('\t')}`] : []),
    `Threads:\t${threads.length + 1}`,
    '',
  ].join('\n');
}

/** Writes a process, or writes it anew. */
export function writeProcess(root: string, process: FakeProcess): void {
  const { pid, nspid = [pid], namespace = 'pid:[1]', threads = [] } = process;
  const directory = join(root, String(pid));
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'ns'), { recursive: true });
  writeFileSync(join(directory, 'stat'), statText(process));
  writeFileSync(join(directory, 'status'), statusText(process, nspid));
  if (namespace !== null) symlinkSync(namespace, join(directory, 'ns', 'pid'));
  if (process.forChildren) symlinkSync(process.forChildren, join(directory, 'ns', 'pid_for_children'));
  for (const numbers of [nspid, ...threads]) {
    const task = join(directory, 'task', String(numbers[0]));
    mkdirSync(task, { recursive: true });
    writeFileSync(join(task, 'status'), statusText(process, numbers));
  }
}

/** @param self number of the scanner; 0: it is not in this directory */
export function fakeProc(t: TestContext, processes: readonly FakeProcess[], self = 0): string {
  const root = mkdtempSync(join(tmpdir(), 'regraft-proc-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const process of processes) writeProcess(root, process);
  if (self !== 0) symlinkSync(String(self), join(root, 'self'));
  writeFileSync(join(root, 'uptime'), '1 1\n');
  return root;
}
