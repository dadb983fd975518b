/** Births: recorded ones are put into a tree; those of a plan are shown, with what is certain about them. */

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { treeImageText } from '../../formats/write-tree.ts';
import { treeFromBytes } from '../../store/tree-bytes.ts';
import { notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { inBatches } from '../rendering/batches.ts';
import { BIRTH_UPLOADS } from '../schemas/birth-schemas.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { leaveBodiesAlone } from '../upload/receive-upload.ts';
import { IdParams } from './parameters.ts';
import { readyPlanOf, receive, type Service, treeOf } from './service.ts';
import { treeJson } from './trees.ts';

const TREE_ANSWER = { content: { 'application/json': { schema: Type.Ref('TreeWithBirths') } } };

export function birthRoutes(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    leaveBodiesAlone(scope);
    postBirths(scope, service);
  });
  getBirths(app, service);
}

function postBirths(app: FastifyInstance, service: Service): void {
  app.post<{ Params: Static<typeof IdParams> }>(
    '/v1/trees/:id/births',
    {
      config: { uploads: BIRTH_UPLOADS },
      schema: {
        tags: ['trees'],
        operationId: 'postBirths',
        summary: 'Fill in closest alive born ancestors from recorded births and deaths',
        description:
          'The tree with what the events prove is stored as a tree of its own and answered. Values of `caba` that the ' +
          'image has already stay. Pids are those of level 0.',
        params: IdParams,
        response: {
          201: { description: 'Stored', ...TREE_ANSWER },
          200: { description: 'That tree was there already', ...TREE_ANSWER },
          ...problemAnswers([
            'BODY_EMPTY',
            'BODY_UNPARSABLE',
            'TREE_NOT_FOUND',
            'NOT_ACCEPTABLE',
            'BODY_TOO_LARGE',
            'FORM_UNKNOWN',
            'BODY_INVALID',
            'QUEUE_FULL',
            'WORKER_LOST',
            'STORE_UNAVAILABLE',
            'STORE_FULL',
          ]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const tree = await treeOf(service, request.params.id);
      const { record, births } = await service.planner.addBirths(tree, await receive(service, request));
      const isNew = await service.store.putTree(record);
      const head = `${treeJson(record).slice(0, -1)},"births":${births},"tree":`;
      return reply
        .code(isNew ? 201 : 200)
        .header('location', `/v1/trees/${record.id}`)
        .type(JSON_TYPE)
        .send(Readable.from(inBatches(answerText(head, treeFromBytes(record.bytes)))));
    },
  );
}

function* answerText(head: string, tree: Parameters<typeof treeImageText>[0]): Generator<string> {
  yield head;
  yield* treeImageText(tree, 500);
  yield '}';
}

const BirthsQuery = Type.Object({
  analysis: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Add which births are certain, which are open, how many histories fit, and what to ask.',
    }),
  ),
});

function getBirths(app: FastifyInstance, service: Service): void {
  const summary = 'Who clones whom, beside who is whose parent';
  app.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof BirthsQuery> }>(
    '/v1/plans/:id/births',
    {
      schema: {
        tags: ['views of a plan'],
        operationId: 'getBirths',
        summary,
        description:
          'With `analysis=true` also what is known about the births of the tree under the options of the plan; ' +
          'that may take seconds.',
        params: IdParams,
        querystring: BirthsQuery,
        response: {
          200: { description: summary, content: { 'application/json': { schema: Type.Ref('Births') } } },
          304: { description: 'Not modified', type: 'null' },
          ...problemAnswers([
            'QUERY_INVALID',
            'PLAN_NOT_FOUND',
            'TREE_NOT_FOUND',
            'NOT_ACCEPTABLE',
            'PLAN_NOT_READY',
            'QUEUE_FULL',
            'WORKER_LOST',
          ]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const { analysis = false } = request.query;
      const plan = await readyPlanOf(service, request.params.id);
      if (notModified(request, reply, plan.id, analysis ? 'births-analysis' : 'births')) return reply;
      const births = await service.planner.view(plan, 'births');
      reply.type(JSON_TYPE);
      if (!analysis) return reply.send(births);
      return reply.send(withAnalysis(births, await service.planner.birthAnalysis(plan)));
    },
  );
}

/** Both are texts of JSON objects; the second becomes a member of the first. */
function withAnalysis(births: string | Uint8Array, analysis: string | Uint8Array): Buffer {
  const [object, member] = [Buffer.from(births), Buffer.from(analysis)];
  return Buffer.concat([object.subarray(0, -1), Buffer.from(',"analysis":'), member, Buffer.from('}')]);
}
