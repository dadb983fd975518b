/** Trees: stored, listed, given back, deleted. */

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { treeImageLines, treeImageText } from '../../formats/write-tree.ts';
import type { SurroundingsRecord, TreeListing } from '../../store/store.ts';
import { treeFromBytes } from '../../store/tree-bytes.ts';
import { notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE, NDJSON_TYPE } from '../plugins/media-type.ts';
import { inBatches } from '../rendering/batches.ts';
import { listedPlanJson } from '../rendering/plan-json.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import {
  ANY,
  DELETING,
  IMAGE_UPLOAD,
  jsonAnswer,
  NOT_MODIFIED,
  OF_TREE,
  READING,
} from '../schemas/route-answers.ts';
import { IMAGE_UPLOADS } from '../schemas/uploads.ts';
import { leaveBodiesAlone } from '../upload/receive-upload.ts';
import { IdParams, PageQuery, SetQuery } from './parameters.ts';
import { forgetTree, plansOf, type Service, storeUpload, treeOf } from './service.ts';

const tags = ['trees'];

export function treeRoutes(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    leaveBodiesAlone(scope);
    postTree(scope, service);
  });
  listTrees(app, service);
  getTree(app, service);
  listPlans(app, service);
  deleteTree(app, service);
}

function postTree(app: FastifyInstance, service: Service): void {
  app.post<{ Querystring: Static<typeof SetQuery> }>(
    '/v1/trees',
    {
      config: { uploads: IMAGE_UPLOADS },
      schema: {
        tags,
        operationId: 'postTree',
        summary: 'Store a tree image',
        description:
          'Takes an image in any form. The id is a hash of the content: form and order do not matter.',
        querystring: SetQuery,
        response: {
          201: jsonAnswer('Stored', 'Tree'),
          200: jsonAnswer('It was there already', 'Tree'),
          ...problemAnswers([...ANY, ...IMAGE_UPLOAD]),
        },
      },
    },
    async (request, reply) => {
      const { record, surroundings, isNew } = await storeUpload(service, request, request.query.set);
      return reply
        .code(isNew ? 201 : 200)
        .header('location', `/v1/trees/${record.id}`)
        .type(JSON_TYPE)
        .send(treeJson(record, surroundings));
    },
  );
}

function listTrees(app: FastifyInstance, service: Service): void {
  app.get<{ Querystring: Static<typeof PageQuery> }>(
    '/v1/trees',
    {
      schema: {
        tags,
        operationId: 'listTrees',
        summary: 'List the stored trees, oldest first',
        description: 'In pages; `next` is the `cursor` of the page after.',
        querystring: PageQuery,
        response: {
          200: jsonAnswer('A page', 'TreePage'),
          ...problemAnswers(READING),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const { cursor, limit = 100 } = request.query;
      const { items, next } = await service.store.trees(limit, cursor);
      const body = `{"trees":[${items.map((tree) => treeJson(tree)).join(',')}],"next":${JSON.stringify(next)}}`;
      return reply.type(JSON_TYPE).header('cache-control', 'no-cache').send(body);
    },
  );
}

function getTree(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof IdParams> }>(
    '/v1/trees/:id',
    {
      schema: {
        tags,
        operationId: 'getTree',
        summary: 'The image back',
        description: 'As JSON, or with `Accept: application/x-ndjson` a process a line.',
        params: IdParams,
        response: {
          200: {
            description: 'The tree image; posted again, it has the same id',
            content: {
              'application/json': { schema: Type.Ref('TreeImage') },
              'application/x-ndjson': { schema: Type.String() },
            },
          },
          304: NOT_MODIFIED,
          ...problemAnswers([...READING, ...OF_TREE]),
        },
      },
    },
    async (request, reply) => {
      const type = acceptedType(request, ['application/json', 'application/x-ndjson']);
      const { id, bytes } = await treeOf(service, request.params.id);
      const inLines = type === 'application/x-ndjson';
      if (notModified(request, reply, id, inLines ? 'ndjson' : 'json')) return reply;
      const tree = treeFromBytes(bytes);
      return reply
        .type(inLines ? NDJSON_TYPE : JSON_TYPE)
        .send(Readable.from(inBatches(inLines ? treeImageLines(tree) : treeImageText(tree, 500))));
    },
  );
}

const PlansQuery = Type.Object({
  cursor: Type.Optional(
    Type.String({ pattern: '^[0-9]{1,15}-[0-9a-f]{64}$', description: '`next` of the page before' }),
  ),
  limit: PageQuery.properties.limit,
});

function listPlans(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof PlansQuery> }>(
    '/v1/trees/:id/plans',
    {
      schema: {
        tags,
        operationId: 'listPlans',
        summary: 'List the plans of a tree, oldest first',
        description: 'Plans that are ready, without helpers, diagnostics and steps.',
        params: IdParams,
        querystring: PlansQuery,
        response: {
          200: jsonAnswer('A page', 'PlanPage'),
          ...problemAnswers([...READING, ...OF_TREE]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const { cursor, limit = 100 } = request.query;
      const { items, next } = await plansOf(service, request.params.id, limit, cursor);
      const body = `{"plans":[${items.map(listedPlanJson).join(',')}],"next":${JSON.stringify(next)}}`;
      return reply.type(JSON_TYPE).header('cache-control', 'no-cache').send(body);
    },
  );
}

function deleteTree(app: FastifyInstance, service: Service): void {
  app.delete<{ Params: Static<typeof IdParams> }>(
    '/v1/trees/:id',
    {
      schema: {
        tags,
        operationId: 'deleteTree',
        summary: 'Delete a tree and its plans',
        description: 'What is being planned for it is cancelled.',
        params: IdParams,
        response: {
          204: { description: 'Deleted', type: 'null' },
          ...problemAnswers([...ANY, ...DELETING, ...OF_TREE]),
        },
      },
    },
    async (request, reply) => {
      await forgetTree(service, request.params.id);
      return reply.code(204).send();
    },
  );
}

/**
 * A stored tree as clients see it: `Tree` of the document.
 * @param surroundings of the upload that is answered
 */
export function treeJson({ id, info }: TreeListing, surroundings: SurroundingsRecord | null = null): string {
  const self = `/v1/trees/${id}`;
  const query = surroundings ? `?surroundings=${surroundings.id}` : '';
  const links =
    `{"self":"${self}","plans":"${self}/plans","restorers":"${self}/restorers",` +
    `"requirements":"${self}/requirements${query}","criuCommand":"${self}/criu-command${query}"}`;
  const beside = surroundings ? `,"surroundings":"${surroundings.id}"` : '';
  return `{"id":"${id}",${info.slice(1, -1)}${beside},"links":${links}}`;
}
