/** Server-sent events of a planning's progress; a client that comes back goes on after its Last-Event-ID. */

import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { Problem } from '../../errors.ts';
import type { JobEvent } from '../../jobs/plan-job.ts';
import { acceptedType } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { OF_PLAN, READING } from '../schemas/route-answers.ts';
import { IdParams } from './parameters.ts';
import type { Service } from './service.ts';

/** Comments that keep proxies from taking the connection for dead. */
const HEARTBEAT_MS = 15_000;

export function eventRoute(app: FastifyInstance, service: Service): void {
  const streams = new Set<PassThrough>();
  // A server that shuts down ends them without a last event: clients come back, to another server.
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });
  app.get<{ Params: Static<typeof IdParams> }>(
    '/v1/plans/:id/events',
    {
      compress: false,
      schema: {
        tags: ['plans'],
        operationId: 'getEvents',
        summary: 'Progress of a planning, as server-sent events',
        description:
          'Events `progress`, then one of `ready`, `failed`, `cancelled`; after it the stream ends. With `Last-Event-ID` ' +
          'it goes on after that event.',
        params: IdParams,
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ description: 'Id of the last event that was seen' })),
        }),
        response: {
          200: { description: 'Events', content: { 'text/event-stream': { schema: Type.String() } } },
          ...problemAnswers([...READING, ...OF_PLAN]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['text/event-stream']);
      const { id } = request.params;
      const watched = await service.planner.queue.watched(id);
      if (!watched) throw new Problem('PLAN_NOT_FOUND', `There is no plan ${id}.`);
      const { events, job } = watched;
      const seen = Number(request.headers['last-event-id'] ?? 0) || 0;
      const stream = new PassThrough();
      const send = (event: JobEvent): void => {
        if (event.id > seen) stream.write(eventText(event));
        if (event.event !== 'progress') stream.end();
      };
      for (const event of events) send(event);
      if (job?.state === 'running') {
        const stop = job.listen(send);
        streams.add(stream);
        const heartbeat = setInterval(() => stream.write(': still planning\n\n'), HEARTBEAT_MS);
        stream.once('close', () => {
          stop();
          clearInterval(heartbeat);
          streams.delete(stream);
        });
        reply.raw.once('close', () => stream.destroy());
      }
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(stream);
    },
  );
}

function eventText({ id, event, data }: JobEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
