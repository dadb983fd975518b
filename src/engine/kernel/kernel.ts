/**
 * Kernel: the simulator's face. Calls by pid, runs of steps, and what /proc would show.
 *
 * In: calls (calls.ts) and steps with level-0 numbers. Out: a run stops at the first refusal, with its step. Nothing here comes
 * from the planner. Cost: a run is O(steps), O(log n) for orphans of far subreapers; about 90 bytes a process ever born.
 */

import { SHARING, shareFlag, shareNames } from '../plan/share-flags.ts';
import {
  CLONE3,
  DEPTH,
  EXEC,
  EXIT,
  IOCTL,
  IOPRIO,
  NEWPID,
  PARENT,
  PRCTL,
  SETNS,
  SETPGID,
  SETSID,
  type StepList,
  UNSHARE,
  unshareNames,
  WAIT4,
} from '../plan/step-list.ts';
import { SIGCHLD } from '../tree/sharing-columns.ts';
import { Calls } from './calls.ts';
import { clone3 } from './clone.ts';
import type { Answer, Errno } from './errno.ts';
import { HANGING } from './process-table.ts';
import { flagsTogether } from './sharing-calls.ts';

/** Why a run stopped: the step was refused, and the plan with it. */
export interface Refusal {
  /** Index of the step. */
  readonly step: number;
  readonly errno: Errno;
  readonly message: string;
}

const NO_NUMBERS = new Int32Array(0);
const CALLS = 'clone3 setsid setpgid prctl unshare setns exit wait4 exec ioctl ioprio'.split(' ');

/** Steps whose numbers are looked up together. */
const AHEAD = 64;

export class Kernel extends Calls {
  /** Of the numbers looked up ahead; nobody asks, but what nobody could ask for would not be looked up. */
  fetched = 0;

  /** Executes the steps `from .. to`; null when all went well. */
  run(steps: StepList, from = 0, to = steps.length): Refusal | null {
    for (let i = from; i < to; i++) {
      if ((i - from) % AHEAD === 0) this.fetch(steps, i, Math.min(to, i + AHEAD));
      const answer = this.step(steps, i);
      if (answer !== 0) return this.refusal(steps, i, answer);
    }
    return null;
  }

  /**
   * Looks up the numbers of the next steps for nothing but that they are near then: memory that is far is fetched for all of
   * them at once, and would be waited for by each step alone.
   */
  private fetch(steps: StepList, from: number, to: number): void {
    const { numbers } = this.state;
    let entries = 0;
    for (let i = from; i < to; i++) entries ^= numbers.outermost(steps.object[i]!);
    this.fetched = entries;
  }

  private step(steps: StepList, i: number): Answer {
    const pid = steps.actor[i]!;
    const object = steps.object[i]!;
    const value = steps.value[i]!;
    switch (steps.op[i]) {
      case CLONE3: {
        const row = this.caller(pid);
        if (row === 0) return 'ESRCH';
        const asSibling = (steps.flags[i]! & PARENT) !== 0;
        const newpid = (steps.flags[i]! & NEWPID) !== 0;
        const shared = (steps.flags[i]! & SHARING) / shareFlag(0);
        if (shared !== 0) {
          const fault = flagsTogether(this.state, shareNames(shared * shareFlag(0)));
          if (fault !== 0) return fault;
        }
        const { state } = this;
        if (value < 0) {
          const signal = asSibling ? 0 : SIGCHLD;
          return clone3(state, row, object, NO_NUMBERS, 0, 0, asSibling, newpid, signal, shared);
        }
        const depth = steps.inner[value]! & DEPTH;
        const signal = asSibling ? 0 : steps.exitSignal(i);
        return clone3(state, row, object, steps.inner, value + 1, depth, asSibling, newpid, signal, shared);
      }
      case SETSID:
        return this.setsid(pid);
      case SETPGID:
        return this.setpgid(pid, object, value);
      case PRCTL:
        return this.setSubreaper(pid, value !== 0);
      case UNSHARE:
        return this.unshare(pid, unshareNames(steps.flags[i]!));
      case SETNS:
        return this.setns(pid, object);
      case EXIT:
        return this.exit(pid, value) || this.unfinished(pid);
      case WAIT4:
        return this.wait4(pid, object);
      case EXEC:
        return this.exec(pid);
      case IOPRIO:
        return this.ioprio(pid);
      case IOCTL:
        return value === 0 ? this.dropTerminal(pid) : this.takeTerminal(pid, value);
      default:
        return this.state.refuse('EINVAL', 'no such call');
    }
  }

  /** A step has to finish before the next begins; the exit of an init may not (G17–G20, G33). */
  private unfinished(pid: number): Answer {
    const row = this.state.find(pid);
    if (row === 0 || this.state.processes.state[row] !== HANGING) return 0;
    return this.state.refuse(
      'EDEADLK',
      'numbers of its namespace are in use outside, so the exit does not finish',
    );
  }

  private refusal(steps: StepList, i: number, errno: Errno): Refusal {
    const call = CALLS[steps.op[i]!] ?? 'call';
    const message = `${call} by ${steps.actor[i]}: ${errno}, ${this.state.reason}`;
    return { step: i, errno, message };
  }
}
