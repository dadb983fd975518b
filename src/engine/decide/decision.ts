/** What is decided for a tree: the planner's draft, and the births that it has to agree with or that were refused. */

import type { BirthDemand, BirthRefusal } from '../histories/birth-demand.ts';
import type { Draft } from '../planner/draft.ts';
import type { DraftSteps } from '../planner/plan-request.ts';

export type Decision =
  | Exclude<Draft, DraftSteps>
  | DecidedSteps
  /** Given births fit no history, or name nobody. */
  | { readonly kind: 'births'; readonly refusal: BirthRefusal };

export type DecidedSteps = DraftSteps & {
  /** What the births of the plan have to agree with. */
  readonly births?: BirthDemand;
};
