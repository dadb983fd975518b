/** Many plans in one request: a request a line in, a plan a line out, in the same order, as they come. */

import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { Problem, problemBody } from '../../errors.ts';
import { decompressed } from '../../formats/archive/decompress.ts';
import { PlanJob } from '../../jobs/plan-job.ts';
import { planAsk } from '../plan-request.ts';
import { acceptedType, NDJSON_TYPE } from '../plugins/media-type.ts';
import { asProblem } from '../plugins/problem-json.ts';
import { planBody } from '../rendering/plan-json.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { READING } from '../schemas/route-answers.ts';
import { BATCH_UPLOADS } from '../schemas/uploads.ts';
import { linesOf } from '../upload/lines.ts';
import { encodingOf, leaveBodiesAlone } from '../upload/receive-upload.ts';
import { includedMembers } from './included-members.ts';
import { type Included, IncludeQuery, included } from './parameters.ts';
import type { Service } from './service.ts';

const MEDIA_TYPES = /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)\b/;

export function batchRoute(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    leaveBodiesAlone(scope);
    scope.post<{ Querystring: Static<typeof IncludeQuery> }>(
      '/v1/plans::batch',
      {
        config: { uploads: BATCH_UPLOADS },
        schema: {
          tags: ['plans'],
          operationId: 'postPlans',
          summary: 'Plan many restores',
          description:
            'Each line of the body is a PlanRequest, each line of the answer a Plan or, where that line went wrong, a Problem; same order.',
          querystring: IncludeQuery,
          response: {
            200: {
              description: 'A plan or a problem a line',
              content: { 'application/x-ndjson': { schema: Type.String() } },
            },
            ...problemAnswers([...READING, 'ENCODING_UNKNOWN', 'FORM_UNKNOWN']),
          },
        },
      },
      async (request, reply) => {
        acceptedType(request, ['application/x-ndjson']);
        if (!MEDIA_TYPES.test(request.headers['content-type'] ?? '')) {
          throw new Problem('FORM_UNKNOWN', 'A batch is application/x-ndjson, a plan request a line.');
        }
        encodingOf(request);
        return reply
          .type(NDJSON_TYPE)
          .send(Readable.from(answers(request, service, included(request.query))));
      },
    );
  });
}

async function* answers(
  request: FastifyRequest,
  service: Service,
  include: Included,
): AsyncGenerator<string> {
  const { maxBodyBytes, maxEntryBytes } = service.config.limits;
  let line = 0;
  try {
    for await (const bytes of linesOf(decodedBody(request, service), maxBodyBytes, maxEntryBytes)) {
      line++;
      if (bytes.length === 0) continue;
      yield `${await answer(bytes, line, service, include)}\n`;
      await turn();
    }
  } catch (error) {
    // The answer has begun: what ends the body early is its last line.
    yield `${problemLine(error, line + 1)}\n`;
  }
}

function decodedBody(request: FastifyRequest, { config }: Service): Readable {
  if (!encodingOf(request)) return request.raw;
  return Readable.from(decompressed(request.raw, config.limits), { objectMode: false });
}

async function answer(bytes: Uint8Array, line: number, service: Service, include: Included): Promise<string> {
  try {
    const upload = { contentType: 'application/json', head: bytes, rest: null };
    const read = await service.planner.read(upload, 'plan request');
    const ask = await planAsk(service, read);
    const planned = await service.planner.queue.plan({ ...ask, inBackground: false });
    const plan = planned instanceof PlanJob ? await planned.done : planned;
    await ask.stored;
    const body = planBody(plan, include.steps, await includedMembers(service, plan, include));
    return typeof body === 'string' ? body : (await body.toArray()).join('');
  } catch (error) {
    return problemLine(error, line);
  }
}

function problemLine(error: unknown, line: number): string {
  const body = problemBody(asProblem(error));
  return JSON.stringify({
    ...body,
    errors: (body.errors ?? [{ code: 'LINE_REFUSED', message: body.detail }]).map((e) => ({ ...e, line })),
  });
}
