/**
 * Tracks: a plan as a picture over time. A line a process, in the order of births; on it the sessions it is in, one after
 * the other; between the lines what one process does to another.
 *
 * In: the timeline of the API. Out: lines, spans in steps, marks and flows. Cost: O(effects).
 */

import type { Timeline, TimelineEvent } from './answers.ts';

export interface Track {
  readonly pid: number;
  readonly helper: boolean;
  /** Step of the birth, −1 for the root. */
  readonly birth: number;
  /** Step after which nothing is left of it; the number of steps where it stays. */
  end: number;
  /** From this step on a zombie, or null. */
  zombie: number | null;
  readonly sessions: { readonly from: number; readonly sid: number }[];
}

export type MarkKind =
  | 'setsid'
  | 'setpgid'
  | 'flag on'
  | 'flag off'
  | 'exit'
  | 'wait4'
  | 'namespace'
  | 'leaves'
  | 'terminal';

export interface Mark {
  readonly step: number;
  readonly line: number;
  readonly kind: MarkKind;
}

/** `birth`: from the creator to the child. `adoption`: of the child in `line`, from the dying father to who adopts it. */
export interface Flow {
  readonly step: number;
  readonly kind: 'birth' | 'adoption';
  readonly from: number;
  readonly to: number;
  readonly line: number;
}

export interface Tracks {
  readonly steps: number;
  readonly tracks: readonly Track[];
  readonly marks: readonly Mark[];
  readonly flows: readonly Flow[];
  readonly lineOf: ReadonlyMap<number, number>;
}

export function tracksOf(
  root: Timeline['root'],
  events: readonly TimelineEvent[],
  isHelper: (pid: number) => boolean,
): Tracks {
  const steps = events.length;
  const tracks: Track[] = [];
  const lineOf = new Map<number, number>();
  const marks: Mark[] = [];
  const flows: Flow[] = [];
  const begin = (pid: number, birth: number, sid: number): void => {
    lineOf.set(pid, tracks.length);
    const sessions = [{ from: birth, sid }];
    tracks.push({ pid, helper: isHelper(pid), birth, end: steps, zombie: null, sessions });
  };
  begin(root.pid, -1, root.sid);

  for (const { index, step, effects } of events) {
    const line = lineOf.get(step.pid);
    const kind = markOf(step);
    if (kind !== null && line !== undefined) marks.push({ step: index, line, kind });
    for (const effect of effects) {
      if (effect.kind === 'born') {
        begin(effect.pid, index, effect.sid);
        const child = lineOf.get(effect.pid)!;
        flows.push({ step: index, kind: 'birth', from: line ?? 0, to: child, line: child });
      }
      const own = lineOf.get(effect.pid);
      if (own === undefined) continue;
      if (effect.kind === 'session') tracks[own]!.sessions.push({ from: index, sid: effect.sid });
      if (effect.kind === 'zombie') tracks[own]!.zombie = index;
      if (effect.kind === 'gone') tracks[own]!.end = index;
      if (effect.kind !== 'adopted') continue;
      const [from, to] = [lineOf.get(effect.from), lineOf.get(effect.parent)];
      if (from !== undefined && to !== undefined) {
        flows.push({ step: index, kind: 'adoption', from, to, line: own });
      }
    }
  }
  return { steps, tracks, marks, flows, lineOf };
}

function markOf(step: TimelineEvent['step']): MarkKind | null {
  switch (step.op) {
    case 'setsid':
    case 'setpgid':
    case 'exit':
    case 'wait4':
      return step.op;
    case 'prctl':
      return step.value ? 'flag on' : 'flag off';
    case 'setns':
      return 'namespace';
    case 'unshare':
      return step.flags.includes('CLONE_NEWPID') ? 'namespace' : 'leaves';
    case 'exec':
      return 'leaves';
    case 'ioctl':
      return 'terminal';
    default:
      return null;
  }
}
