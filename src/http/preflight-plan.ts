/**
 * A plan and what its tree asks for, held against a target; and the command that restores it there.
 *
 * In: a plan, the target as it was sent, whose surroundings. Out: each requirement judged, the verdict, the command with
 * the token of the check where nothing is in the way. Where only numbers of helpers are, the plan is made anew.
 */

import type { CommandOption } from '../engine/requirements/criu-options.ts';
import type { Judgement } from '../engine/requirements/judge.ts';
import type { Surroundings } from '../engine/requirements/surroundings.ts';
import { outcomeOf, type PlanHead } from '../jobs/make-plan.ts';
import { canonicalOptions } from '../jobs/plan-identity.ts';
import type { JudgedPlan } from '../jobs/preflight-view.ts';
import type { PlanRecord } from '../store/store.ts';
import { checkToken } from '../target/check-token.ts';
import { planned } from './planned.ts';
import { readyPlanOf, type Service, saidBeside, treeOf } from './routes/service.ts';
import { viewOfTree } from './told-of-tree.ts';

/** @throws Problem PLAN_NOT_FOUND, PLAN_NOT_READY, SURROUNDINGS_NOT_FOUND, and what the target has wrong */
export async function preflightOf(
  service: Service,
  planId: string,
  target: Buffer,
  surroundingsId: string | undefined,
) {
  const asked = await readyPlanOf(service, planId);
  const surroundings = await saidBeside(service, asked.treeId, surroundingsId);
  const { plan, judgement, criu } = await judged(service, asked, target, surroundings);
  const { requirements, conflicts } = judgement;
  const ok = conflicts.length === 0;
  const token = ok ? checkToken(judgement) : null;
  const command = await commandOf(service, plan, criu, surroundings, token);
  return {
    planId: plan.id,
    ok,
    verdict: verdictOf(judgement, command),
    conflicts,
    requirements,
    token,
    command,
    ...(plan.id !== asked.id && { madeAnewFrom: asked.id }),
  };
}

/** Of the plan that was asked for; of one with other helpers where only their numbers are in the way. */
async function judged(
  service: Service,
  asked: PlanRecord,
  body: Buffer,
  surroundings: Surroundings | null,
): Promise<JudgedPlan & { plan: PlanRecord }> {
  const { planner } = service;
  const first = { plan: asked, ...(await planner.preflight(asked, body, surroundings)) };
  if (first.inTheWay === null) return first;
  const { options } = JSON.parse(asked.head) as PlanHead;
  const occupiedPids = [...options.occupiedPids, ...first.inTheWay];
  const treeAtHand = { record: await treeOf(service, asked.treeId) };
  const others = canonicalOptions({ ...options, occupiedPids });
  const plan = await planned(service, { treeAtHand, options: others, stored: Promise.resolve() });
  if (outcomeOf(plan) !== 'restorable') return first;
  const again = { plan, ...(await planner.preflight(plan, body, surroundings)) };
  return again.judgement.conflicts.length < first.judgement.conflicts.length ? again : first;
}

interface Command {
  /** Null: nothing that is known restores the tree. */
  readonly restore: string | null;
  readonly by: 'criu' | 'regraft' | 'podman' | null;
  readonly why: string | null;
  readonly options: readonly CommandOption[];
}

interface Restorer {
  readonly restorer: string;
  readonly version: string;
  readonly outcome: string;
  readonly why: string | null;
  readonly graft: boolean;
  readonly mayHangFor?: readonly number[];
}

/** By the release that the target has; 4.3 where it does not say. */
async function commandOf(
  service: Service,
  plan: PlanRecord,
  criu: string | undefined,
  surroundings: Surroundings | null,
  token: string | null,
): Promise<Command> {
  const record = await treeOf(service, plan.treeId);
  const { restorers } = await viewOfTree<{ restorers: Restorer[] }>(
    service,
    record,
    'restorers',
    surroundings,
  );
  const view = await viewOfTree<{ options: CommandOption[] }>(service, record, 'criu-command', surroundings);
  const options = view.options.filter(({ at }) => at !== 'dump');
  const release = /^\D*4\.[012](?:\D|$)/.test(criu ?? '') ? '4.2' : '4.3';
  const found = restorers.find(({ restorer, version }) => restorer === 'criu' && version === release);
  const given = options.map(({ option }) => ` ${option}`).join('');
  const byPodman = surroundings?.container?.manager === 'libpod';
  const podman = 'podman container restore --import';
  if (found?.outcome === 'restores' && !found.mayHangFor) {
    if (byPodman) return { restore: `${podman} ARCHIVE`, by: 'podman', why: null, options };
    return { restore: `criu restore -D DIR${given}`, by: 'criu', why: null, options };
  }
  const why = found?.why ?? null;
  if (!found?.graft) return { restore: null, by: null, why, options };
  if (byPodman) {
    const graft = `npx regraft graft ARCHIVE --out GRAFTED --criu ${release}`;
    return { restore: `${graft} && ${podman} GRAFTED`, by: 'regraft', why, options };
  }
  const check = token ? ` --check ${token}` : '';
  return { restore: `npx regraft restore DIR${check}${given && ` --${given}`}`, by: 'regraft', why, options };
}

function verdictOf({ conflicts }: Judgement, { by }: Command): 'yes' | 'not now' | 'never' | 'no restorer' {
  if (conflicts.some(({ when }) => when === 'never')) return 'never';
  if (by === null) return 'no restorer';
  return conflicts.length > 0 ? 'not now' : 'yes';
}
