/** Preflight: a plan and what its tree asks for, held against a target; and the command that restores it there. */

import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import type { CommandOption } from '../../engine/requirements/criu-options.ts';
import type { Judgement } from '../../engine/requirements/judge.ts';
import type { Surroundings } from '../../engine/requirements/surroundings.ts';
import type { TargetFacts } from '../../engine/requirements/target.ts';
import type { PlanHead } from '../../jobs/make-plan.ts';
import { canonicalOptions } from '../../jobs/plan-identity.ts';
import { PlanJob } from '../../jobs/plan-job.ts';
import type { PlanRecord } from '../../store/store.ts';
import { checkToken } from '../../target/check-token.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { BODY, VIEW } from '../schemas/route-answers.ts';
import { TargetSchema } from '../schemas/target-schemas.ts';
import { IdParams, SurroundingsQuery } from './parameters.ts';
import { readyPlanOf, type Service, surroundingsOf, treeOf } from './service.ts';

/** A million numbers that are taken; it is parsed and checked on the main thread. */
const LARGEST_TARGET_BYTES = 8 << 20;

export function preflightRoute(app: FastifyInstance, service: Service): void {
  app.post<{
    Params: Static<typeof IdParams>;
    Querystring: Static<typeof SurroundingsQuery>;
    Body: Static<typeof TargetSchema>;
  }>(
    '/v1/plans/:id/preflight',
    {
      bodyLimit: LARGEST_TARGET_BYTES,
      decompress: { requestEncodings: ['gzip'] },
      schema: {
        tags: ['plans'],
        operationId: 'preflight',
        summary: 'Will it restore on this target, and by which command?',
        description:
          'Each requirement is met, in conflict, or not checked because the body leaves it out; each conflict comes with its remedy. ' +
          '`regraft scan --target` writes the body on a node. Where only numbers of helpers collide, the plan is made anew, and `planId` is the new one.',
        params: IdParams,
        querystring: SurroundingsQuery,
        body: TargetSchema,
        response: {
          200: {
            description: 'The judgement; `conflicts` is empty where nothing speaks against it',
            content: { 'application/json': { schema: Type.Ref('Preflight') } },
          },
          ...problemAnswers([...VIEW, ...BODY, 'PLAN_EMPTY', 'SURROUNDINGS_NOT_FOUND']),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const asked = await readyPlanOf(service, request.params.id);
      const found = await surroundingsOf(service, asked.treeId, request.query.surroundings);
      const surroundings = found && (JSON.parse(found.text) as Surroundings);
      const { plan, judgement } = await judged(service, asked, request.body, surroundings);
      const { requirements, conflicts } = judgement;
      const ok = conflicts.length === 0;
      const token = ok ? checkToken(judgement) : null;
      const command = await commandOf(service, plan, request.body, surroundings, token);
      return reply.type(JSON_TYPE).send(
        JSON.stringify({
          planId: plan.id,
          ok,
          verdict: verdictOf(judgement, command),
          conflicts,
          requirements,
          token,
          command,
          ...(plan.id !== asked.id && { madeAnewFrom: asked.id }),
        }),
      );
    },
  );
}

/** Of the plan that was asked for; of one with other helpers where only their numbers are in the way. */
async function judged(
  service: Service,
  asked: PlanRecord,
  target: TargetFacts,
  surroundings: Surroundings | null,
): Promise<{ plan: PlanRecord; judgement: Judgement }> {
  const { planner } = service;
  const judgement = await planner.preflight(asked, target, surroundings);
  const first = { plan: asked, judgement };
  if (!judgement.conflicts.some(isOfHelpers) || !target.occupiedPids) return first;
  const { options } = JSON.parse(asked.head) as PlanHead;
  const occupiedPids = [...options.occupiedPids, ...target.occupiedPids];
  const treeAtHand = { record: await treeOf(service, asked.treeId) };
  const others = canonicalOptions({ ...options, occupiedPids });
  const stored = Promise.resolve();
  const planned = await planner.queue.plan({ treeAtHand, options: others, stored, inBackground: false });
  const plan = planned instanceof PlanJob ? await planned.done : planned;
  if ((JSON.parse(plan.head) as PlanHead).outcome !== 'restorable') return first;
  const again = await planner.preflight(plan, target, surroundings);
  return again.conflicts.length < judgement.conflicts.length ? { plan, judgement: again } : first;
}

function isOfHelpers({ code, detail }: Judgement['conflicts'][number]): boolean {
  return code === 'PID_CONFLICT' && detail.kind === 'helpers';
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
  { criu }: TargetFacts,
  surroundings: Surroundings | null,
  token: string | null,
): Promise<Command> {
  const record = await treeOf(service, plan.treeId);
  const restorers = member<Restorer[]>(
    await service.planner.treeView(record, 'restorers', surroundings),
    'restorers',
  );
  const view = await service.planner.treeView(record, 'criu-command', surroundings);
  const options = member<CommandOption[]>(view, 'options').filter(({ at }) => at !== 'dump');
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

function member<T>(json: string | Uint8Array, name: string): T {
  return JSON.parse(typeof json === 'string' ? json : Buffer.from(json).toString())[name] as T;
}
