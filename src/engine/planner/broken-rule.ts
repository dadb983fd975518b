/** A local rule that a tree breaks. */

import type { Fact } from '../answer-types/conflict.ts';

/** V: theory, section 1. N: namespaces. T: thread ids. X: exits. K: shared resources. */
export type LocalRule =
  | `V${1 | 2 | 3 | 4 | 5 | 6 | 7}`
  | `N${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10}`
  | 'T1'
  | 'X1'
  | 'K1'
  | 'K7';

export interface BrokenRule {
  readonly rule: LocalRule;
  readonly facts: readonly Fact[];
  readonly text: string;
}

/** Told of each broken rule. */
export type Report = (rule: BrokenRule['rule'], facts: Fact[], text: string) => void;
