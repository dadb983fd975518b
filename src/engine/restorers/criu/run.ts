/**
 * A restorer on an image set: reading, planning, restoring, each as the release does it, on the simulated kernel.
 *
 * In: records in file order, what exists before the restore, the release. Out: the kernel when CRIU is done, or how it
 * ended before. A restore of a root that leads no session is taken to run with --shell-job, in the session and group
 * that the boot calls outside.
 */

import type { Boot } from '../../kernel/boot.ts';
import { Kernel } from '../../kernel/kernel.ts';
import type { Prediction } from '../prediction.ts';
import type { RestoreRecords } from './records.ts';
import type { CriuRules } from './release.ts';
import { restoreTasks, waitedFor } from './restore.ts';
import { type Refused, TaskTree } from './task-tree.ts';

export type CriuRun =
  | {
      readonly done: true;
      readonly kernel: Kernel;
      /** Pids for whom CRIU's root waits in a way that hangs now and then. */
      readonly mayHangFor: readonly number[];
    }
  | { readonly done: false; readonly prediction: Prediction };

export function runCriu(records: RestoreRecords, boot: Boot, rules: CriuRules): CriuRun {
  const tasks = TaskTree.of(records, rules.reading);
  if (!(tasks instanceof TaskTree)) return refused(tasks);
  const plan = rules.plan(tasks, boot.outsideGroup ?? 0);
  if ('message' in plan) return refused(plan);
  const kernel = new Kernel({ ...boot, births: tasks.count });
  const stopped = restoreTasks(tasks, plan, kernel, rules);
  if (stopped) return { done: false, prediction: stopped };
  return { done: true, kernel, mayHangFor: rules.waits ? waitedFor(tasks) : [] };
}

function refused(told: Refused): CriuRun {
  return { done: false, prediction: { outcome: 'refuses', ...told } };
}
