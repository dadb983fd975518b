/** What the page shows of a plan. */

import type { ReadyPlan, Restorer, TreeImage } from './model/answers.ts';
import type { ShownProcess } from './model/process-forest.ts';

export interface Shown {
  readonly plan: ReadyPlan;
  readonly image: TreeImage | null;
  readonly processes: readonly ShownProcess[];
  readonly restorers: readonly Restorer[];
}
