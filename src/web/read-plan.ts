/** What the page needs of a plan, asked of the API at once: the tree, what restorers do with it, and the plan over time. */

import { getLinked, getText, getTimeline, getTree, type Progress, type TimelineOfPage } from './api.ts';
import type { ReadyPlan, Restorer } from './model/answers.ts';
import type { Shown } from './shown.ts';

/** Plans with more steps are shown, not played. */
const PLAYED_STEPS = 30_000;

export interface ReadPlan {
  readonly shown: Shown;
  /** Null: it is not played. */
  readonly told: TimelineOfPage | null;
  readonly calls: string;
}

export async function readPlan(plan: ReadyPlan, tell: Progress): Promise<ReadPlan> {
  const { steps, processes } = plan.summary;
  tell('Reading the tree…');
  const played = plan.outcome === 'restorable' && steps > 0 && steps <= PLAYED_STEPS;
  const [tree, told, calls, restorers] = await Promise.all([
    getTree(plan.treeId, processes, tell),
    played ? getTimeline(plan.id, tell) : null,
    played ? getText(`/v1/plans/${plan.id}/steps`) : '',
    processes <= PLAYED_STEPS ? getLinked<{ restorers: Restorer[] }>(plan, 'restorers') : null,
  ]);
  return { shown: { plan, ...tree, restorers: restorers?.restorers ?? [] }, told, calls };
}
