/**
 * The rebuilt tree against the image, field by field.
 *
 * In: a tree and a kernel after a run. Out: the differences, none where the kernel holds exactly the image.
 * What an image cannot know is not compared: the flag of a zombie. A flag unknown in the image has to be off.
 * Cost: O(processes); objects are made for differences only.
 */

import type { Kernel } from '../kernel/kernel.ts';
import type { KernelState } from '../kernel/kernel-state.ts';
import { LEVEL_ZERO } from '../kernel/namespace-table.ts';
import { HANGING, REAPED, ROOT, RUNNING, SUBREAPER } from '../kernel/process-table.ts';
import { ALIVE, FLAG_ON } from '../tree/process-columns.ts';
import { hasLivingThreads, type ProcessTree, parentPid, threadsOf } from '../tree/process-tree.ts';
import { unsetInt32s } from '../tree/scratch.ts';
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
  const rows = unsetInt32s(tree.size);
  const rebuilt: Rebuilt = { tree, state, rows, found };
  for (let i = 0; i < tree.size; i++) rows[i] = state.numbers.outermost(tree.pid[i]!);
  const compared = compareProcesses(rebuilt, endOf(state));
  if (tree.levels || tree.forChildren || state.namespaces.count > LEVEL_ZERO + 1) compareNamespaces(rebuilt);
  if (tree.threadId.length > 0) compareThreads(rebuilt);
  if (tree.sharing || state.sharing) {
    compareSharing(rebuilt);
    compareExitSignals(rebuilt);
  }
  addExtra(rebuilt, compared);
  return { compared, total: found.total, differences: found.listed };
}

/** Places of a row in `endOf`. */
const PPID = 0;
const PGID = 1;
const SID = 2;
const STATE = 3;
const PLACES = 4;
/** Above the state in its place: flags. */
const FLAGS = 8;

/**
 * What an image says of each row, side by side. Rows are in order of birth, near those that they name; whoever goes through the
 * image comes to them in another order, and to far memory once a row.
 */
function endOf({ processes }: KernelState): Int32Array {
  const { count, number, parent, group, session, state, flags } = processes;
  const end = unsetInt32s(count * PLACES);
  for (let row = ROOT, at = ROOT * PLACES; row < count; row++, at += PLACES) {
    end[at + PPID] = number[parent[row]!]!;
    end[at + PGID] = number[group[row]!]!;
    end[at + SID] = number[session[row]!]!;
    end[at + STATE] = state[row]! | (flags[row]! << FLAGS);
  }
  return end;
}

/** Answers how many there are in the kernel too. `rows`: of the processes that took each number last; then 0 where they are gone. */
function compareProcesses({ tree, state: kernel, rows, found }: Rebuilt, end: Int32Array): number {
  const { exitStatus } = kernel.processes;
  let compared = 0;
  for (let i = 0; i < tree.size; i++) {
    const pid = tree.pid[i]!;
    const row = rows[i]!;
    const at = row * PLACES;
    const state = row < ROOT ? REAPED : end[at + STATE]! & ((1 << FLAGS) - 1);
    if (state === REAPED) {
      rows[i] = 0;
      found.add({ kind: 'missing', pid });
      continue;
    }
    compared++;
    const ppid = parentPid(tree, i);
    if (end[at + PPID] !== ppid) found.field(pid, 'ppid', ppid, end[at + PPID]!);
    if (end[at + PGID] !== tree.pgid[i]) found.field(pid, 'pgid', tree.pgid[i]!, end[at + PGID]!);
    if (end[at + SID] !== tree.sid[i]) found.field(pid, 'sid', tree.sid[i]!, end[at + SID]!);

    const alive = tree.state[i] === ALIVE;
    if ((state === RUNNING) !== alive || state === HANGING) {
      found.field(pid, 'state', alive ? 'alive' : 'zombie', stateName(state));
    } else if (alive) {
      const flag = tree.subreaper[i] === FLAG_ON;
      if (((end[at + STATE]! & (SUBREAPER << FLAGS)) !== 0) !== flag)
        found.field(pid, 'childSubreaper', flag, !flag);
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
