/**
 * The lines of a proof that is being looked for, in the order in which they were found.
 *
 * In: rule, premises, claim. Out: the number of the line; at the end a proof. Cost: O(1) a line, a proof O(lines).
 * Much is found that a contradiction does not rest on; `proofOf` keeps what it does, in an order in which a case stands
 * together: a supposition, what rests on it, and then what remains. Lines that were found within a case but do not
 * rest on its supposition come before it.
 */

import type { Image } from '../proof/image.ts';
import { namesIn } from '../proof/names.ts';
import {
  type Claim,
  claimKey,
  type Fact,
  IMAGE,
  type Line,
  type Proof,
  REMAINS,
  SUPPOSE,
} from '../proof/proof.ts';

export class Notes {
  private readonly lines: Line[] = [];
  private readonly facts = new Map<string, number>();

  fact(claim: Fact): number {
    const key = claimKey(claim);
    const known = this.facts.get(key);
    if (known !== undefined) return known;
    const at = this.add(IMAGE, [], claim);
    this.facts.set(key, at);
    return at;
  }

  add(rule: string, from: readonly number[], claim: Claim): number {
    return this.lines.push({ rule, from, claim }) - 1;
  }

  claim(at: number): Claim {
    return this.lines[at]!.claim;
  }

  proofOf(image: Image, contradiction: number): Proof {
    const needed = this.neededBy(contradiction);
    const innermost = this.innermostSuppositions(needed);
    const order: number[] = [];
    const blocks: { readonly lines: readonly number[]; next: number; readonly last: number }[] = [];
    const blockOf = (supposition: number): number[] =>
      needed.filter((at) => innermost.get(at) === supposition && this.lines[at]!.rule !== SUPPOSE);
    blocks.push({ lines: blockOf(-1), next: 0, last: -1 });
    while (blocks.length > 0) {
      const block = blocks.at(-1)!;
      if (block.next === block.lines.length) {
        if (block.last >= 0) order.push(block.last);
        blocks.pop();
        continue;
      }
      const at = block.lines[block.next++]!;
      const { rule, from } = this.lines[at]!;
      if (rule !== REMAINS) {
        order.push(at);
        continue;
      }
      order.push(from[1]!);
      blocks.push({ lines: blockOf(from[1]!), next: 0, last: at });
    }
    const place = new Map(order.map((at, i) => [at, i]));
    const lines = order.map((at) => {
      const { rule, from, claim } = this.lines[at]!;
      return { rule, from: from.map((premise) => place.get(premise)!), claim };
    });
    return { names: namesIn(image, lines), lines };
  }

  /** Lines that a line rests on, and the line itself, ascending. */
  private neededBy(last: number): number[] {
    const needed = new Set([last]);
    for (let at = last; at >= 0; at--) {
      if (needed.has(at)) for (const premise of this.lines[at]!.from) needed.add(premise);
    }
    return [...needed].sort((a, b) => a - b);
  }

  /** The last supposition that each line rests on; −1: none. */
  private innermostSuppositions(needed: readonly number[]): Map<number, number> {
    const restsOn = new Map<number, readonly number[]>();
    for (const at of needed) {
      const { rule, from } = this.lines[at]!;
      const all = new Set(from.flatMap((premise) => restsOn.get(premise)!));
      if (rule === SUPPOSE) all.add(at);
      if (rule === REMAINS) all.delete(from[1]!);
      restsOn.set(at, [...all]);
    }
    return new Map([...restsOn].map(([at, all]) => [at, Math.max(-1, ...all)]));
  }
}
