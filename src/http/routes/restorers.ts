/** What the restorers that people have would do with a tree. */

import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { IdParams } from './parameters.ts';
import { type Service, treeOf } from './service.ts';

export function restorerRoutes(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof IdParams> }>(
    '/v1/trees/:id/restorers',
    {
      schema: {
        tags: ['trees'],
        operationId: 'getRestorers',
        summary: 'What CRIU and Virtuozzo would do with the tree by themselves',
        description:
          'Told without running them, by a model of each release: the outcome, the message that its log will have, why, ' +
          'and what helps. A restorer of which nothing is known for such a tree is left out.',
        params: IdParams,
        response: {
          200: {
            description: 'One entry a release',
            content: { 'application/json': { schema: Type.Ref('Restorers') } },
          },
          304: { description: 'Not modified', type: 'null' },
          ...problemAnswers(['TREE_NOT_FOUND', 'NOT_ACCEPTABLE', 'QUEUE_FULL', 'WORKER_LOST']),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const record = await treeOf(service, request.params.id);
      if (notModified(request, reply, record.id, 'restorers')) return reply;
      return reply.type(JSON_TYPE).send(await service.planner.restorers(record));
    },
  );
}
