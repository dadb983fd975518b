/**
 * A proof that no history of the kernel leads to a tree: data, to be checked, shown and kept.
 *
 * A proof is a list of lines. A line says one thing, names the rule that it follows by, and the lines before it that
 * the rule takes as its premises; facts of the image are lines too, by the rule `image`. The last line says that this
 * is a contradiction. Processes are named by their numbers on level 0; a session leader that is gone has the number of
 * its session. Process 0 stands for whoever is outside the image.
 */

import type { Kind } from '../tree/sharing-columns.ts';

/** What the image, or the request, says of one process. */
export type Fact =
  /** `parent` 0: outside the image. */
  | { readonly says: 'parent'; readonly process: number; readonly parent: number }
  /** Neither the ancestor nor anybody between the two is the init of a pid namespace. */
  | { readonly says: 'ancestor'; readonly process: number; readonly ancestor: number }
  /** The same, and the ancestor lives where everybody between the two lives, and the parent of the process. */
  | { readonly says: 'ancestor inside'; readonly process: number; readonly ancestor: number }
  | { readonly says: 'session'; readonly process: number; readonly session: number }
  | { readonly says: 'group'; readonly process: number; readonly group: number }
  | { readonly says: 'zombie'; readonly process: number }
  | { readonly says: 'exit status'; readonly process: number; readonly status: number }
  | { readonly says: 'thread'; readonly process: number; readonly thread: number }
  | { readonly says: 'namespace'; readonly process: number; readonly namespace: string }
  /** Where its next child would be born. */
  | { readonly says: 'namespace for children'; readonly process: number; readonly namespace: string }
  /** `process` 0: the init of level 0 is outside the image. */
  | { readonly says: 'init'; readonly process: number; readonly namespace: string }
  /** Numbers on all levels, level 0 first. */
  | {
      readonly says: 'numbers';
      readonly process: number;
      readonly of: 'process' | 'session' | 'group';
      readonly numbers: readonly number[];
    }
  | { readonly says: 'root'; readonly process: number }
  | { readonly says: 'absent'; readonly process: number }
  | { readonly says: 'present'; readonly process: number }
  /** Which of these hold the same object of a kind: equal numbers; −1: nothing is said of it. */
  | {
      readonly says: 'objects';
      readonly kind: Kind;
      readonly processes: readonly number[];
      readonly classes: readonly number[];
    }
  /** Signal to the parent at exit. */
  | { readonly says: 'exit signal'; readonly process: number; readonly signal: number }
  /** Device number of the controlling terminal, 0 none. */
  | { readonly says: 'terminal'; readonly process: number; readonly device: number }
  /** The closest alive born ancestor, as the image or the request gives it. */
  | { readonly says: 'given birth'; readonly process: number; readonly ancestor: number };

/** What follows. "Above" is by birth: `upper` executed the clone that made `lower`, or one of its ancestors did. */
export type Statement =
  | { readonly says: 'above'; readonly upper: number; readonly lower: number }
  | { readonly says: 'one above the other'; readonly first: number; readonly second: number }
  | { readonly says: 'born in session'; readonly process: number; readonly session: number }
  /** Of a leader that is gone. */
  | { readonly says: 'lived in'; readonly process: number; readonly namespace: string }
  /** It made a sibling of itself by CLONE_PARENT; all of these siblings have that parent for ever. */
  | { readonly says: 'made siblings below'; readonly process: number; readonly parent: number }
  | { readonly says: 'always in group'; readonly process: number; readonly group: number }
  | { readonly says: 'born in group'; readonly process: number; readonly group: number }
  | { readonly says: 'was in group'; readonly process: number; readonly group: number }
  | { readonly says: 'contradiction' };

export type Claim = Fact | Statement;

export interface Line {
  readonly rule: string;
  /** Places of the premises in the list of lines. */
  readonly from: readonly number[];
  readonly claim: Claim;
}

export interface Proof {
  readonly names: Names;
  readonly lines: readonly Line[];
}

/** What a reader has to know of the numbers in a proof. */
export interface Names {
  readonly root: number;
  /** Session leaders that are not in the image. */
  readonly gone: readonly number[];
  /** Sessions whose leader is outside the image, 0 apart. */
  readonly outside: readonly number[];
}

/** By this rule a line is a fact of the image. */
export const IMAGE = 'image';
/** One of two possibilities is tried: from the line that says that there are just these two. */
export const SUPPOSE = 'suppose';
/** It led to a contradiction, so it is the other one: from the two possibilities, the supposition, the contradiction. */
export const REMAINS = 'remains';

export const CONTRADICTION: Statement = { says: 'contradiction' };

/** Do two claims say the same? */
export function isSameClaim(a: Claim, b: Claim): boolean {
  return claimKey(a) === claimKey(b);
}

/** A text that is the same for the same claims only. */
export function claimKey(claim: Claim): string {
  return JSON.stringify(Object.entries(claim).sort(([a], [b]) => (a < b ? -1 : 1)));
}
