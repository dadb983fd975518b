/** Refusals of the exhaustive sets with their proofs. */

import assert from 'node:assert/strict';
import type { Diagnostic } from '../../../src/engine/answer-types/diagnostic.ts';
import type { Planning } from '../../../src/engine/plan/planning.ts';
import { checkProof } from '../../../src/engine/proof/check-proof.ts';
import { Image, NOTHING_GIVEN } from '../../../src/engine/proof/image.ts';
import type { Proof } from '../../../src/engine/proof/proof.ts';
import { refute } from '../../../src/engine/refute/refute.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, treeOf } from '../../histories/proven-plan.ts';
import { fittingTrees, imageOf, type NamespaceForest } from '../planner/nested/enumeration.ts';
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

export function viewOf(tree: ProcessTree): Image {
  return new Image(tree, NOTHING_GIVEN);
}

export function proofOf(planning: Planning): Proof {
  assert.equal(planning.outcome, 'unrestorable');
  const decided = planning.diagnostics.find(({ severity }: Diagnostic) => severity === 'error')!;
  return decided.detail.proof as Proof;
}

export const ONE: NamespaceForest = [-1];

/** Every tree of so many processes in sessions that fits the local rules and is refuted. */
export function* enumeratedRefusals(forest: NamespaceForest, processes: number): Generator<Refusal> {
  for (const shape of fittingTrees(forest, processes)) {
    const image = imageOf(forest, shape);
    const tree = treeOf(image);
    const view = viewOf(tree);
    const proof = refute(view, Array.from(tree.pid), { work: 1e7 });
    if (proof) yield { image, tree, view, proof };
  }
}

/** The proof with one premise of one line left out, each in turn. */
function* withoutOnePremise(proof: Proof): Generator<Proof> {
  for (const [at, { from }] of proof.lines.entries()) {
    for (const left of from.keys()) {
      const fewer = from.filter((_, i) => i !== left);
      yield { ...proof, lines: proof.lines.map((line, i) => (i === at ? { ...line, from: fewer } : line)) };
    }
  }
}

/** Proofs that the checker accepted, and not with any premise left out. */
export class AcceptedProofs {
  private proofs = 0;
  private steps = 0;
  private most = 0;
  private supposing = 0;

  accept({ view, proof, image }: Refusal): void {
    const check = checkProof(view, proof);
    assert.ok(check.valid, JSON.stringify({ image, proof, check }));
    this.proofs++;
    this.steps += check.steps;
    this.most = Math.max(this.most, check.steps);
    if (proof.lines.some(({ rule }) => rule === 'suppose')) this.supposing++;
    for (const weaker of withoutOnePremise(proof))
      assert.ok(!checkProof(view, weaker).valid, JSON.stringify({ weaker, image }));
  }

  toString(): string {
    const { proofs, steps, most, supposing } = this;
    return `${proofs} proofs, ${steps} steps, at most ${most}; ${supposing} with suppositions`;
  }
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
