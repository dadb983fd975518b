/** A dispatcher whose work has spans, on the main thread and in workers, with the phases of a planning below it. */

import type { Phase } from '../engine/plan/planning.ts';
import { Dispatcher, type RunOptions } from '../jobs/dispatcher.ts';
import type { ResultOf, TaskOf, WorkName } from '../jobs/work.ts';
import { spanned, tracer } from './spans.ts';

export class TracedDispatcher extends Dispatcher {
  override here<K extends WorkName>(
    name: K,
    task: TaskOf<K>,
    options: RunOptions = {},
  ): Promise<ResultOf<K>> {
    // Null is an answer too: the work goes on in a thread, with a span of its own.
    const work = () => super.here(name, task, options) as Promise<ResultOf<K>>;
    return spanned(name, { 'regraft.thread': 'main' }, work);
  }

  override elsewhere<K extends WorkName>(
    name: K,
    task: TaskOf<K>,
    options: RunOptions = {},
  ): Promise<ResultOf<K>> {
    return spanned(name, { 'regraft.thread': 'worker' }, async () => {
      const begun: [Phase, number][] = [];
      const phase = (phase: Phase) => {
        begun.push([phase, Date.now()]);
        options.phase?.(phase);
      };
      try {
        return (await super.elsewhere(name, task, { ...options, phase })) as ResultOf<K>;
      } finally {
        const end = Date.now();
        begun.forEach(([phase, startTime], i) => {
          tracer.startSpan(phase, { startTime }).end(begun[i + 1]?.[1] ?? end);
        });
      }
    });
  }
}
