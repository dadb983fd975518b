/** What a request demands of the births of a plan, and why that is refused. */

import type { BirthOptionFault } from '../births/given-births.ts';
import type { OrderUse } from './choose-births.ts';
import type { BirthContradiction } from './contradiction.ts';

/** What is demanded of a plan's births, and what became of their order. */
export interface BirthDemand {
  readonly hints: Int32Array;
  readonly order: OrderUse;
}

export type BirthRefusal =
  | { readonly kind: 'contradiction'; readonly contradiction: BirthContradiction }
  | { readonly kind: 'faults'; readonly faults: readonly BirthOptionFault[] };
