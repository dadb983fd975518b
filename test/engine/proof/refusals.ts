/** Refusals of the exhaustive sets with their proofs. */

import assert from 'node:assert/strict';
import type { Diagnostic } from '../../../src/engine/answer-types/diagnostic.ts';
import type { Planning } from '../../../src/engine/plan/planning.ts';
import { Image } from '../../../src/engine/proof/image.ts';
import type { Proof } from '../../../src/engine/proof/proof.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, treeOf } from '../../histories/proven-plan.ts';
import {
  NESTED_SETS,
  type NestedSet,
  SMALL_SETS,
  type SmallSet,
  smallTrees,
} from '../planner/small-trees.ts';

export const PROVED_SETS: readonly (SmallSet | NestedSet)[] = [...SMALL_SETS, ...NESTED_SETS];

export interface Refusal {
  readonly image: TreeImage;
  readonly tree: ProcessTree;
  readonly view: Image;
  readonly proof: Proof;
}

/** Nothing is said of births. */
export const NOTHING_GIVEN = { respectCaba: false, births: {} };

export function viewOf(tree: ProcessTree): Image {
  return new Image(tree, NOTHING_GIVEN);
}

export function proofOf(planning: Planning): Proof {
  assert.equal(planning.outcome, 'unrestorable');
  const decided = planning.diagnostics.find(({ severity }: Diagnostic) => severity === 'error')!;
  return decided.detail.proof as Proof;
}

/** `npm run test:enumeration` takes all of them. */
export const ALL = process.env.ENUMERATION === 'full';

/** Of the large sets every so many-th tree is taken, where not all are. */
const LARGE: Partial<Record<SmallSet | NestedSet, number>> = {
  'sessions.n5': 12,
  'zombies.n4': 4,
  'groups.n3': 3,
  'namespaces/one-ns.sessions.n4': 12,
  'namespaces/one-ns.groups.n3': 8,
};

/** The trees of a set, or a share of them. */
export function shareOf(set: SmallSet | NestedSet, verdict: 'reachable' | 'unreachable'): TreeImage[] {
  const every = ALL ? 1 : (LARGE[set] ?? 1);
  return smallTrees(set, verdict).filter((_, i) => i % every === 0);
}

export function* refusals(
  set: SmallSet | NestedSet,
  images = shareOf(set, 'unreachable'),
): Generator<Refusal> {
  for (const image of images) {
    const tree = treeOf(image);
    yield { image, tree, view: viewOf(tree), proof: proofOf(planImage(image)) };
  }
}
