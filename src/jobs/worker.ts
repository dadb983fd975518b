/** The program of the worker threads: looks the work up in the table and does it. Bytes in, bytes out. */

import { move, transferableSymbol, valueSymbol } from 'piscina';
import { Problem } from '../errors.ts';
import { type Answer, movable, type Order, received } from './crossing.ts';
import { WORK, type WorkContext } from './work.ts';

/** A row of the table, of whatever work: the order brings the task that belongs to it. */
interface Row {
  run(task: object, context: WorkContext): unknown;
  portable?(result: object): object;
}

export default async function work(order: Order): Promise<Answer> {
  const { run, portable } = WORK[order.do] as Row;
  const context: WorkContext = { phase: (name) => order.phases.postMessage(name) };
  try {
    const made = await run(received(order), context);
    if (typeof made === 'string') return moved(new TextEncoder().encode(made));
    return moved(portable ? portable(made as object) : made);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { problem: error.byValue() };
  } finally {
    order.phases.close();
  }
}

/** In the form in which the pool transfers the result's bytes instead of cloning them. */
function moved(result: unknown): Answer {
  const transferable = { [transferableSymbol]: movable(result), [valueSymbol]: { result } };
  return move(transferable as unknown as Parameters<typeof move>[0]) as unknown as Answer;
}
