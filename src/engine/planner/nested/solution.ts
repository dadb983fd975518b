/** Births over all namespaces, and what they have to keep: what is scheduled. */

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

/** By element of the origin: when it is born, and when it calls setsid; the smaller comes first. */
export interface BirthTimes {
  readonly born: Float64Array;
  readonly leads: Float64Array;
}
