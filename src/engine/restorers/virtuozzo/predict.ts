/**
 * What Virtuozzo's CRIU does with a tree: dump, planning, and its own way of carrying it out, on the simulated kernel.
 *
 * Nested pid namespaces are dumped and planned by it; that is not modelled here, and said so.
 */

import { Kernel } from '../../kernel/kernel.ts';
import { bootOf } from '../../kernel/replay.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { withScratch } from '../../tree/scratch.ts';
import { comparedWithImage, refusedDump } from '../criu/predict.ts';
import { recordsOfTree } from '../criu/records.ts';
import type { CriuRules } from '../criu/release.ts';
import { restoreTasks } from '../criu/restore.ts';
import { TaskTree } from '../criu/task-tree.ts';
import type { Prediction } from '../prediction.ts';
import { planVirtuozzo } from './plan-ids.ts';

/** Null: not modelled. */
export function predictVirtuozzo(
  tree: ProcessTree,
  rules: CriuRules,
  dumped: readonly number[] | null = null,
): Prediction | null {
  if (tree.namespaces.length > 1) return null;
  return refusedDump(tree) ?? withScratch(() => restored(tree, rules, dumped));
}

function restored(tree: ProcessTree, rules: CriuRules, dumped: readonly number[] | null): Prediction {
  const tasks = TaskTree.of(recordsOfTree(tree, dumped), { children: 'behind', firstFree: 2 });
  if (!(tasks instanceof TaskTree)) return { outcome: 'refuses', message: tasks.message, pids: tasks.pids };
  const plan = planVirtuozzo(tasks);
  if ('message' in plan) return { outcome: 'refuses', message: plan.message, pids: plan.pids };
  const kernel = new Kernel({ ...bootOf(tree), births: tasks.count });
  const stopped = restoreTasks(tasks, plan, kernel, rules);
  // Two branches below each other have left the tree: the planning succeeds all the same (restorers.md, 2.6).
  if (stopped?.outcome === 'hangs') return { ...stopped, outcome: 'unsound' };
  return stopped ?? comparedWithImage(tree, kernel);
}
