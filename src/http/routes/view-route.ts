/** GET of what is seen of a ready plan: negotiated, tagged, and answered by one function. */

import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type, { type TObject } from 'typebox';
import type { PlanRecord } from '../../store/store.ts';
import { notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE, NDJSON_TYPE, TEXT_TYPE } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { NOT_MODIFIED, VIEW } from '../schemas/route-answers.ts';
import { IdParams } from './parameters.ts';
import { readyPlanOf, type Service } from './service.ts';

const CONTENT_TYPES = {
  'application/json': JSON_TYPE,
  'application/x-ndjson': NDJSON_TYPE,
  'text/plain': TEXT_TYPE,
} as const;

export type ViewType = keyof typeof CONTENT_TYPES;

export interface View<Query extends TObject> {
  /** Last part of the address. */
  readonly name: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** Component of the JSON answer. */
  readonly component: string;
  /** Media types besides JSON. */
  readonly others?: readonly ViewType[];
  readonly query: Query;
  /** Names the answer in its tag: what differs by query and media type differs by it. */
  readonly representation: (query: Static<Query>, type: ViewType) => string;
  readonly answer: (
    plan: PlanRecord,
    query: Static<Query>,
    type: ViewType,
  ) => Promise<string | Uint8Array | Readable> | string | Readable;
}

export const NO_QUERY = Type.Object({});

export function viewRoute<Query extends TObject>(
  app: FastifyInstance,
  service: Service,
  view: View<Query>,
): void {
  const { name, operationId, summary, description, component, others = [], query } = view;
  const texts = others.map((type) => [type, { schema: Type.String() }] as const);
  app.get<{ Params: Static<typeof IdParams> }>(
    `/v1/plans/:id/${name}`,
    {
      schema: {
        tags: ['views of a plan'],
        operationId,
        summary,
        description,
        params: IdParams,
        querystring: query,
        response: {
          200: {
            description: summary,
            content: {
              'application/json': { schema: Type.Ref(component) },
              ...Object.fromEntries(texts),
            },
          },
          304: NOT_MODIFIED,
          ...problemAnswers(VIEW),
        },
      },
    },
    async (request, reply) => {
      const type = acceptedType<ViewType>(request, ['application/json', ...others]);
      const asked = request.query as Static<Query>;
      const plan = await readyPlanOf(service, request.params.id);
      if (notModified(request, reply, plan.id, view.representation(asked, type))) return reply;
      return reply.type(CONTENT_TYPES[type]).send(await view.answer(plan, asked, type));
    },
  );
}
