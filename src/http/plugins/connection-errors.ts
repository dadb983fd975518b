/** What is no request at all: answered as problem+json on the bare connection, which is then closed. */

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Problem, problemBody } from '../../errors.ts';
import { PROBLEM_TYPE } from './problem-json.ts';

/**
 * Options of the server that make the request timeout hold (Node swaps the two where headers may take longer) and leave
 * a request without Host to `refuseHostless`: Node's own 400 has no body.
 */
export function connectionOptions(requestTimeoutMs: number): {
  headersTimeout: number;
  connectionsCheckingInterval: number;
  requireHostHeader: boolean;
} {
  return {
    headersTimeout: Math.min(HEADERS_MS, requestTimeoutMs),
    connectionsCheckingInterval: Math.min(LONGEST_INTERVAL_MS, requestTimeoutMs),
    requireHostHeader: false,
  };
}

export function refuseHostless(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    if (raw.headers.host === undefined && raw.httpVersion === '1.1')
      throw new Problem('REQUEST_INVALID', 'A request of HTTP/1.1 has a Host field.');
    done();
  });
}

const HEADERS_MS = 60_000;
const LONGEST_INTERVAL_MS = 30_000;

export function answerConnectionError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const problem = problemOf(error);
    const body = JSON.stringify(problemBody(problem));
    const head = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      `Content-Type: ${PROBLEM_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroySoon();
}

function problemOf({ code, message }: NodeJS.ErrnoException): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('REQUEST_TIMEOUT', 'The request did not come to its end in time.');
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('HEADER_TOO_LARGE', 'The address and the header fields together are too long.');
    default:
      return new Problem('REQUEST_INVALID', `This is no HTTP request: ${message}`);
  }
}
