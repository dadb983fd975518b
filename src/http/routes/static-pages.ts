/** Pages for people that the build has made: the page, and the guide of docs/. No request of theirs goes to anywhere else. */

import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** dist/src/http/routes → dist. */
const PAGE = new URL('../../../page/', import.meta.url);
const GUIDE = new URL('../../../guide/', import.meta.url);

const PAGE_POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const GUIDE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};

/** Files of the page by their addresses. */
const PAGE_FILES = {
  '/': 'index.html',
  '/page/main.js': 'main.js',
  '/page/style.css': 'style.css',
  '/page/icon.svg': 'icon.svg',
  '/favicon.ico': 'icon.svg',
};

export function staticPages(app: FastifyInstance): void {
  for (const [address, file] of Object.entries(PAGE_FILES))
    serve(app, address, new URL(file, PAGE), PAGE_POLICY);
  for (const file of readdirSync(GUIDE, { recursive: true, encoding: 'utf8' })) {
    if (!(extname(file) in MEDIA_TYPES)) continue;
    const address = `/guide/${file}`.replace(/(?:\/index)?\.html$/, '');
    const addresses = file.endsWith('.html') ? [address, `${address}/`] : [address];
    for (const each of addresses) serve(app, each, new URL(file, GUIDE), GUIDE_POLICY);
  }
}

function serve(app: FastifyInstance, address: string, file: URL, policy: string): void {
  const content = readFileSync(file);
  const type = MEDIA_TYPES[extname(file.pathname)]!;
  app.get(address, { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type(type)
      .header('cache-control', 'no-cache')
      .header('content-security-policy', policy)
      .send(content),
  );
}
