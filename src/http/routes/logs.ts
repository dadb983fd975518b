/** Logs of CRIU, explained. */

import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { explainLog } from '../../engine/logs/explain-log.ts';
import { Problem } from '../../errors.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { LOG_UPLOADS } from '../schemas/restorer-schemas.ts';

/** A log at -v4 of a large tree has some megabytes. */
const LARGEST_LOG_BYTES = 32 << 20;
const BODY_TYPES = ['text/plain', 'application/octet-stream'];

export function logRoutes(app: FastifyInstance): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(BODY_TYPES, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.post<{ Body: string }>(
      '/v1/logs/explain',
      {
        bodyLimit: LARGEST_LOG_BYTES,
        config: { uploads: LOG_UPLOADS },
        schema: {
          tags: ['operations'],
          operationId: 'explainLog',
          summary: 'A dump.log or restore.log of CRIU: the line that is the cause, why, and what helps',
          description:
            'The body is the log as text. The cause is the first error that is one: harmless lines and those that only ' +
            'follow from others are told apart. A message that is not in the catalogue is said to be so.',
          response: {
            200: {
              description: 'The cause, and the other error lines',
              content: { 'application/json': { schema: Type.Ref('LogExplanation') } },
            },
            ...problemAnswers(['BODY_EMPTY', 'BODY_TOO_LARGE', 'FORM_UNKNOWN', 'NOT_ACCEPTABLE']),
          },
        },
      },
      async (request, reply) => {
        acceptedType(request, ['application/json']);
        const log = request.body;
        if (!log) throw new Problem('BODY_EMPTY', 'The body is to be the text of a log.');
        return reply.type(JSON_TYPE).send(JSON.stringify(explainLog(log)));
      },
    );
  });
}
