/** The program of the worker threads: reads uploads, makes plans, renders views. Bytes in, bytes out. */

import { move, transferableSymbol, valueSymbol } from 'piscina';
import { Problem } from '../errors.ts';
import { treeFromBytes } from '../store/tree-bytes.ts';
import { birthAnalysisJson } from './birth-analysis-view.ts';
import { receivedBytes } from './byte-channel.ts';
import { makePlan } from './make-plan.ts';
import { comparisonView, planView } from './plan-view.ts';
import { readUpload } from './read-upload.ts';
import { addBirths } from './record-births.ts';
import type {
  AnalyseTask,
  Answer,
  BirthsTask,
  CompareTask,
  PlanTask,
  ReadTask,
  Task,
  UploadMessage,
  ViewTask,
} from './tasks.ts';
import type { Upload } from './upload.ts';

export default async function work(task: Task): Promise<Answer> {
  try {
    switch (task.do) {
      case 'read':
        return await read(task);
      case 'plan':
        return plan(task);
      case 'view':
        return view(task);
      case 'compare':
        return compare(task);
      case 'analyse':
        return analyse(task);
      case 'births':
        return await births(task);
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, message, errors, total } = error;
    return { of: 'problem', code, detail: message, errors, total };
  }
}

async function read({ upload, wanted, limits }: ReadTask): Promise<Answer> {
  const { options, ...outcome } = await readUpload(arriving(upload), wanted, limits);
  if (outcome.tree === null) return { of: 'read', tree: null, treeId: outcome.treeId, options };
  const { record } = outcome;
  return moved({ of: 'read', tree: record, treeId: record.id, options }, record.bytes);
}

async function births({ upload, tree, limits }: BirthsTask): Promise<Answer> {
  const added = await addBirths(tree, arriving(upload), limits);
  return moved({ of: 'births', ...added }, added.record.bytes);
}

function arriving(upload: UploadMessage): Upload {
  return 'parts' in upload ? upload : { ...upload, rest: upload.rest && receivedBytes(upload.rest) };
}

function plan({ tree, treeId, options, progress }: PlanTask): Answer {
  const { id, head, steps } = makePlan(treeFromBytes(tree), treeId, options, (name) =>
    progress.postMessage(name),
  );
  progress.close();
  return moved({ of: 'plan', id, head, steps }, steps);
}

function view({ view, tree, plan, range }: ViewTask): Answer {
  return text('view', planView(view, treeFromBytes(tree), plan, range));
}

function compare({ a, b }: CompareTask): Answer {
  return text('compare', comparisonView(a, b));
}

function analyse({ tree, options }: AnalyseTask): Answer {
  return text('analyse', birthAnalysisJson(treeFromBytes(tree), options));
}

function text(of: 'view' | 'compare' | 'analyse', written: string): Answer {
  const json = new TextEncoder().encode(written);
  return moved({ of, json }, json);
}

/** The answer in the form in which the pool transfers `bytes` instead of cloning it. */
function moved(answer: Answer, bytes: Uint8Array): Answer {
  const transferable = { [transferableSymbol]: [bytes.buffer], [valueSymbol]: answer };
  return move(transferable as Parameters<typeof move>[0]) as unknown as Answer;
}
