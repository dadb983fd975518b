/** What maps of births are looked for in: an origin problem, and where births can be over several pid namespaces. */

import type { OriginProblem } from '../planner/origin-problem.ts';
import type { BirthPlaces } from './birth-places.ts';

export interface BirthProblem extends OriginProblem {
  /** Absent: there is one pid namespace. */
  readonly places?: BirthPlaces;
}
