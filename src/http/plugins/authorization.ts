/**
 * Lets requests in by their token: `Authorization: Bearer TOKEN`, with a scope, at a rate.
 *
 * Probes, the pages for people and the document are open, since they show nothing that was stored; metrics take a token
 * of any scope. Where no tokens are set nothing is asked, and the server listens to this machine alone (serve.ts).
 * Deletions leave a line in the log that says whose token it was.
 */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiToken, ApiTokens } from '../../api-tokens.ts';
import { Problem } from '../../errors.ts';
import { withoutSecrets } from './logged-address.ts';

/** POSTs that store nothing. */
const READING_POSTS = new Set(['/v1/plans/:id/preflight', '/v1/logs/explain']);
const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function authorize(app: FastifyInstance, tokens: ApiTokens, requestsASecond: number): void {
  const who = new WeakMap<FastifyRequest, ApiToken>();
  const rates = new Map<string, Bucket>();
  app.addHook('onResponse', (request, reply, done) => {
    if (request.method === 'DELETE' && reply.statusCode === 204) {
      const { ip } = request;
      const url = withoutSecrets(request.url);
      request.log.info({ audit: 'deleted', url, ip, token: who.get(request)?.name ?? null }, 'deleted');
    }
    done();
  });
  if (tokens.areNone) return;
  app.addHook('onRequest', (request, reply, done) => {
    if (isOpen(request)) return done();
    const bearer = bearerOf(request);
    const token = tokens.find(bearer ?? '');
    if (!token) {
      const says = bearer
        ? 'This token is not known here.'
        : 'A token is needed: Authorization: Bearer TOKEN.';
      const given = request.headers.authorization === undefined ? '' : ', error="invalid_token"';
      throw new Problem('UNAUTHORIZED', says, {
        headers: { 'www-authenticate': `Bearer realm="regraft"${given}` },
      });
    }
    who.set(request, token);
    if (token.scope === 'read' && !reads(request)) {
      throw new Problem('FORBIDDEN', 'This token may only read.', {
        headers: { 'www-authenticate': 'Bearer realm="regraft", error="insufficient_scope", scope="write"' },
      });
    }
    if (requestsASecond > 0) {
      const rate = rates.get(token.name) ?? new Bucket(requestsASecond);
      rates.set(token.name, rate);
      const waitMs = rate.take();
      if (waitMs > 0) {
        const seconds = String(Math.ceil(waitMs / 1000));
        throw new Problem('RATE_LIMITED', `This token may make ${requestsASecond} requests a second.`, {
          headers: { 'retry-after': seconds },
        });
      }
    }
    reply.header('cache-control', 'private');
    done();
  });
}

/** By the route that was found, since an address can be written in many ways (`/%761/trees`); by the address where none was. */
function isOpen({ method, url, routeOptions }: FastifyRequest): boolean {
  const path = routeOptions.url ?? url.split('?', 1)[0]!;
  return method === 'OPTIONS' || !(path === '/metrics' || path.startsWith('/v1/'));
}

function reads({ method, routeOptions }: FastifyRequest): boolean {
  return READING_METHODS.has(method) || READING_POSTS.has(routeOptions.url ?? '');
}

function bearerOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** As many requests as a second brings, at once or one by one. */
class Bucket {
  private readonly perSecond: number;
  private left: number;
  private at = performance.now();

  constructor(perSecond: number) {
    this.perSecond = perSecond;
    this.left = perSecond;
  }

  /** 0, or milliseconds until there is one again. */
  take(): number {
    const now = performance.now();
    this.left = Math.min(this.perSecond, this.left + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    if (this.left < 1) return ((1 - this.left) / this.perSecond) * 1000;
    this.left--;
    return 0;
  }
}
