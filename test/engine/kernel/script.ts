/** Short notations for tests: steps as lines of words, images as rows of numbers. */

import { NEWPID, PARENT, StepList } from '../../../src/engine/plan/step-list.ts';
import { buildTree } from '../../../src/engine/tree/build-tree.ts';
import { ProcessColumns } from '../../../src/engine/tree/process-columns.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';

/**
 * Steps separated by lines or `·`: `clone 1 6`, `clone 7 11 P` (CLONE_PARENT), `clone 1 2,1 N` (CLONE_NEWPID, numbers
 * of all levels), `setsid 1`, `setpgid 1 2 2`, `flag 6`, `unflag 6`, `unshare 1`, `setns 1 2`, `exit 7`,
 * `exit 7 1792`, `wait 6 7`.
 */
export function steps(script: string): StepList {
  const list = new StepList();
  for (const line of script.split(/[\n·]/)) {
    const [call, ...words] = line.trim().split(/\s+/);
    if (call) append(list, call, words);
  }
  return list;
}

function append(list: StepList, call: string, words: readonly string[]): void {
  const [a = 0, b = 0, c = 0] = words.map((word) => Number.parseInt(word, 10));
  if (call === 'clone') {
    const [child = 0, ...inner] = words[1]!.split(',').map(Number);
    const letters = words[2] ?? '';
    list.clone3(a, child, (letters.includes('P') ? PARENT : 0) | (letters.includes('N') ? NEWPID : 0), inner);
  } else if (call === 'setsid') list.setsid(a);
  else if (call === 'setpgid') list.setpgid(a, b, c);
  else if (call === 'flag') list.subreaper(a, 1);
  else if (call === 'unflag') list.subreaper(a, 0);
  else if (call === 'unshare') list.unshare(a);
  else if (call === 'setns') list.setns(a, b);
  else if (call === 'exit') list.exit(a, b);
  else if (call === 'wait') list.wait4(a, b);
  else throw new Error(`no call "${call}"`);
}

export interface ImageRow {
  readonly pid: number;
  readonly ppid: number;
  readonly sid: number;
  /** Default: the sid. */
  readonly pgid?: number;
  readonly zombie?: boolean;
  readonly exitStatus?: number;
  readonly subreaper?: boolean;
  readonly threads?: readonly number[];
  /** Index into `namespaces`; with it the numbers of all levels. */
  readonly namespace?: number;
  readonly nspid?: readonly number[];
  readonly nspgid?: readonly number[];
  readonly nssid?: readonly number[];
}

export interface ImageNamespaces {
  readonly id: string;
  readonly parent: string | null;
  readonly init: number | null;
}

/** The first row is the root. */
export function image(rows: readonly ImageRow[], namespaces?: readonly ImageNamespaces[]): ProcessTree {
  const columns = new ProcessColumns();
  columns.root = rows[0]!.pid;
  if (namespaces) columns.namespaces = [...namespaces];
  for (const given of rows) {
    const row = columns.append(given.pid, given.ppid, given.pgid ?? given.sid, given.sid);
    columns.state[row] = given.zombie ? 1 : 0;
    columns.exitStatus[row] = given.exitStatus ?? 0;
    columns.subreaper[row] = given.subreaper ? 1 : 0;
    columns.namespace[row] = given.namespace ?? 0;
    if (given.nspid) columns.setLevels(given.nspid, given.nspgid!, given.nssid!);
    for (const tid of given.threads ?? []) columns.appendThread(tid);
  }
  const built = buildTree(columns);
  if (!built.ok) throw new Error(built.faults.map((fault) => fault.message).join('\n'));
  return built.tree;
}

/** `pid ppid sid` triples, pgid = sid, all alive. */
export function sessionsImage(...triples: readonly (readonly [number, number, number])[]): ProcessTree {
  return image(triples.map(([pid, ppid, sid]) => ({ pid, ppid, sid })));
}
