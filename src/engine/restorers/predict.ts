/**
 * What every restorer that is modelled would do with a tree, told without running it: one entry a release.
 *
 * In: a tree. Out: predictions with their reasons.
 * A dump that is refused comes first, for the tree or for what processes share; then the restore of the tree; what that
 * loses of shared objects without a word counts where the tree itself comes back.
 * Cost: one planning and one simulated run a release.
 */

import type { ProcessTree } from '../tree/process-tree.ts';
import { predictCriu, refusedDump } from './criu/predict.ts';
import type { Prediction } from './prediction.ts';
import { type Reason, reasonOf } from './reasons.ts';
import { CRIU_4_2, CRIU_4_3, VIRTUOZZO_3_18 } from './releases.ts';
import { type SharingOutcome, sharingOutcome } from './sharing-outcome.ts';

export const RESTORERS = ['criu', 'virtuozzo'] as const;

export interface RestorerPrediction extends Prediction {
  readonly restorer: (typeof RESTORERS)[number];
  readonly version: string;
  /** Null where it restores the tree as it is. */
  readonly reason: Reason | null;
}

const RELEASES = [
  { restorer: 'criu', name: 'CRIU', rules: CRIU_4_2 },
  { restorer: 'criu', name: 'CRIU', rules: CRIU_4_3 },
  { restorer: 'virtuozzo', name: 'Virtuozzo’s CRIU', rules: VIRTUOZZO_3_18 },
] as const;

/**
 * A release of which nothing is known for such a tree is left out.
 * @param dumped pids in the order of the dump's records, which decides whose message comes first; null: not known
 */
export function predictRestorers(
  tree: ProcessTree,
  dumped: readonly number[] | null = null,
): RestorerPrediction[] {
  const sharing = sharingOutcome(tree);
  const processes: ProcessTree = { ...tree, sharing: null };
  const undumped = sharing?.outcome === 'refuses' && refusedDump(tree) === null;
  return RELEASES.flatMap(({ restorer, name, rules }) => {
    if (rules.dumpsNested && tree.namespaces.length > 1) return [];
    const release = { restorer, version: rules.release };
    if (undumped) return [{ ...release, ...ofSharing(sharing) }];
    const prediction = predictCriu(processes, rules, dumped);
    if (sharing && prediction.outcome === 'restores') {
      const { mayHangFor } = prediction;
      return [{ ...release, ...ofSharing(sharing), ...(mayHangFor && { mayHangFor }) }];
    }
    return [{ ...release, ...prediction, reason: reasonOf(name, prediction) }];
  });
}

function ofSharing({ outcome, message, pids, why, remedy }: SharingOutcome) {
  return { outcome, message, pids, reason: { why, remedy } };
}
