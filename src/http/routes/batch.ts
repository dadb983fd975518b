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
import { type Question, sideBySide } from '../batch/side-by-side.ts';
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
        return reply
          .type(NDJSON_TYPE)
          .send(Readable.from(sideBySide(questions(body, service, included(request.query)))));
      },
    );
  });
}

/** A line with a tree of more bytes is answered alone. */
const SMALL_TREE_BYTES = 256 << 10;

/** The lines of the body that are of no pod, and pods, in the order in which they end. */
async function* questions(body: ByteStream, service: Service, include: Included): AsyncGenerator<Question> {
  const { maxBodyBytes, maxEntryBytes } = service.config.limits;
  const pods = new Pods();
  let number = 0;
  let failure: unknown;
  try {
    for await (const bytes of linesOf(body, maxBodyBytes, maxEntryBytes)) {
      number++;
      if (bytes.length === 0) continue;
      const line = await batchLine(service, bytes, number);
      const ended = pods.endedBy(line);
      if (ended) yield ofPod(service, ended, include);
      if (!pods.take(line)) yield ofLine(service, line, include);
      await turn();
    }
  } catch (error) {
    failure = error;
  }
  const last = pods.end();
  if (last) yield ofPod(service, last, include);
  // The answer has begun: what ends the body early is its last line.
  if (failure !== undefined) yield said(`${problemLine(asProblem(failure), number + 1)}\n`);
}

function ofPod(service: Service, pod: PodLines, include: Included): Question {
  const answer = async function* (): AsyncGenerator<string> {
    try {
      for await (const text of podAnswers(service, pod, include)) yield `${text}\n`;
    } catch (error) {
      yield `${problemLine(asProblem(error), pod.lines.at(-1)!.line)}\n`;
    }
  };
  return { isSmall: false, answer };
}

function ofLine(service: Service, { asked, line }: BatchLine, include: Included): Question {
  const isSmall = asked instanceof Problem || asked.treeAtHand.record.bytes.length <= SMALL_TREE_BYTES;
  const answer = async function* (): AsyncGenerator<string> {
    try {
      const plan = await planOf(service, asked);
      yield `${await planText(plan, include.steps, await includedMembers(service, plan, include))}\n`;
    } catch (error) {
      yield `${problemLine(asProblem(error), line)}\n`;
    }
  };
  return { isSmall, answer };
}

function said(text: string): Question {
  const answer = async function* (): AsyncGenerator<string> {
    yield text;
  };
  return { isSmall: true, answer };
}
