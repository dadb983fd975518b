/**
 * A rule of the proof system: what may follow from what.
 *
 * `holds` gets the premises in the order in which a line names them, all of them lines that were checked before, and
 * says whether the claim follows. Every premise is needed: a rule never holds with one left out, or one too many.
 */

import type { Image } from './image.ts';
import type { Claim, Fact, Statement } from './proof.ts';

export interface Rule {
  /** Kernel rules that it rests on (docs/reference/kernel-rules.md). */
  readonly kernel: readonly string[];
  holds(image: Image, premises: readonly Claim[], claim: Claim): boolean;
}

/** Does it say that one is above the other by birth? */
export function saysAbove(claim: Claim | undefined, upper: number, lower: number): boolean {
  return claim?.says === 'above' && claim.upper === upper && claim.lower === lower;
}

/** The claim, if it is of that kind. */
export function as<S extends Claim['says']>(
  claim: Claim | undefined,
  says: S,
): Extract<Fact | Statement, { readonly says: S }> | undefined {
  return claim?.says === says ? (claim as Extract<Fact | Statement, { readonly says: S }>) : undefined;
}
