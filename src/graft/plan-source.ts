/** The plan of a graft from elsewhere: a file, or a server. It is believed in nothing: the graft is checked here. */

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { createRegraftClient } from '../client/index.ts';
import type { PlanToGraft } from '../engine/handover/graft-tree.ts';
import { type Helper, helperList } from '../engine/plan/helper-list.ts';
import type { Step } from '../engine/plan/step.ts';
import { StepList, statusOf } from '../engine/plan/step-list.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { HelperSchema, StepSchema } from '../formats/plan-schema.ts';
import { treeImage } from '../formats/write-tree.ts';
import { ProgressLine } from '../terminal/progress-line.ts';
import { toldBody } from '../terminal/told-body.ts';
import { GraftError } from './graft-error.ts';

const PlanFile = Type.Object({
  outcome: Type.String(),
  helpers: Type.Array(HelperSchema),
  steps: Type.Array(StepSchema),
});
const planFile = Compile(PlanFile);

/** @throws GraftError where the file is no plan with its steps */
export function planOfFile(file: string): PlanToGraft | null {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new GraftError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return planOf(content, file);
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/** @throws GraftError where the server gives no plan */
export async function planOfServer(
  server: string,
  tree: ProcessTree,
  token?: string,
): Promise<PlanToGraft | null> {
  const progress = new ProgressLine();
  const client = createRegraftClient({
    baseUrl: server.replace(/\/+$/, ''),
    ...(token && { token }),
    fetch: (request) => fetchTold(request, progress),
  });
  const refused = (why: unknown): GraftError => new GraftError(`${server}: ${why}`);
  try {
    const { data, error } = await client.POST('/v1/plans', {
      params: { query: { include: 'steps' } },
      body: { tree: treeImage(tree), options: { allowCloneParent: false } },
    });
    if (error) throw refused(error.detail);
    for (let plan: unknown = data, wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      const { id, status, progress: at } = plan as PlanUnderWay;
      if (status === 'ready') return planOf(plan, server);
      if (status !== 'running') throw refused(`the planning ${status}`);
      if (at) progress.tell(`Planning: ${at.phase}`, at.phasesDone / at.phases);
      await pause(wait);
      const next = await client.GET('/v1/plans/{id}', {
        params: { path: { id }, query: { include: 'steps' } },
      });
      if (next.error) throw refused(next.error.detail);
      plan = next.data;
    }
  } catch (error) {
    if (error instanceof GraftError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw refused(cause instanceof Error ? cause.message : String(cause));
  } finally {
    progress.end();
  }
}

interface PlanUnderWay {
  readonly id: string;
  readonly status: string;
  readonly progress?: { readonly phase: string; readonly phasesDone: number; readonly phases: number };
}

async function fetchTold(request: Request, progress: ProgressLine): Promise<Response> {
  // A told body is sent once: only without it a server can redirect.
  if (request.body === null || !process.stderr.isTTY) return fetch(request);
  const { url, method, headers } = request;
  const body = toldBody(await request.text(), (words, share) => progress.tell(words, share));
  return fetch(url, { method, headers, ...body });
}

function planOf(content: unknown, from: string): PlanToGraft | null {
  if (!planFile.Check(content)) {
    const [fault] = planFile.Errors(content);
    throw noPlan(from, `${fault?.instancePath} ${fault?.message}`);
  }
  if (content.outcome !== 'restorable') return null;
  const steps = new StepList(Math.max(16, content.steps.length));
  for (const given of content.steps as Step[]) append(steps, given, from);
  return { steps, helpers: helperList(content.helpers as Helper[]) };
}

function noPlan(from: string, why: string): GraftError {
  return new GraftError(`${from} is no plan of one pid namespace with its steps: ${why}`);
}

function append(steps: StepList, step: Step, from: string): void {
  switch (step.op) {
    case 'clone3':
      if (step.flags.length > 0) {
        throw new GraftError(
          `${from} uses ${step.flags.join(', ')}, which CRIU cannot: plan with allowCloneParent false`,
        );
      }
      steps.clone3(step.pid, step.child, 0);
      break;
    case 'setsid':
      steps.setsid(step.pid);
      break;
    case 'setpgid':
      steps.setpgid(step.pid, step.target, step.pgid);
      break;
    case 'prctl':
      steps.subreaper(step.pid, step.value);
      break;
    case 'exit':
      steps.exit(step.pid, statusOf(step));
      break;
    case 'wait4':
      steps.wait4(step.pid, step.child);
      break;
    default:
      throw noPlan(from, `it has ${step.op}`);
  }
}
