/**
 * /docs: the OpenAPI document in a browser, with nothing from elsewhere: our name and icon, a layout for phones, and
 * "Try it out" against the server that shows it.
 */

import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { OPENAPI_FILE } from './document.ts';

/** dist/src/http → dist/page. */
const ICON = new URL('../../page/icon.svg', import.meta.url);

const STYLE = `
.swagger-ui .topbar { background: #10362f; padding: 6px 0 }
.swagger-ui .topbar .download-url-wrapper { display: none !important }
.swagger-ui .topbar .topbar-wrapper { justify-content: space-between }
.swagger-ui .topbar a.link { flex: none; max-width: none }
.swagger-ui .topbar a.link img { height: 32px; width: 32px }
.swagger-ui .topbar a.link::after { content: 'Regraft'; color: #fff; font: 650 1.15rem system-ui, sans-serif; margin-left: 10px }
.swagger-ui .info { margin: 24px 0 }
.swagger-ui .scheme-container { padding: 14px 0 }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 10px }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap }
  .swagger-ui .opblock .opblock-summary-path { max-width: 100%; word-break: break-all; font-size: 14px }
  .swagger-ui .opblock .opblock-section-header { flex-wrap: wrap; height: auto }
  .swagger-ui table { display: block; overflow-x: auto }
  .swagger-ui table tbody tr td:first-of-type { min-width: 7em; max-width: 9em }
  .swagger-ui .parameters-col_description input, .swagger-ui .parameters-col_description select { max-width: 100%; width: 100% }
  .swagger-ui .info .title { font-size: 26px }
}
`;

export async function browseDocument(app: FastifyInstance): Promise<void> {
  const document = JSON.parse(readFileSync(OPENAPI_FILE, 'utf8'));
  const icon = readFileSync(ICON);
  await app.register(swagger, { mode: 'static', specification: { document } });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: {
      'default-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
    },
    logo: { type: 'image/svg+xml', content: icon, href: '/', target: '_self' },
    theme: {
      title: 'The API · Regraft',
      css: [{ filename: 'regraft.css', content: STYLE }],
      favicon: [
        { filename: 'icon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: icon.toString() },
      ],
    },
    uiConfig: {
      validatorUrl: null,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      displayRequestDuration: true,
      filter: true,
      tryItOutEnabled: true,
    },
  });
}
