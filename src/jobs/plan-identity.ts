/** Same tree, same options, same engine version: same plan id. */

import { hash } from 'node:crypto';
import { DEFAULT_OPTIONS, type PlanOptions } from '../engine/plan/plan-options.ts';
import { ENGINE_VERSION } from './engine-version.ts';

/** Fills in the defaults and brings what has no order into one: equal wishes become equal options. */
export function canonicalOptions(wishes: Partial<PlanOptions> = {}): PlanOptions {
  const options = { ...DEFAULT_OPTIONS, ...wishes };
  const births = Object.entries(options.births).sort(([a], [b]) => Number(a) - Number(b));
  return {
    allowCloneParent: options.allowCloneParent,
    helperPidMin: options.helperPidMin,
    occupiedPids: [...new Set(options.occupiedPids)].sort((a, b) => a - b),
    respectCaba: options.respectCaba,
    history: options.history,
    births: Object.fromEntries(births),
  };
}

/** @param options canonical ones */
export function planId(treeId: string, options: PlanOptions): string {
  return hash('sha256', `regraft plan ${ENGINE_VERSION} ${treeId} ${JSON.stringify(options)}`);
}
