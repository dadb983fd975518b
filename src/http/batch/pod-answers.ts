/** A pod of a batch: its lines as they come, and their answers with one verdict a container and one a pod. */

import { Problem } from '../../errors.ts';
import type { PlanHead } from '../../jobs/make-plan.ts';
import { asProblem } from '../plugins/problem-json.ts';
import { planText } from '../rendering/plan-json.ts';
import { includedMembers } from '../routes/included-members.ts';
import type { Included } from '../routes/parameters.ts';
import type { Service } from '../routes/service.ts';
import { VERDICTS } from '../schemas/batch-schemas.ts';
import { problemLine } from './batch-line.ts';
import { type Judged, judgePod } from './pod-judgement.ts';
import type { PodLines } from './pods.ts';

/** The answers of the lines of one pod, in their order, then that of the pod: JSON without line feeds. */
export async function* podAnswers(
  service: Service,
  { pod, lines }: PodLines,
  include: Included,
): AsyncGenerator<string> {
  const judged = await judgePod(service, lines);
  for (const one of judged) yield await containerAnswer(service, pod, one, include);
  yield podAnswer(pod, judged);
}

async function containerAnswer(
  service: Service,
  pod: string,
  { line, verdict, found, plannedWith }: Judged,
  include: Included,
): Promise<string> {
  const { container = null } = line.labels;
  const more = { pod, container, verdict, plannedWith };
  if (found instanceof Problem) return problemLine(found, line.line, more);
  try {
    const members = `,${JSON.stringify(more).slice(1, -1)}${await includedMembers(service, found, include)}`;
    return await planText(found, include.steps, members);
  } catch (error) {
    return problemLine(asProblem(error), line.line, more);
  }
}

function podAnswer(pod: string, judged: readonly Judged[]): string {
  const verdict = VERDICTS.findLast((one) => judged.some((container) => container.verdict === one));
  const containers = judged.map(({ line, verdict: of, found }) => ({
    line: line.line,
    container: line.labels.container ?? null,
    verdict: of,
    planId: found instanceof Problem ? null : found.id,
    why: whyNot(found),
  }));
  return JSON.stringify({ pod, verdict, containers });
}

function whyNot(found: Judged['found']): string | null {
  if (found instanceof Problem) return found.message;
  const { outcome, diagnostics } = JSON.parse(found.head) as PlanHead;
  if (outcome === 'restorable') return null;
  return diagnostics.find(({ severity }) => severity === 'error')?.message ?? diagnostics[0]?.message ?? null;
}
