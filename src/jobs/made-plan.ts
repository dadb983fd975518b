/** What is counted of a plan when it is made. */

import type { PlanRecord } from '../store/store.ts';
import { outcomeOf } from './make-plan.ts';

export interface MadePlan {
  readonly outcome: string;
  /** Of its diagnostics, each once. */
  readonly codes: ReadonlySet<string>;
  readonly processes: number;
  readonly seconds: number;
  /** Seconds of each phase, where they are known. */
  readonly phases: readonly (readonly [string, number])[];
}

/** Read off the head's text, which is long where there are many helpers, and is not parsed for this. */
export function madePlan(
  { head }: PlanRecord,
  processes: number,
  seconds: number,
  phases: MadePlan['phases'] = [],
): MadePlan {
  const codes = new Set<string>();
  for (let at = head.lastIndexOf('"diagnostics":['); ; ) {
    const begin = head.indexOf(CODE, at) + CODE.length;
    if (begin < CODE.length) break;
    at = head.indexOf('"', begin);
    if (head.startsWith(SEVERITY, at)) codes.add(head.slice(begin, at));
  }
  return { outcome: outcomeOf({ head }), codes, processes, seconds, phases };
}

/** How a diagnostic begins, and what follows its code. */
const CODE = '{"code":"';
const SEVERITY = '","severity"';
