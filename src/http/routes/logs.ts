/** Logs of CRIU, explained: as text, or in the checkpoint archive that has one; against the tree where it is known. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { explainedLog, LOG_ARCHIVES } from '../explain-log.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { ContentId } from '../schemas/field-types.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { LOG_UPLOADS } from '../schemas/restorer-schemas.ts';
import { IMAGE_UPLOAD, jsonAnswer, OF_TREE, READING } from '../schemas/route-answers.ts';
import { wholeBody } from '../upload/decoded-body.ts';
import type { Service } from './service.ts';

/** A log at -v4 of a large tree has some megabytes. */
const LARGEST_LOG_BYTES = 32 << 20;
const TEXT_TYPES = ['text/plain', 'application/octet-stream'];

const LogQuery = Type.Object({
  tree: Type.Optional({ ...ContentId, description: 'The stored tree that the log is of' }),
});

export function logRoutes(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(TEXT_TYPES, async (request: FastifyRequest) =>
      (await wholeBody(request, service.config.limits, LARGEST_LOG_BYTES)).toString(),
    );
    scope.addContentTypeParser(LOG_ARCHIVES, (_request, _payload, done) => done(null));
    scope.post<{ Body: string | undefined; Querystring: Static<typeof LogQuery> }>(
      '/v1/logs/explain',
      {
        config: { uploads: LOG_UPLOADS },
        schema: {
          tags: ['operations'],
          operationId: 'explainLog',
          summary: 'A dump.log or restore.log of CRIU: the line that is the cause, why, and what helps',
          description:
            'The body is the log as text, or a checkpoint archive that has one. The cause is the first error that is one: harmless lines ' +
            'and those that only follow from others are told apart. A message that is not in the catalogue is said to be so. ' +
            'Where the tree is known, by the archive or by `tree`, the cause names the processes of it. The archive may be one that a failed dump has left, without a tree.',
          querystring: LogQuery,
          response: {
            200: jsonAnswer('The cause, and the other error lines', 'LogExplanation'),
            ...problemAnswers([...READING, ...OF_TREE, ...IMAGE_UPLOAD]),
          },
        },
      },
      async (request, reply) => {
        acceptedType(request, ['application/json']);
        const explanation = await explainedLog(service, request, request.query.tree);
        return reply.type(JSON_TYPE).send(JSON.stringify(explanation));
      },
    );
  });
}
