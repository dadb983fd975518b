/**
 * The finishing script as the lines that the native finisher reads (native/finish/script.h).
 *
 * In: a graft's file. Out: lines. Every name of the graft that the finisher does not know is an error here, before
 * anything is started.
 */

import type { GraftFile } from '../formats/graft-schema.ts';

const PR_SET_CHILD_SUBREAPER = 36;

type FinishingStep = GraftFile['script'][number];

/** What of a graft the finisher does. */
export interface Finishing {
  readonly carriers: readonly Pick<GraftFile['carriers'][number], 'pid' | 'childSubreaper'>[];
  readonly script: readonly FinishingStep[];
  readonly restore: Omit<GraftFile['restore'], 'sigchld'>;
  readonly expected: GraftFile['expected'];
}

export function finishingLines({ carriers, script, restore, expected }: Finishing): string[] {
  return [
    ...carriers.map(({ pid }) => `carrier ${pid}`),
    ...[...carriers, ...expected].flatMap(({ pid, childSubreaper }) =>
      childSubreaper ? [`subreaper ${pid}`] : [],
    ),
    ...restore.stops.map(({ pid, signal }) => `stop ${pid} ${signal}`),
    ...restore.pdeathSignals.map(({ pid, tid, signal }) => `pdeath ${pid} ${tid} ${signal}`),
    ...restore.signals.map(({ pid, tid, info }) => `signal ${pid} ${tid} ${info}`),
    ...expected.map(expectationLine),
    ...script.map(stepLine),
  ];
}

function expectationLine(process: GraftFile['expected'][number]): string {
  const { pid, ppid, pgid, sid, threads, exitStatus = -1, childSubreaper } = process;
  const flag = childSubreaper === undefined ? -1 : Number(childSubreaper);
  const tids = threads.length > 1 ? ` ${threads.join(' ')}` : '';
  return `expect ${pid} ${ppid} ${pgid} ${sid} ${exitStatus} ${flag}${tids}`;
}

function stepLine(step: FinishingStep): string {
  switch (step.op) {
    case 'prctl':
      return `prctl ${step.pid} ${PR_SET_CHILD_SUBREAPER} ${step.value}`;
    case 'setpgid':
      return `setpgid ${step.pid} ${step.target} ${step.pgid}`;
    case 'wait4':
      return `wait4 ${step.pid} ${step.child}`;
    case 'exit': {
      const how = step.signal === undefined ? `code ${step.code ?? 0}` : `signal ${step.signal}`;
      return `exit ${step.pid} ${how} ${step.reap === 'zombie' ? 'keep' : 'reap'} ${step.parent}`;
    }
  }
}
