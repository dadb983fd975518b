/** What one planning is asked for and may spend, handed down unchanged through all of its tries. */

import type { PlanOptions } from '../plan/plan-options.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import type { Draft } from './draft.ts';
import type { OrderedBirths } from './ordered-births.ts';

export interface PlanRequest {
  readonly options: PlanOptions;
  /** Told when births, then steps, are first looked for. */
  readonly phase: (name: 'origin' | 'schedule') => void;
  /** One for everything that is tried. */
  readonly budget: WorkBudget;
  /** Do these steps lead to the tree? Where they do not, the planner looks further. */
  readonly leadsToTree: (draft: DraftSteps) => boolean;
  /** Is there a proof, quickly found, that no history leads to this tree? Where nobody can say, it is searched for. */
  readonly isRefuted?: (tree: ProcessTree, budget: WorkBudget) => boolean;
  /** Only whether there is a plan matters, not how good it is. */
  readonly verdictOnly?: boolean;
  /** No parents are born in the session of their members for fewer helpers: what is shared would seldom be carried so. */
  readonly plainBirths?: boolean;
  /** Births over several pid namespaces that are tried first, one after the other. */
  readonly ordered?: readonly OrderedBirths[];
}

export type DraftSteps = Draft & { readonly kind: 'steps' };
