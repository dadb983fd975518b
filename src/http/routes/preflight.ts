/** Preflight: a plan and what its tree asks for, held against a target; and the command that restores it there. */

import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import type { Static, TSchema } from 'typebox';
import Type from 'typebox';
import type { CommandOption } from '../../engine/requirements/criu-options.ts';
import type { Judgement } from '../../engine/requirements/judge.ts';
import type { Surroundings } from '../../engine/requirements/surroundings.ts';
import { Problem } from '../../errors.ts';
import { TargetSchema } from '../../formats/target-schema.ts';
import type { PlanHead } from '../../jobs/make-plan.ts';
import { canonicalOptions } from '../../jobs/plan-identity.ts';
import { PlanJob } from '../../jobs/plan-job.ts';
import type { JudgedPlan } from '../../jobs/preflight-view.ts';
import type { PlanRecord } from '../../store/store.ts';
import { checkToken } from '../../target/check-token.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { checkParameters } from '../plugins/parameter-check.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { BODY, VIEW } from '../schemas/route-answers.ts';
import { IdParams, SurroundingsQuery } from './parameters.ts';
import { readyPlanOf, type Service, surroundingsOf, treeOf } from './service.ts';

/** A million numbers that are taken. */
const LARGEST_TARGET_BYTES = 8 << 20;

/** The body is still text. */
const allButTheBody: FastifySchemaCompiler<TSchema> = (part) =>
  part.httpPart === 'body' ? (value) => ({ value }) : checkParameters(part);

export function preflightRoute(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    // Read, checked and judged in one piece of work: on another thread where it is large.
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    scope.post<{
      Params: Static<typeof IdParams>;
      Querystring: Static<typeof SurroundingsQuery>;
      Body: Buffer;
    }>(
      '/v1/plans/:id/preflight',
      {
        bodyLimit: LARGEST_TARGET_BYTES,
        decompress: { requestEncodings: ['gzip'] },
        validatorCompiler: allButTheBody,
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
        if (!request.body?.length)
          throw new Problem('BODY_EMPTY', 'The body is to be a JSON object: {} says nothing.');
        const asked = await readyPlanOf(service, request.params.id);
        const found = await surroundingsOf(service, asked.treeId, request.query.surroundings);
        const surroundings = found && (JSON.parse(found.text) as Surroundings);
        const { plan, judgement, criu } = await judged(service, asked, request.body, surroundings);
        const { requirements, conflicts } = judgement;
        const ok = conflicts.length === 0;
        const token = ok ? checkToken(judgement) : null;
        const command = await commandOf(service, plan, criu, surroundings, token);
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
  });
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
  const stored = Promise.resolve();
  const planned = await planner.queue.plan({ treeAtHand, options: others, stored, inBackground: false });
  const plan = planned instanceof PlanJob ? await planned.done : planned;
  if ((JSON.parse(plan.head) as PlanHead).outcome !== 'restorable') return first;
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
