/** The graft of a plan: what makes an unpatched CRIU restore its tree. */

import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { CRIU_RELEASES } from '../../engine/handover/graft.ts';
import { notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { NOT_MODIFIED, VIEW } from '../schemas/route-answers.ts';
import { IdParams } from './parameters.ts';
import { readyPlanOf, type Service } from './service.ts';

const GraftQuery = Type.Object(
  {
    criu: Type.Optional(
      Type.Enum([...CRIU_RELEASES], {
        default: '4.3',
        description: 'The CRIU that will restore. A graft for 4.2 is right for 4.3 too.',
        examples: ['4.3'],
      }),
    ),
  },
  { additionalProperties: false },
);

const BYTES = 'application/octet-stream';

export function graftRoutes(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof GraftQuery> }>(
    '/v1/plans/:id/graft',
    {
      schema: {
        tags: ['views of a plan'],
        operationId: 'getGraft',
        summary: 'What makes an unpatched CRIU restore the tree: records, carriers, the finishing script',
        description:
          'JSON, or `application/octet-stream`: pstree.img with these records (the own ones of the tree where no graft ' +
          'is needed). `regraft graft` makes all files of the carriers too. A plan with CLONE_PARENT, which CRIU cannot ' +
          'do, is made anew without it.',
        params: IdParams,
        querystring: GraftQuery,
        response: {
          200: {
            description: 'The graft',
            content: {
              'application/json': { schema: Type.Ref('Graft') },
              [BYTES]: {
                schema: Type.String({
                  format: 'binary',
                  description: 'pstree.img; the example is in base64.',
                }),
              },
            },
          },
          304: NOT_MODIFIED,
          ...problemAnswers([...VIEW, 'GRAFT_IMPOSSIBLE']),
        },
      },
    },
    async (request, reply) => {
      const type = acceptedType(request, ['application/json', BYTES]);
      const { criu = '4.3' } = request.query;
      const plan = await readyPlanOf(service, request.params.id);
      const form = type === BYTES ? 'pstree' : 'json';
      if (notModified(request, reply, plan.id, `graft-${criu}-${form}`)) return reply;
      const graft = await service.planner.graft(plan, criu, form);
      if (form === 'json') return reply.type(JSON_TYPE).send(graft);
      return reply.type(BYTES).send(typeof graft === 'string' ? graft : Buffer.from(graft));
    },
  );
}
