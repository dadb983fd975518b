/** Logs of CRIU, explained: as text, or in the checkpoint archive that has one; against the tree where it is known. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { againstTree, type ExplanationOfTree, type ToldOfTree } from '../../engine/logs/against-tree.ts';
import { explainLog, type LogExplanation } from '../../engine/logs/explain-log.ts';
import type { Surroundings } from '../../engine/requirements/surroundings.ts';
import { Problem } from '../../errors.ts';
import type { TreeRecord } from '../../store/store.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { ContentId } from '../schemas/plan-schemas.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { LOG_UPLOADS } from '../schemas/restorer-schemas.ts';
import { receive, type Service, surroundingsOf, treeOf } from './service.ts';

/** A log at -v4 of a large tree has some megabytes. */
const LARGEST_LOG_BYTES = 32 << 20;
const TEXT_TYPES = ['text/plain', 'application/octet-stream'];
const ARCHIVE_TYPES = ['application/x-tar', 'application/tar', 'application/gzip', 'application/zstd'];

const LogQuery = Type.Object({
  tree: Type.Optional({ ...ContentId, description: 'The stored tree that the log is of' }),
});

export function logRoutes(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(TEXT_TYPES, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.addContentTypeParser(ARCHIVE_TYPES, (_request, _payload, done) => done(null));
    scope.post<{ Body: string | undefined; Querystring: Static<typeof LogQuery> }>(
      '/v1/logs/explain',
      {
        bodyLimit: LARGEST_LOG_BYTES,
        config: { uploads: LOG_UPLOADS },
        schema: {
          tags: ['operations'],
          operationId: 'explainLog',
          summary: 'A dump.log or restore.log of CRIU: the line that is the cause, why, and what helps',
          description:
            'The body is the log as text, or a checkpoint archive that has one. The cause is the first error that is one: harmless lines ' +
            'and those that only follow from others are told apart. A message that is not in the catalogue is said to be so. ' +
            'Where the tree is known, by the archive or by `tree`, the cause names the processes of it. The archive may be one that a failed dump has left, without a tree.',
          querystring: LogQuery,
          response: {
            200: {
              description: 'The cause, and the other error lines',
              content: { 'application/json': { schema: Type.Ref('LogExplanation') } },
            },
            ...problemAnswers([
              'BODY_EMPTY',
              'BODY_TOO_LARGE',
              'FORM_UNKNOWN',
              'IMAGE_INVALID',
              'IMAGE_TOO_LARGE',
              'IMAGE_UNPARSABLE',
              'NOT_ACCEPTABLE',
              'QUERY_INVALID',
              'TREE_NOT_FOUND',
            ]),
          },
        },
      },
      async (request, reply) => {
        acceptedType(request, ['application/json']);
        const named = request.query.tree === undefined ? null : await treeOf(service, request.query.tree);
        const { explanation, record, surroundings } = await explained(service, request);
        const tree = named ?? record;
        const whole = tree
          ? await ofTree(service, tree, explanation, named ? null : surroundings)
          : explanation;
        return reply.type(JSON_TYPE).send(JSON.stringify(whole));
      },
    );
  });
}

async function explained(
  service: Service,
  request: FastifyRequest<{ Body: string | undefined }>,
): Promise<{
  explanation: LogExplanation;
  record: TreeRecord | null;
  surroundings: Surroundings | null;
}> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!ARCHIVE_TYPES.includes(type)) {
    const log = request.body;
    if (!log) throw new Problem('BODY_EMPTY', 'The body is to be the text of a log.');
    return { explanation: await service.planner.explainLog(log), record: null, surroundings: null };
  }
  const read = await service.planner.read(await receive(service, request), 'log');
  const { brought, surroundings } = read;
  const beside = surroundings && (JSON.parse(surroundings.text) as Surroundings);
  const logs = beside?.logs ?? read.logs ?? [];
  if (logs.length === 0) throw new Problem('BODY_EMPTY', 'The archive has neither dump.log nor restore.log.');
  // A restore comes after its dump.
  const all = [...logs]
    .sort((a, b) => (a.kind < b.kind ? 1 : -1))
    .map(({ lines }) => explainLog(lines.join('\n')));
  const explanation = all.find(({ cause }) => cause !== null) ?? all[0]!;
  return { explanation, record: brought ? (brought.record as TreeRecord) : null, surroundings: beside };
}

/** @param surroundings of the archive that has the log; null: those of the tree's latest upload */
async function ofTree(
  service: Service,
  record: TreeRecord,
  explanation: LogExplanation,
  surroundings: Surroundings | null,
): Promise<ExplanationOfTree> {
  const found = surroundings === null ? await surroundingsOf(service, record.id) : null;
  const beside = surroundings ?? (found && (JSON.parse(found.text) as Surroundings));
  const view = await service.planner.treeView(record, 'restorers', beside);
  const { restorers } = JSON.parse(typeof view === 'string' ? view : Buffer.from(view).toString()) as {
    restorers: ToldOfTree[];
  };
  return againstTree(explanation, restorers);
}
