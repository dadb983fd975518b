/**
 * Request ids and the log of requests: the client's own id where it sends a sensible one, else a new one, in the log
 * and in the answer.
 */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { withoutSecrets } from './logged-address.ts';

const SENSIBLE = /^[\w.:@/+=-]{1,128}$/;

export function newRequestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SENSIBLE.test(given) ? given : randomUUID();
}

export function identifyRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  // One line a request, when it is over; bodies and headers are in none.
  app.addHook('onResponse', (request, reply, done) => {
    const { method, ip } = request;
    const url = withoutSecrets(request.url);
    const { statusCode, elapsedTime } = reply;
    request.log.info(
      { method, url, ip, status: statusCode, ms: Math.round(elapsedTime * 10) / 10 },
      'request',
    );
    done();
  });
}
