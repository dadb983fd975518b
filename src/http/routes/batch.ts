/** Many plans in one request: a request a line in, a plan a line out, in the same order, as they come; pods as a whole. */

import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { Problem } from '../../errors.ts';
import type { ByteStream } from '../../formats/byte-stream.ts';
import { type BatchLine, batchLine, planOf, problemLine } from '../batch/batch-line.ts';
import { podAnswers } from '../batch/pod-answers.ts';
import { type PodLines, Pods } from '../batch/pods.ts';
import { acceptedType, NDJSON_TYPE } from '../plugins/media-type.ts';
import { asProblem } from '../plugins/problem-json.ts';
import { planText } from '../rendering/plan-json.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { READING } from '../schemas/route-answers.ts';
import { BATCH_UPLOADS } from '../schemas/uploads.ts';
import { decodedBody } from '../upload/decoded-body.ts';
import { linesOf } from '../upload/lines.ts';
import { leaveBodiesAlone } from '../upload/receive-upload.ts';
import { includedMembers } from './included-members.ts';
import { type Included, IncludeQuery, included } from './parameters.ts';
import type { Service } from './service.ts';

const MEDIA_TYPES = /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)\b/;

const ANSWER_LINE = Type.Union([
  Type.Ref('Plan'),
  Type.Ref('Problem'),
  Type.Ref('ContainerAnswer'),
  Type.Ref('PodAnswer'),
]);

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
            'Each line of the body is a BatchRequest, each line of the answer a Plan or, where that line went wrong, a Problem; same order. ' +
            'Lines that name a `pod` stand together; their answers have the members of a ContainerAnswer too, and a PodAnswer comes after ' +
            'them. Containers of a pod that share a pid namespace have one plan.',
          querystring: IncludeQuery,
          response: {
            200: {
              description: 'A plan or a problem a line, and a line a pod',
              content: { 'application/x-ndjson': { schema: Type.String({ contentSchema: ANSWER_LINE }) } },
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
        const body = decodedBody(request, service.config.limits);
        return reply.type(NDJSON_TYPE).send(Readable.from(answers(body, service, included(request.query))));
      },
    );
  });
}

/** JSON texts, a line each. */
async function* answers(body: ByteStream, service: Service, include: Included): AsyncGenerator<string> {
  const { maxBodyBytes, maxEntryBytes } = service.config.limits;
  const pods = new Pods();
  let number = 0;
  let failure: unknown;
  const ofPod = async function* (ended: PodLines | null): AsyncGenerator<string> {
    if (ended) for await (const text of podAnswers(service, ended, include)) yield `${text}\n`;
  };
  try {
    for await (const bytes of linesOf(body, maxBodyBytes, maxEntryBytes)) {
      number++;
      if (bytes.length === 0) continue;
      const line = await batchLine(service, bytes, number);
      yield* ofPod(pods.endedBy(line));
      if (!pods.take(line)) yield `${await answer(service, line, include)}\n`;
      await turn();
    }
  } catch (error) {
    failure = error;
  }
  yield* ofPod(pods.end());
  // The answer has begun: what ends the body early is its last line.
  if (failure !== undefined) yield `${problemLine(asProblem(failure), number + 1)}\n`;
}

async function answer(service: Service, { asked, line }: BatchLine, include: Included): Promise<string> {
  try {
    const plan = await planOf(service, asked);
    return await planText(plan, include.steps, await includedMembers(service, plan, include));
  } catch (error) {
    return problemLine(asProblem(error), line);
  }
}
