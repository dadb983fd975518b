/**
 * Judge: requirements held against what a target says. Each is met, in conflict, or not checked.
 *
 * In: requirements, the conflicts of the plan itself (engine/plan/preflight.ts), the target. Out: the requirements with
 * their status, and all conflicts. Invariant: a requirement that a conflict names is in conflict; one that no fact of the
 * target answers is not checked. Cost: linear.
 */

import type { Conflict, PreflightCode } from '../plan/preflight.ts';
import { CHECKS } from './checks.ts';
import type { Fault } from './fault.ts';
import type { Property, Requirement } from './requirement.ts';
import type { TargetFacts } from './target.ts';

export const STATUSES = ['met', 'conflict', 'not checked'] as const;

export interface JudgedRequirement extends Requirement {
  readonly status: (typeof STATUSES)[number];
}

export interface TargetConflict extends Fault {
  /** Of the requirement. */
  readonly property: Property;
  readonly pids: readonly number[];
}

export interface Judgement {
  readonly requirements: readonly JudgedRequirement[];
  readonly conflicts: readonly TargetConflict[];
}

/** Which fact answers a requirement of the tree, and by which code a plan's conflict is one of it. */
const OF_PLAN: {
  readonly [P in Property]?: readonly [fact: keyof TargetFacts, codes: readonly PreflightCode[]];
} = {
  numbers: ['occupiedPids', ['PID_CONFLICT']],
  lowestFreeNumber: ['occupiedPids', []],
  init: ['occupiedPids', ['INIT_MISSING']],
  pidMax: ['pidMax', ['PID_MAX_EXCEEDED']],
  kernel: ['kernelRelease', ['KERNEL_TOO_OLD', 'KERNEL_UNKNOWN']],
  capabilities: ['capabilities', ['CAPABILITY_MISSING']],
  tasks: ['pidsLimit', ['PIDS_LIMIT_EXCEEDED']],
};

export function judge(
  requirements: readonly Requirement[],
  ofPlan: readonly Conflict[],
  target: TargetFacts,
): Judgement {
  const conflicts: TargetConflict[] = ofPlan.map((conflict) => ({
    ...conflict,
    property: propertyOf(conflict.code),
    when: conflict.code === 'KERNEL_TOO_OLD' ? 'never' : 'not now',
  }));
  const judged = requirements.map((requirement): JudgedRequirement => {
    const { property } = requirement;
    const found = foundOf(requirement, target, conflicts);
    if (found === undefined) return { ...requirement, status: 'not checked' };
    conflicts.push(...found.map((fault) => ({ ...fault, property, pids: [] })));
    const inConflict = found.length > 0 || conflicts.some((conflict) => conflict.property === property);
    return { ...requirement, status: inConflict ? 'conflict' : 'met' };
  });
  return { requirements: judged, conflicts };
}

/** Faults besides those of the plan; undefined: nothing answers it. */
function foundOf(
  { property, captured }: Requirement,
  target: TargetFacts,
  conflicts: readonly TargetConflict[],
): readonly Fault[] | undefined {
  const row = OF_PLAN[property];
  if (!row) return CHECKS[property]?.(captured, target);
  if (target[row[0]] !== undefined) return [];
  return conflicts.some((conflict) => conflict.property === property) ? [] : undefined;
}

function propertyOf(code: PreflightCode): Property {
  const properties = Object.keys(OF_PLAN) as Property[];
  return properties.find((property) => OF_PLAN[property]![1].includes(code)) ?? 'numbers';
}
