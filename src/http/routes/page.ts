/** The page for people: one static file, no request to anywhere else. */

import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** dist/src/http/routes → src/web at the top of the project: no build step touches it. */
const PAGE = new URL('../../../../src/web/index.html', import.meta.url);

/** Its own style and script are inline, and nothing else may run. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function pageRoute(app: FastifyInstance): void {
  const page = readFileSync(PAGE);
  app.get('/', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .header('content-security-policy', POLICY)
      .send(page),
  );
}
