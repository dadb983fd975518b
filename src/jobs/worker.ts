/** The program of the worker threads: reads uploads, makes plans, renders views. Bytes in, bytes out. */

import { move, transferableSymbol, valueSymbol } from 'piscina';
import { Problem } from '../errors.ts';
import { treeFromBytes } from '../store/tree-bytes.ts';
import { receivedBytes } from './byte-channel.ts';
import { makePlan } from './make-plan.ts';
import { comparisonView, planView } from './plan-view.ts';
import { readUpload } from './read-upload.ts';
import type { Answer, CompareTask, PlanTask, ReadTask, Task, ViewTask } from './tasks.ts';
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
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, message, errors, total } = error;
    return { of: 'problem', code, detail: message, errors, total };
  }
}

async function read({ upload, wanted, limits }: ReadTask): Promise<Answer> {
  const source: Upload =
    'parts' in upload ? upload : { ...upload, rest: upload.rest && receivedBytes(upload.rest) };
  const { options, ...outcome } = await readUpload(source, wanted, limits);
  if (outcome.tree === null) return { of: 'read', tree: null, treeId: outcome.treeId, options };
  const { record } = outcome;
  return moved({ of: 'read', tree: record, treeId: record.id, options }, record.bytes);
}

function plan({ tree, treeId, options, progress }: PlanTask): Answer {
  const { id, head, steps } = makePlan(treeFromBytes(tree), treeId, options, (name) =>
    progress.postMessage(name),
  );
  progress.close();
  return moved({ of: 'plan', id, head, steps }, steps);
}

function view({ view, tree, plan }: ViewTask): Answer {
  return text('view', planView(view, treeFromBytes(tree), plan));
}

function compare({ a, b }: CompareTask): Answer {
  return text('compare', comparisonView(a, b));
}

function text(of: 'view' | 'compare', written: string): Answer {
  const json = new TextEncoder().encode(written);
  return moved({ of, json }, json);
}

/** The answer in the form in which the pool transfers `bytes` instead of cloning it. */
function moved(answer: Answer, bytes: Uint8Array): Answer {
  const transferable = { [transferableSymbol]: [bytes.buffer], [valueSymbol]: answer };
  return move(transferable as Parameters<typeof move>[0]) as unknown as Answer;
}
