/** What is counted of a plan when it is made. */

import type { PlanRecord } from '../store/store.ts';

export interface MadePlan extends Pick<PlanRecord, 'head'> {
  readonly processes: number;
  readonly seconds: number;
  /** Seconds of each phase, where they are known. */
  readonly phases?: readonly (readonly [string, number])[];
}

/** Codes of the diagnostics, each once: read off the head's text, which may be long, and is not parsed for this. */
export function diagnosticCodes({ head }: MadePlan): ReadonlySet<string> {
  const codes = new Set<string>();
  for (let at = head.lastIndexOf('"diagnostics":['); ; ) {
    const begin = head.indexOf(CODE, at) + CODE.length;
    if (begin < CODE.length) return codes;
    at = head.indexOf('"', begin);
    if (head.startsWith(SEVERITY, at)) codes.add(head.slice(begin, at));
  }
}

/** How a diagnostic begins, and what follows its code. */
const CODE = '{"code":"';
const SEVERITY = '","severity"';
