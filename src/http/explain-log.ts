/**
 * An upload of a log explained: as text, or in the checkpoint archive that has one; against the tree where it is known.
 *
 * In: a request with the log, and the tree that it is of where the request names it. Out: the explanation.
 */

import type { FastifyRequest } from 'fastify';
import { againstTree, type ExplanationOfTree, type ToldOfTree } from '../engine/logs/against-tree.ts';
import { explainLog, type LogExplanation } from '../engine/logs/explain-log.ts';
import type { Surroundings } from '../engine/requirements/surroundings.ts';
import { Problem } from '../errors.ts';
import type { TreeRecord } from '../store/store.ts';
import { receive, type Service, saidBeside, treeOf } from './routes/service.ts';
import { viewOfTree } from './told-of-tree.ts';

export const LOG_ARCHIVES = ['application/x-tar', 'application/tar', 'application/gzip', 'application/zstd'];

type LogRequest = FastifyRequest<{ Body: string | undefined }>;

/** @throws Problem TREE_NOT_FOUND, BODY_EMPTY, and what the archive has wrong */
export async function explainedLog(
  service: Service,
  request: LogRequest,
  treeId: string | undefined,
): Promise<LogExplanation | ExplanationOfTree> {
  const named = treeId === undefined ? null : await treeOf(service, treeId);
  const { explanation, record, surroundings } = await explainedUpload(service, request);
  const tree = named ?? record;
  if (!tree) return explanation;
  const beside = (named ? null : surroundings) ?? (await saidBeside(service, tree.id));
  const { restorers } = await viewOfTree<{ restorers: ToldOfTree[] }>(service, tree, 'restorers', beside);
  return againstTree(explanation, restorers);
}

/** With the tree of the archive that has the log, and what it says beside that. */
interface ExplainedUpload {
  readonly explanation: LogExplanation;
  readonly record: TreeRecord | null;
  readonly surroundings: Surroundings | null;
}

async function explainedUpload(service: Service, request: LogRequest): Promise<ExplainedUpload> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!LOG_ARCHIVES.includes(type)) {
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
