/** The guide: static pages that `npm run build` has made of docs/. */

import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** dist/src/http/routes → dist/guide. */
const BUILT = new URL('../../../guide/', import.meta.url);

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};

export function guideRoute(app: FastifyInstance): void {
  for (const file of readdirSync(BUILT, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(file)];
    if (type === undefined) continue;
    const content = readFileSync(new URL(file, BUILT));
    const path = file === 'index.html' ? '' : file.replace(/\.html$/, '');
    for (const address of path === '' ? ['/guide', '/guide/'] : [`/guide/${path}`]) {
      app.get(address, { schema: { hide: true } }, async (_request, reply) =>
        reply
          .type(type)
          .header('cache-control', 'no-cache')
          .header('content-security-policy', POLICY)
          .send(content),
      );
    }
  }
}
