/**
 * What every restorer that is modelled would do with a tree, told without running it: one entry a release.
 *
 * Cost: one planning and one simulated run a release.
 */

import type { ProcessTree } from '../tree/process-tree.ts';
import { predictCriu } from './criu/predict.ts';
import { CRIU_4_2 } from './criu-4.2.ts';
import { CRIU_4_3 } from './criu-4.3.ts';
import type { Prediction } from './prediction.ts';
import { type Reason, reasonOf } from './reasons.ts';
import { predictVirtuozzo } from './virtuozzo/predict.ts';
import { VIRTUOZZO_3_18 } from './virtuozzo-3.18.ts';

export const RESTORERS = ['criu', 'virtuozzo'] as const;

export interface RestorerPrediction extends Prediction {
  readonly restorer: (typeof RESTORERS)[number];
  readonly version: string;
  /** Null where it restores the tree as it is. */
  readonly reason: Reason | null;
}

const RELEASES = [
  { restorer: 'criu', name: 'CRIU', rules: CRIU_4_2, predict: predictCriu },
  { restorer: 'criu', name: 'CRIU', rules: CRIU_4_3, predict: predictCriu },
  { restorer: 'virtuozzo', name: 'Virtuozzo’s CRIU', rules: VIRTUOZZO_3_18, predict: predictVirtuozzo },
] as const;

/** A release of which nothing is known for such a tree is left out. */
export function predictRestorers(tree: ProcessTree): RestorerPrediction[] {
  return RELEASES.flatMap(({ restorer, name, rules, predict }) => {
    const prediction = predict(tree, rules);
    if (prediction === null) return [];
    return [{ restorer, version: rules.release, ...prediction, reason: reasonOf(name, prediction) }];
  });
}
