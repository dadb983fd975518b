/** Births over all namespaces, and what they have to keep: what is scheduled. */

import type { BirthTimes } from '../ordered-births.ts';
import type { BoundaryBirths } from './boundary-births.ts';
import type { GroupClasses } from './group-classes.ts';
import type { NestedOrigin } from './nested-origin.ts';

export interface Solution {
  readonly origin: NestedOrigin;
  readonly births: BoundaryBirths;
  readonly classes: GroupClasses;
  /** Who is to come before whom, where nothing else says so. */
  readonly times?: BirthTimes;
}
