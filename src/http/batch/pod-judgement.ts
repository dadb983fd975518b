/**
 * One verdict a container: the plans of a pod, where containers that share a pid namespace have one plan in common.
 *
 * Where a common plan finds no history, the containers that the conflict is about are unrestorable, and the others are
 * planned again without them: so each verdict rests on the plan that it comes with.
 */

import { Problem } from '../../errors.ts';
import type { PlanHead } from '../../jobs/make-plan.ts';
import { infoOf } from '../../jobs/tree-record.ts';
import type { PlanRecord } from '../../store/store.ts';
import type { PlanAsk } from '../plan-request.ts';
import { planned } from '../planned.ts';
import { asProblem } from '../plugins/problem-json.ts';
import { type Service, storeTree } from '../routes/service.ts';
import type { Verdict } from '../schemas/batch-schemas.ts';
import type { BatchLine } from './batch-line.ts';

export interface Judged {
  readonly line: BatchLine;
  readonly verdict: Verdict;
  readonly found: PlanRecord | Problem;
  /** Lines whose processes are in that plan. */
  readonly plannedWith: readonly number[];
}

/** A container with a tree. */
interface Member {
  readonly line: BatchLine;
  readonly asked: PlanAsk;
}

export async function judgePod(service: Service, lines: readonly BatchLine[]): Promise<Judged[]> {
  const judged: Judged[] = [];
  const members: Member[] = [];
  for (const line of lines) {
    const { asked } = line;
    if (asked instanceof Problem) judged.push(...refused([line], asked));
    else members.push({ line, asked });
  }
  try {
    judged.push(...(await judgeMembers(service, members)));
  } catch (error) {
    judged.push(
      ...refused(
        members.map(({ line }) => line),
        asProblem(error),
      ),
    );
  }
  return judged.sort((a, b) => a.line.line - b.line.line);
}

function refused(lines: readonly BatchLine[], problem: Problem): Judged[] {
  return lines.map((line) => ({ line, verdict: 'refused', found: problem, plannedWith: [line.line] }));
}

async function judgeMembers(service: Service, members: readonly Member[]): Promise<Judged[]> {
  const processes = members.reduce((sum, { asked }) => sum + infoOf(asked.treeAtHand.record).processes, 0);
  const { maxProcesses } = service.config.limits;
  if (processes > maxProcesses) {
    throw new Problem('IMAGE_TOO_LARGE', `A pod may have ${maxProcesses} processes; it has ${processes}.`);
  }
  if (members.length === 0) return [];
  const groups = await service.planner.treesTogether(
    members.map(({ line, asked }) => ({
      record: asked.treeAtHand.record,
      pidNamespace: line.labels.pidNamespace ?? null,
    })),
  );
  const judged: Judged[] = [];
  for (const { of, joint, faults } of groups) {
    const group = of.map((at) => members[at]!);
    judged.push(...(await judgeGroup(service, group, joint, faults)));
  }
  return judged;
}

type Together = Awaited<ReturnType<Service['planner']['treesTogether']>>[number];

async function judgeGroup(
  service: Service,
  group: readonly Member[],
  joint: Together['joint'],
  faults: Together['faults'],
): Promise<Judged[]> {
  const lines = group.map(({ line }) => line);
  if (faults.length > 0) {
    const detail = `These containers cannot share a pid namespace: ${faults[0]!.message}`;
    return refused(lines, new Problem('IMAGE_INVALID', detail, { errors: faults }));
  }
  try {
    const ask = joint ? jointAsk(service, group, joint) : group[0]!.asked;
    const plan = await planned(service, ask);
    await Promise.all(group.map(({ asked }) => asked.stored));
    return await verdicts(service, group, plan);
  } catch (error) {
    return refused(lines, asProblem(error));
  }
}

/** @throws Problem BODY_INVALID where two of them want different plans */
function jointAsk(
  service: Service,
  group: readonly Member[],
  record: NonNullable<Together['joint']>,
): PlanAsk {
  const said = group.filter(({ line }) => line.hasOptions);
  const wishes = new Set(said.map(({ asked }) => JSON.stringify(asked.options)));
  if (wishes.size > 1) {
    const where = said.map(({ line }) => line.line).join(', ');
    throw new Problem(
      'BODY_INVALID',
      `Containers that share a pid namespace have one plan, and the lines ${where} have different options.`,
    );
  }
  const { options } = (said[0] ?? group[0]!).asked;
  return { treeAtHand: { record }, options, stored: storeTree(service, record, null) };
}

async function verdicts(service: Service, group: readonly Member[], plan: PlanRecord): Promise<Judged[]> {
  const { outcome, diagnostics } = JSON.parse(plan.head) as PlanHead;
  const plannedWith = group.map(({ line }) => line.line);
  const all = group.map(({ line }): Judged => ({ line, verdict: outcome, found: plan, plannedWith }));
  if (outcome !== 'unrestorable' || group.length === 1) return all;
  const pids = diagnostics.filter(({ code }) => code === 'UNRESTORABLE').flatMap((found) => found.pids);
  const records = group.map(({ asked }) => asked.treeAtHand.record);
  const about = new Set(await service.planner.treesWith(records, pids));
  const others = group.filter((_, at) => !about.has(at));
  if (about.size === 0 || others.length === 0) return all;
  const rest = await judgeMembers(service, others);
  return [...all.filter((_, at) => about.has(at)), ...rest];
}
