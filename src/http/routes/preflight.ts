/** Preflight: a plan and what its tree asks for, held against a target; and the command that restores it there. */

import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Problem } from '../../errors.ts';
import { TargetSchema } from '../../formats/target-schema.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { checkParameters } from '../plugins/parameter-check.ts';
import { preflightOf } from '../preflight-plan.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { BODY, jsonAnswer, VIEW } from '../schemas/route-answers.ts';
import { wholeBody } from '../upload/decoded-body.ts';
import { IdParams, SurroundingsQuery } from './parameters.ts';
import type { Service } from './service.ts';

/** A million numbers that are taken. */
const LARGEST_TARGET_BYTES = 8 << 20;

/** The body is still text. */
const allButTheBody: FastifySchemaCompiler<TSchema> = (part) =>
  part.httpPart === 'body' ? (value) => ({ value }) : checkParameters(part);

export function preflightRoute(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    // Read, checked and judged in one piece of work: on another thread where it is large.
    scope.addContentTypeParser('application/json', (request: FastifyRequest) =>
      wholeBody(request, service.config.limits, LARGEST_TARGET_BYTES),
    );
    scope.post<{
      Params: Static<typeof IdParams>;
      Querystring: Static<typeof SurroundingsQuery>;
      Body: Buffer;
    }>(
      '/v1/plans/:id/preflight',
      {
        validatorCompiler: allButTheBody,
        schema: {
          tags: ['plans'],
          operationId: 'preflight',
          summary: 'Will it restore on this target, and by which command?',
          description:
            'Each requirement is met, in conflict, or not checked because the body leaves it out; each conflict comes with its remedy. ' +
            '`regraft scan --target` writes the body on a node. Where only numbers of helpers collide, the plan is made anew, and `planId` is the new one.',
          params: IdParams,
          querystring: SurroundingsQuery,
          body: TargetSchema,
          response: {
            200: jsonAnswer(
              'The judgement; `conflicts` is empty where nothing speaks against it',
              'Preflight',
            ),
            ...problemAnswers([
              ...VIEW,
              ...BODY,
              'ENCODING_UNKNOWN',
              'PLAN_EMPTY',
              'SURROUNDINGS_NOT_FOUND',
              'STORE_FULL',
            ]),
          },
        },
      },
      async (request, reply) => {
        acceptedType(request, ['application/json']);
        if (!request.body?.length)
          throw new Problem('BODY_EMPTY', 'The body is to be a JSON object: {} says nothing.');
        const { params, query, body } = request;
        const answer = await preflightOf(service, params.id, body, query.surroundings);
        return reply.type(JSON_TYPE).send(JSON.stringify(answer));
      },
    );
  });
}
