/** Recorded births are put into a tree; those of a plan are a view of it (plan-views.ts). */

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { treeImageText } from '../../formats/write-tree.ts';
import { treeFromBytes } from '../../store/tree-bytes.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { inBatches } from '../rendering/batches.ts';
import { BIRTH_UPLOADS } from '../schemas/birth-schemas.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { jsonAnswer, OF_TREE, READING, UPLOAD } from '../schemas/route-answers.ts';
import { leaveBodiesAlone } from '../upload/receive-upload.ts';
import { IdParams } from './parameters.ts';
import { type Service, storeWithBirths } from './service.ts';
import { treeJson } from './trees.ts';

export function birthRoutes(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    leaveBodiesAlone(scope);
    postBirths(scope, service);
  });
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
          201: jsonAnswer('Stored', 'TreeWithBirths'),
          200: jsonAnswer('That tree was there already', 'TreeWithBirths'),
          ...problemAnswers([...READING, ...OF_TREE, ...UPLOAD]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const { record, births, isNew } = await storeWithBirths(service, request.params.id, request);
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
