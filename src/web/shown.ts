/** What the page shows of a plan. */

import type { ReadyPlan, TreeImage } from './model/answers.ts';
import type { ShownProcess } from './model/process-forest.ts';
import type { RestorerAnswer } from './model/verdict.ts';

export interface Shown {
  readonly plan: ReadyPlan;
  readonly image: TreeImage | null;
  readonly processes: readonly ShownProcess[];
  readonly restorers: readonly RestorerAnswer[];
}
