/**
 * A local rule: one or two processes that by themselves cannot be as the image has them.
 *
 * `broken` looks at two processes, which may be the same, and names the facts that break the rule, or null. The same
 * function finds a broken rule and checks that one is: a line by this rule has just these facts as its premises.
 */

import type { Image } from './image.ts';
import { type Claim, CONTRADICTION, type Fact, isSameClaim } from './proof.ts';
import type { Rule } from './rule.ts';

export interface LocalRule {
  readonly kernel: readonly string[];
  /** The facts about processes i and j (pids of the image) that break the rule. */
  broken(image: Image, i: number, j: number): Fact[] | null;
}

export function ruleOf(local: LocalRule): Rule {
  return {
    kernel: local.kernel,
    holds(image, premises, claim) {
      if (!isSameClaim(claim, CONTRADICTION)) return false;
      const named = processesOf(image, premises);
      return named.some((i) => named.some((j) => areTheSame(local.broken(image, i, j), premises)));
    },
  };
}

function processesOf(image: Image, premises: readonly Claim[]): number[] {
  const named = new Set<number>();
  for (const claim of premises) {
    if ('process' in claim && image.has(claim.process)) named.add(claim.process);
    if ('processes' in claim)
      for (const process of claim.processes) if (image.has(process)) named.add(process);
  }
  return [...named];
}

function areTheSame(facts: readonly Fact[] | null, premises: readonly Claim[]): boolean {
  if (!facts || facts.length !== premises.length) return false;
  return facts.every((fact, at) => isSameClaim(fact, premises[at]!));
}
