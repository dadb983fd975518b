/** A plan's JSON around its stored head: links, and steps and diff where they are asked for. */

import { Readable } from 'node:stream';
import { problemBody } from '../../errors.ts';
import { ENGINE_VERSION } from '../../jobs/engine-version.ts';
import { outcomeOf } from '../../jobs/make-plan.ts';
import type { PendingPlan } from '../../jobs/plan-job.ts';
import { stepsFromBytes } from '../../store/step-bytes.ts';
import type { PlanListing, PlanRecord } from '../../store/store.ts';
import { inBatches } from './batches.ts';
import { ByteText, word } from './byte-text.ts';
import { writeSteps } from './step-json.ts';
import { planWithSteps } from './step-stream.ts';

/** Of any plan, and of those that have steps. */
const VIEWS = ['explanation', 'events'];
const VIEWS_OF_STEPS = ['steps', 'diff', 'births', 'scripts', 'timeline', 'graft', 'preflight'];
const ALL_VIEWS = [...VIEWS_OF_STEPS, ...VIEWS];

/** Views that depend on what came beside the tree. */
const OF_SURROUNDINGS: ReadonlySet<string> = new Set(['requirements', 'criu-command', 'preflight']);

/** Of the plan's tree. */
const TREE_VIEWS = {
  restorers: 'restorers',
  requirements: 'requirements',
  criuCommand: 'criu-command',
} as const;

/** Plans with up to this many steps are sent as one buffer. */
const STEPS_AT_ONCE = 1000;
/** UTF-16 units: a longer head names thousands of helpers, and is encoded by itself. */
const LONG_HEAD = 64 * 1024;

/**
 * @param members further ones, `,"name":value` each, where they are asked for
 * @param surroundings id of what the upload that is answered said beside its tree
 */
export function planBody(
  plan: PlanRecord,
  withSteps: boolean,
  members: string,
  surroundings?: string,
): Buffer | Readable {
  const links = planLinks(plan.id, plan.treeId, viewsOf(plan), surroundings);
  const head = `${plan.head.slice(0, -1)},"links":${links}`;
  if (!withSteps && head.length > LONG_HEAD) return Buffer.from(`${head}${members}}`);
  if (!withSteps) return BODY.begin().text(head).text(members).word(END).taken();
  const steps = stepsFromBytes(plan.steps);
  if (steps.length > STEPS_AT_ONCE)
    return Readable.from(inBatches(planWithSteps(`${head}}`, steps, members)));
  const text = writeSteps(BODY.begin().text(head).word(STEPS), steps);
  return text.word(STEPS_END).text(members).word(END).taken();
}

/** The same as a string. */
export async function planText(plan: PlanRecord, withSteps: boolean, members: string): Promise<string> {
  const body = planBody(plan, withSteps, members);
  return Buffer.isBuffer(body) ? body.toString() : (await body.toArray()).join('');
}

/** Of one body at a time, while `planBody` runs. */
const BODY = new ByteText();
const STEPS = word(',"steps":[');
const STEPS_END = word(']');
const END = word('}');

/** A plan in a list: without helpers, diagnostics and steps. */
export function listedPlanJson(plan: PlanListing): string {
  const { id, treeId, head } = plan;
  const end = head.indexOf(',"helpers":[');
  return `${head.slice(0, end)},"links":${planLinks(id, treeId, viewsOf(plan))}}`;
}

/** A plan that is not there yet, or will not be. */
export function pendingPlanJson(job: PendingPlan): string {
  const { id, treeId, options, state: status, progress, problem } = job;
  return JSON.stringify({
    id,
    status,
    treeId,
    engineVersion: ENGINE_VERSION,
    options,
    progress,
    ...(problem && { error: problemBody(problem) }),
    links: JSON.parse(planLinks(id, treeId, ['events'])),
  });
}

function viewsOf(plan: PlanListing): readonly string[] {
  return outcomeOf(plan) === 'restorable' ? ALL_VIEWS : VIEWS;
}

function planLinks(id: string, treeId: string, views: readonly string[], surroundings?: string): string {
  const query = (view: string): string =>
    surroundings !== undefined && OF_SURROUNDINGS.has(view) ? `?surroundings=${surroundings}` : '';
  let links = `{"self":"/v1/plans/${id}","tree":"/v1/trees/${treeId}"`;
  for (const view of views) links += `,"${view}":"/v1/plans/${id}/${view}${query(view)}"`;
  for (const [name, view] of Object.entries(TREE_VIEWS))
    links += `,"${name}":"/v1/trees/${treeId}/${view}${query(view)}"`;
  return `${links}}`;
}
