/**
 * Checks a proof against an image, line by line, and believes nothing of whoever made it.
 *
 * In: an image and a proof. Out: the number of lines that are facts and of those that follow, or what is wrong with
 * which line.
 * Invariant: a line holds in every history of the image in which the suppositions that it rests on hold. A supposition
 * rests on itself; what follows rests on what its premises rest on; a possibility that remains no longer rests on the
 * supposition that was refuted. So a contradiction that rests on nothing says that there is no history.
 * This room imports the tree and nothing of the planner. Cost: O(lines × (premises + suppositions)).
 */

import type { Image } from './image.ts';
import { isFactOf } from './image-facts.ts';
import { namesIn } from './names.ts';
import {
  type Claim,
  CONTRADICTION,
  IMAGE,
  isSameClaim,
  type Line,
  type Names,
  type Proof,
  REMAINS,
  SUPPOSE,
} from './proof.ts';
import { as, saysAbove } from './rule.ts';
import { RULES } from './rules.ts';

export type ProofCheck =
  | { readonly valid: true; readonly facts: number; readonly steps: number }
  | { readonly valid: false; readonly line: number; readonly fault: string };

/** Lines of a proof that is looked at. */
const LONGEST = 100_000;

export function checkProof(image: Image, proof: Proof): ProofCheck {
  const { lines, names } = proof;
  const fault = (line: number, text: string): ProofCheck => ({ valid: false, line, fault: text });
  if (lines.length === 0 || lines.length > LONGEST) return fault(0, 'it is empty, or too long');
  /** Places of the suppositions that each line rests on, ascending. */
  const restsOn: (readonly number[])[] = [];
  const used = new Uint8Array(lines.length);
  let facts = 0;
  for (const [at, line] of lines.entries()) {
    if (line.from.some((from) => !(from >= 0 && from < at && Number.isInteger(from))))
      return fault(at, 'a premise is no line before it');
    const premises = line.from.map((from) => lines[from]!.claim);
    const rests = restsOf(image, lines, at, premises, restsOn);
    if (!rests) return fault(at, `it does not follow by the rule "${line.rule}"`);
    restsOn.push(rests);
    for (const from of line.from) used[from] = 1;
    if (line.rule === IMAGE) facts++;
  }
  const last = lines.length - 1;
  if (!isSameClaim(lines[last]!.claim, CONTRADICTION))
    return fault(last, 'the last line is no contradiction');
  if (restsOn[last]!.length > 0) return fault(last, 'the contradiction rests on a supposition');
  const idle = used.indexOf(0);
  if (idle < last) return fault(idle, 'nothing rests on it');
  if (!areSameNames(names, namesIn(image, lines))) return fault(last, 'it calls a process what it is not');
  return { valid: true, facts, steps: lines.length - facts };
}

function areSameNames(a: Names, b: Names): boolean {
  return a.root === b.root && a.gone.join() === b.gone.join() && a.outside.join() === b.outside.join();
}

/** The suppositions that a line rests on; null: it does not follow. */
function restsOf(
  image: Image,
  lines: readonly Line[],
  at: number,
  premises: readonly Claim[],
  restsOn: readonly (readonly number[])[],
): readonly number[] | null {
  const { rule, from, claim } = lines[at]!;
  if (rule === IMAGE) return from.length === 0 && isFactOf(image, claim) ? [] : null;
  if (rule === SUPPOSE) {
    if (from.length !== 1 || !isOneOf(premises[0]!, claim)) return null;
    return [...restsOn[from[0]!]!, at];
  }
  const all = [...new Set(from.flatMap((premise) => restsOn[premise]!))].sort((a, b) => a - b);
  if (rule === REMAINS) {
    const [either, supposed, refuted] = from;
    if (from.length !== 3 || lines[supposed!]!.rule !== SUPPOSE || lines[supposed!]!.from[0] !== either)
      return null;
    if (!isSameClaim(lines[refuted!]!.claim, CONTRADICTION) || !restsOn[refuted!]!.includes(supposed!))
      return null;
    if (!isOneOf(premises[0]!, claim) || isSameClaim(premises[1]!, claim)) return null;
    return all.filter((supposition) => supposition !== supposed);
  }
  return RULES.get(rule)?.holds(image, premises, claim) ? all : null;
}

/** Is a claim one of the two possibilities? */
function isOneOf(possibilities: Claim, claim: Claim): boolean {
  const either = as(possibilities, 'one above the other');
  if (!either) return false;
  const { first, second } = either;
  return saysAbove(claim, first, second) || saysAbove(claim, second, first);
}
