/**
 * The check of a graft: its records through the model of CRIU, its script through the simulator, the end against the
 * image.
 *
 * In: the tree of the image, records and script, the release. Out: null, or what is wrong, in words that nobody but a
 * developer sees. Invariant: it reads what CRIU and the finisher will read, and nothing of how that was found.
 * Cost: one run of the model and of the simulator, one comparison.
 */

import { compareWithImage } from '../diff/compare.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { bootOf } from '../kernel/replay.ts';
import { statusOf } from '../plan/step-list.ts';
import type { RestoreRecords } from '../restorers/criu/records.ts';
import type { CriuRules } from '../restorers/criu/release.ts';
import { runCriu } from '../restorers/criu/run.ts';
import { ALIVE, FLAG_ON, ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import type { FinishStep, GraftRecord } from './graft.ts';

export interface ToCheck {
  readonly records: readonly GraftRecord[];
  readonly script: readonly FinishStep[];
}

/** Null: the graft is right. */
export function graftFault(tree: ProcessTree, graft: ToCheck, rules: CriuRules): string | null {
  const run = runCriu(restoreRecords(tree, graft.records), bootOf(tree), rules);
  if (!run.done) return run.prediction.message ?? run.prediction.outcome;
  if (run.mayHangFor.length > 0) return `CRIU may hang while it waits for ${run.mayHangFor.join(', ')}`;
  for (const step of graft.script) {
    const refusal = carryOut(run.kernel, step);
    if (refusal !== null) return refusal;
  }
  const { total, differences } = compareWithImage(tree, run.kernel);
  return total === 0 ? null : `${total} differences, the first: ${JSON.stringify(differences[0])}`;
}

/** Records with the states, wait statuses and flags that their core images will have. */
export function restoreRecords(tree: ProcessTree, records: readonly GraftRecord[]): RestoreRecords {
  const count = records.length;
  const column = (of: (record: GraftRecord) => number): Int32Array => Int32Array.from(records, of);
  const processOf = records.map(({ pid }) => tree.indexOf(pid));
  const threadOffset = new Int32Array(count + 1);
  const threadId: number[] = [];
  records.forEach(({ threads }, i) => {
    threadId.push(...threads.slice(1));
    threadOffset[i + 1] = threadId.length;
  });
  return {
    count,
    pid: column(({ pid }) => pid),
    ppid: column(({ ppid }) => ppid),
    pgid: column(({ pgid }) => pgid),
    sid: column(({ sid }) => sid),
    state: Uint8Array.from(records, ({ zombie }) => (zombie ? ZOMBIE : ALIVE)),
    exitStatus: Int32Array.from(processOf, (i) => (i < 0 ? 0 : tree.exitStatus[i]!)),
    subreaper: Uint8Array.from(processOf, (i) =>
      i >= 0 && tree.state[i] === ALIVE && tree.subreaper[i] === FLAG_ON ? 1 : 0,
    ),
    threadOffset,
    threadId: Int32Array.from(threadId),
  };
}

function carryOut(kernel: Kernel, step: FinishStep): string | null {
  const refused = (answer: unknown): string | null =>
    answer === 0 ? null : `${JSON.stringify(step)}: ${answer}, ${kernel.reason}`;
  switch (step.op) {
    case 'prctl':
      return refused(kernel.setSubreaper(step.pid, step.value === 1));
    case 'setpgid':
      return refused(kernel.setpgid(step.pid, step.target, step.pgid));
    case 'wait4':
      return refused(kernel.wait4(step.pid, step.child));
    case 'exit': {
      const { pid, parent, reap, adopter } = step;
      if (kernel.state.processes.firstChild[kernel.state.find(pid)] !== 0) {
        const now = kernel.adopterOf(pid);
        if (now !== (adopter ?? 0)) return `${JSON.stringify(step)}: its children would fall to ${now}`;
      }
      if (reap === 'ignore') kernel.ignoreSigchld(parent);
      const answer = kernel.exit(pid, statusOf(step));
      if (answer !== 0) return refused(answer);
      if (reap === 'ignore') return refused(kernel.heedSigchld(parent));
      return reap === 'wait' ? refused(kernel.wait4(parent, pid)) : null;
    }
  }
}
