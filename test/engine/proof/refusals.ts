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
  someSmallTrees,
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

export function* refusals(
  set: SmallSet | NestedSet,
  images: readonly TreeImage[] = someSmallTrees(set, 'unreachable'),
): Generator<Refusal> {
  for (const image of images) {
    const tree = treeOf(image);
    yield { image, tree, view: viewOf(tree), proof: proofOf(planImage(image)) };
  }
}
