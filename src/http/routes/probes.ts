/** Probes: is the process alive, can it serve? */

import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { JSON_TYPE } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { jsonAnswer } from '../schemas/route-answers.ts';
import type { Service } from './service.ts';

const tags = ['operations'];
/** Registered with the other components: a schema that is added in a scope of its own brings Fastify's own validator back. */
export const StatusSchema = Type.Object({ status: Type.Enum(['ok', 'unavailable']) }, { $id: 'Status' });

export function probeRoutes(app: FastifyInstance, { store }: Service): void {
  const answer = (description: string) => jsonAnswer(description, 'Status');
  // Probes need no token.
  const { 400: invalidQuery, 431: headerTooLarge } = problemAnswers(['QUERY_INVALID', 'HEADER_TOO_LARGE']);
  const problems = { 400: invalidQuery, 431: headerTooLarge };
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.get(
    '/livez',
    {
      logLevel: 'warn',
      schema: {
        tags,
        operationId: 'livez',
        summary: 'Is the process alive?',
        description: 'Answers as long as the process runs.',
        response: { 200: answer('Yes'), ...problems },
      },
    },
    async (_request, reply) =>
      reply.type(JSON_TYPE).header('cache-control', 'no-store').send('{"status":"ok"}'),
  );
  app.get(
    '/readyz',
    {
      logLevel: 'warn',
      schema: {
        tags,
        operationId: 'readyz',
        summary: 'Can it serve?',
        description: 'Tries the store; a service that is shutting down is not ready.',
        response: {
          200: answer('Yes'),
          ...problems,
          503: answer('No: the store fails, or the service is shutting down'),
        },
      },
    },
    async (request, reply) => {
      reply.type(JSON_TYPE).header('cache-control', 'no-store');
      try {
        await withinProbe(store.check());
      } catch (error) {
        request.log.error({ err: error }, 'the store cannot serve');
        return reply.code(503).send('{"status":"unavailable"}');
      }
      return closing ? reply.code(503).send('{"status":"unavailable"}') : reply.send('{"status":"ok"}');
    },
  );
}

/** A store that hangs is one that cannot serve, and a probe has to know it soon. */
const PROBE_MS = 2000;

async function withinProbe(checked: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PROBE_MS} ms`)), PROBE_MS);
  });
  try {
    await Promise.race([checked, late]);
  } finally {
    clearTimeout(timer);
  }
}
