/** Every error leaves as problem+json (RFC 9457): the one place that renders them. */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, type ProblemCode, problemBody } from '../../errors.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Fastify's own errors, by their code. */
const FASTIFY_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'FORM_UNKNOWN',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BODY_EMPTY',
  FST_ERR_CTP_INVALID_JSON_BODY: 'BODY_UNPARSABLE',
  FST_ERR_NOT_FOUND: 'NOT_FOUND',
};

/** Where Fastify's own say too little. */
const WORDS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Content-Type is no media type: name one, or leave it out.',
};

/** What a server that is well says, too. */
const REFUSALS: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['SHUTTING_DOWN', 'QUEUE_FULL']);

export function renderProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(asProblem(error), request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new Problem('NOT_FOUND', `${request.method} ${pathOf(request.url)}`), request, reply),
  );
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (problem.status >= 500 && !REFUSALS.has(problem.code))
    request.log.error({ err: problem }, problem.message);
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .removeHeader('etag')
    .type(PROBLEM_TYPE)
    .send(
      JSON.stringify(problemBody(problem, { instance: pathOf(request.url), requestId: String(request.id) })),
    );
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code = '', statusCode, message } = error as Partial<FastifyError>;
  const known = FASTIFY_CODES[code];
  if (known) return new Problem(known, WORDS[code] ?? message ?? code, { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Problem('REQUEST_INVALID', message ?? 'The request is not valid.', { cause: error });
  }
  return new Problem('INTERNAL', 'An unexpected error; the log has it under this request id.', {
    cause: error,
  });
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
