/** The OpenAPI document: made from the routes' schemas by `npm run openapi`, checked in, served as it stands. */

import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../this-package.ts';
import { JSON_TYPE } from './plugins/media-type.ts';
import { StatusSchema } from './routes/probes.ts';
import { BATCH_SCHEMAS } from './schemas/batch-schemas.ts';
import { BIRTH_SCHEMAS } from './schemas/birth-schemas.ts';
import { DIAGNOSTIC_SCHEMAS } from './schemas/diagnostic-schemas.ts';
import { GRAFT_SCHEMAS } from './schemas/graft-schemas.ts';
import { PLAN_SCHEMAS } from './schemas/plan-schemas.ts';
import { ProblemSchema } from './schemas/problem-schema.ts';
import { RESTORER_SCHEMAS } from './schemas/restorer-schemas.ts';
import { TARGET_SCHEMAS } from './schemas/target-schemas.ts';
import { TREE_SCHEMAS } from './schemas/tree-schemas.ts';
import { UPLOAD_SCHEMAS, withUploads } from './schemas/uploads.ts';
import { VIEW_SCHEMAS } from './schemas/view-schemas.ts';

/** dist/src/http → the top of the project. */
export const OPENAPI_FILE = new URL('../../../openapi/openapi.json', import.meta.url);

export function addComponents(app: FastifyInstance): void {
  for (const schema of [
    ProblemSchema,
    StatusSchema,
    ...DIAGNOSTIC_SCHEMAS,
    ...PLAN_SCHEMAS,
    ...TREE_SCHEMAS,
    ...RESTORER_SCHEMAS,
    ...TARGET_SCHEMAS,
    ...VIEW_SCHEMAS,
    ...GRAFT_SCHEMAS,
    ...BIRTH_SCHEMAS,
    ...UPLOAD_SCHEMAS,
    ...BATCH_SCHEMAS,
  ]) {
    app.addSchema(schema);
  }
}

/** For `npm run openapi`: `app.swagger()` then is the document of the routes registered after this. */
export async function generateDocument(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Regraft',
        version: VERSION,
        description:
          'Plans how to rebuild a checkpointed Linux process tree, and proves the plan on a simulator of the kernel’s rules.',
        license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description:
              'Needed below /v1 and for /metrics where the server has API_TOKENS; 401, 403 and 429 otherwise.',
          },
        },
      },
      security: [{}, { token: [] }],
      servers: [{ url: '/', description: 'Where this document comes from' }],
      tags: [
        { name: 'trees', description: 'Tree images' },
        { name: 'plans', description: 'Restore plans' },
        { name: 'views of a plan', description: 'What a ready plan says' },
        { name: 'operations', description: 'Probes, metrics, this document' },
      ],
    },
    transform: withUploads,
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `schema-${i}`) },
  });
}

export function documentRoute(app: FastifyInstance): void {
  const text = readFileSync(OPENAPI_FILE);
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(JSON_TYPE).header('cache-control', 'no-cache').send(text),
  );
}
