/**
 * Two plans of one tree compared: where their steps part, which steps only one of them has, and who is born of whom.
 *
 * In: two step lists. Out: differences up to a limit, with their totals.
 * Steps count as a multiset: a step that merely moved is in neither list, and shows as the place where the plans part.
 * Cost: O(steps) texts; made for answers to people, not for the planning.
 */

import type { Step } from './step.ts';
import { CLONE3, PARENT, type StepList } from './step-list.ts';

export interface BirthDifference {
  readonly pid: number;
  /** Null where the plan does not have the process: a helper of the other. */
  readonly a: Birth | null;
  readonly b: Birth | null;
}

export interface Birth {
  readonly creator: number;
  readonly asSibling: boolean;
}

export interface PlanComparison {
  /** Index of the first step that differs; null where the plans are equal. */
  readonly partAt: number | null;
  readonly onlyInA: readonly Step[];
  readonly onlyInB: readonly Step[];
  readonly births: readonly BirthDifference[];
  readonly totals: { readonly onlyInA: number; readonly onlyInB: number; readonly births: number };
}

/** Of each kind. */
const LISTED = 1000;

export function comparePlans(a: StepList, b: StepList): PlanComparison {
  const [onlyInA, onlyInB] = [surplus(a, b), surplus(b, a)];
  const births = differentBirths(a, b);
  return {
    partAt: firstDifference(a, b),
    onlyInA: onlyInA.slice(0, LISTED).map((i) => a.at(i)),
    onlyInB: onlyInB.slice(0, LISTED).map((i) => b.at(i)),
    births: births.slice(0, LISTED),
    totals: { onlyInA: onlyInA.length, onlyInB: onlyInB.length, births: births.length },
  };
}

function firstDifference(a: StepList, b: StepList): number | null {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (stepKey(a, i) !== stepKey(b, i)) return i;
  return a.length === b.length ? null : common;
}

/** Indexes of the steps of `a` beyond those that `b` has too. */
function surplus(a: StepList, b: StepList): number[] {
  const left = new Map<string, number>();
  for (let i = 0; i < b.length; i++) {
    const key = stepKey(b, i);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  const indexes: number[] = [];
  for (let i = 0; i < a.length; i++) {
    const key = stepKey(a, i);
    const count = left.get(key) ?? 0;
    if (count === 0) indexes.push(i);
    else left.set(key, count - 1);
  }
  return indexes;
}

function stepKey(steps: StepList, i: number): string {
  const isClone = steps.op[i] === CLONE3;
  const value = isClone ? `${steps.innerNumbers(i)} ${steps.exitSignal(i)}` : steps.value[i];
  return `${steps.op[i]} ${steps.actor[i]} ${steps.object[i]} ${value} ${steps.flags[i]}`;
}

/** Of a number that is born several times the last birth counts: the others were helpers. */
function differentBirths(a: StepList, b: StepList): BirthDifference[] {
  const [birthsOfA, birthsOfB] = [lastBirths(a), lastBirths(b)];
  const different: BirthDifference[] = [];
  for (const pid of new Set([...birthsOfA.keys(), ...birthsOfB.keys()])) {
    const [inA, inB] = [birthsOfA.get(pid) ?? null, birthsOfB.get(pid) ?? null];
    if (inA?.creator === inB?.creator && inA?.asSibling === inB?.asSibling) continue;
    different.push({ pid, a: inA, b: inB });
  }
  return different;
}

function lastBirths(steps: StepList): Map<number, Birth> {
  const births = new Map<number, Birth>();
  for (let i = 0; i < steps.length; i++) {
    if (steps.op[i] !== CLONE3) continue;
    births.set(steps.object[i]!, {
      creator: steps.actor[i]!,
      asSibling: (steps.flags[i]! & PARENT) !== 0,
    });
  }
  return births;
}
