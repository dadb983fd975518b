/** The page for people: static files that `npm run build:page` has made, and no request to anywhere else. */

import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** dist/src/http/routes → dist/page. */
const BUILT = new URL('../../../page/', import.meta.url);

const POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Path → file and media type. */
const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page/main.js': ['main.js', 'text/javascript; charset=utf-8'],
  '/page/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/page/icon.svg': ['icon.svg', 'image/svg+xml'],
  '/favicon.ico': ['icon.svg', 'image/svg+xml'],
} as const;

export function pageRoute(app: FastifyInstance): void {
  for (const [path, [file, type]] of Object.entries(FILES)) {
    const content = readFileSync(new URL(file, BUILT));
    app.get(path, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'no-cache')
        .header('content-security-policy', POLICY)
        .send(content),
    );
  }
}
