/**
 * The rebuilt tree against the image, field by field.
 *
 * In: a tree and a kernel after a run. Out: the differences, none where the kernel holds exactly the image.
 * What an image cannot know is not compared: the flag of a zombie. A flag unknown in the image has to be off.
 * Cost: O(processes); objects are made for differences only.
 */

import type { Kernel } from '../kernel/kernel.ts';
import { LEVEL_ZERO } from '../kernel/namespace-table.ts';
import { HANGING, REAPED, ROOT, RUNNING, SUBREAPER } from '../kernel/process-table.ts';
import { ALIVE, FLAG_ON } from '../tree/process-columns.ts';
import { hasLivingThreads, type ProcessTree, parentPid, threadsOf } from '../tree/process-tree.ts';
import { int32s } from '../tree/scratch.ts';
import { compareNamespaces } from './compare-namespaces.ts';
import { compareExitSignals, compareSharing } from './compare-sharing.ts';
import { type Difference, DifferenceList } from './difference.ts';
import type { Rebuilt } from './rebuilt.ts';

export interface Comparison {
  /** Processes of the image that were found and compared. */
  readonly compared: number;
  readonly total: number;
  /** The first of them, up to the limit. */
  readonly differences: readonly Difference[];
}

export function compareWithImage(tree: ProcessTree, kernel: Kernel, limit = 100): Comparison {
  const { state } = kernel;
  const found = new DifferenceList(limit);
  const rows = int32s(tree.size);
  const rebuilt: Rebuilt = { tree, state, rows, found };
  for (let i = 0; i < tree.size; i++) rows[i] = state.find(tree.pid[i]!);
  const compared = compareProcesses(rebuilt);
  if (tree.levels || tree.forChildren || state.namespaces.count > LEVEL_ZERO + 1) compareNamespaces(rebuilt);
  if (tree.threadId.length > 0) compareThreads(rebuilt);
  if (tree.sharing || state.sharing) {
    compareSharing(rebuilt);
    compareExitSignals(rebuilt);
  }
  addExtra(rebuilt, compared);
  return { compared, total: found.total, differences: found.listed };
}

/** Answers how many there are in the kernel too. */
function compareProcesses({ tree, state: kernel, rows, found }: Rebuilt): number {
  const { number, parent, group, session, state, flags, exitStatus } = kernel.processes;
  let compared = 0;
  for (let i = 0; i < tree.size; i++) {
    const pid = tree.pid[i]!;
    const row = rows[i]!;
    if (row === 0) {
      found.add({ kind: 'missing', pid });
      continue;
    }
    compared++;
    const ppid = parentPid(tree, i);
    if (number[parent[row]!] !== ppid) found.field(pid, 'ppid', ppid, number[parent[row]!]!);
    if (number[group[row]!] !== tree.pgid[i]) found.field(pid, 'pgid', tree.pgid[i]!, number[group[row]!]!);
    if (number[session[row]!] !== tree.sid[i]) found.field(pid, 'sid', tree.sid[i]!, number[session[row]!]!);

    const alive = tree.state[i] === ALIVE;
    if ((state[row] === RUNNING) !== alive || state[row] === HANGING) {
      found.field(pid, 'state', alive ? 'alive' : 'zombie', stateName(state[row]!));
    } else if (alive) {
      const flag = tree.subreaper[i] === FLAG_ON;
      if (((flags[row]! & SUBREAPER) !== 0) !== flag) found.field(pid, 'childSubreaper', flag, !flag);
    } else if (exitStatus[row] !== tree.exitStatus[i]) {
      found.field(pid, 'exitStatus', tree.exitStatus[i]!, exitStatus[row]!);
    }
  }
  return compared;
}

/** The thread ids of a live process have to be free for its threads at the end. */
function compareThreads({ tree, state, rows, found }: Rebuilt): void {
  for (let i = 0; i < tree.size; i++) {
    const row = rows[i]!;
    if (row === 0 || tree.state[i] !== ALIVE || !hasLivingThreads(tree, i)) continue;
    const ids = threadsOf(tree, i);
    const free = ids.filter((id) => {
      const owner = state.numbers.outermost(id);
      return owner === -row || !state.inUse(owner);
    });
    if (free.length < ids.length) found.field(tree.pid[i]!, 'threads', [...ids], [...free]);
  }
}

/** Processes that the image does not have. */
function addExtra({ tree, state: kernel, found }: Rebuilt, compared: number): void {
  const { count, state, number, parent } = kernel.processes;
  let present = 0;
  for (let row = ROOT; row < count; row++) if (state[row] !== REAPED) present++;
  if (present === compared) return;
  for (let row = ROOT; row < count; row++) {
    if (state[row] === REAPED || tree.indexOf(number[row]!) >= 0) continue;
    found.add({
      kind: 'extra',
      pid: number[row]!,
      ppid: number[parent[row]!]!,
      state: stateName(state[row]!),
    });
  }
}

function stateName(state: number): string {
  if (state === RUNNING) return 'alive';
  return state === HANGING ? 'exiting' : 'zombie';
}
