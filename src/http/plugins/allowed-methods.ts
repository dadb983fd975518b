/** OPTIONS answers with `Allow`, and a method that an address does not have gets 405 with it instead of 404. */

import type { FastifyInstance } from 'fastify';
import { Problem } from '../../errors.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS'] as const;

/** Notes the methods of every route registered after this call; `close` adds the routes for the others. */
export function watchMethods(app: FastifyInstance): { close(): void } {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method, schema }) => {
    if (schema?.hide && url.includes('*')) return;
    const known = methodsOf.get(url) ?? new Set();
    for (const name of [method].flat()) known.add(name);
    methodsOf.set(url, known);
  });
  return {
    close: () => {
      for (const [url, known] of [...methodsOf]) answerOtherMethods(app, url, known);
    },
  };
}

function answerOtherMethods(app: FastifyInstance, url: string, known: ReadonlySet<string>): void {
  const allow = [...METHODS].filter((method) => method === 'OPTIONS' || known.has(method)).join(', ');
  const others = METHODS.filter((method) => method !== 'OPTIONS' && !known.has(method));
  if (!known.has('OPTIONS')) {
    app.route({
      method: 'OPTIONS',
      url,
      schema: { hide: true },
      handler: (_request, reply) => reply.code(204).header('allow', allow).send(),
    });
  }
  if (others.length === 0) return;
  const refuse = async (): Promise<never> => {
    throw new Problem('METHOD_NOT_ALLOWED', `Allowed here: ${allow}.`, { headers: { allow } });
  };
  // In onRequest, before any body is read.
  app.route({ method: others, url, schema: { hide: true }, onRequest: refuse, handler: refuse });
}
