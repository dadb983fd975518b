/**
 * Calls of prctl(PR_SET_CHILD_SUBREAPER) that must not overlap: those of two processes of which one is above the other.
 *
 * The kernel notes in all below a new child-subreaper that there is one above them, down to the inits of nested
 * namespaces. The note lies in the word that holds their own flag, and who changes its own flag takes no lock: of two
 * calls at once the lower process's flag or its note may get lost. Measured on Linux 6.18 with two processors: a parent's
 * call in the midst of its child's calls took the child's flag in 2 of 1,000 rounds.
 *
 * In: the steps of a plan, told in order. Out: dependencies, as (step, earlier step), to `need`.
 * Invariant: of two such calls the later waits for the earlier, in whichever order the steps around them come. So a
 * namespace's init counts as above its injected processes: the deaths of others may leave them to it.
 * Cost: for each call its distance to the next above that is settled, or to the namespace's init.
 */

import { NONE } from '../../tree/child-lists.ts';
import { PRCTL, type StepList } from '../step-list.ts';
import type { PlanProcesses } from './process-table.ts';
import { StepSets } from './step-sets.ts';

export class SubreaperCalls {
  readonly any: boolean;
  /** By slot: does it ever call; its last call so far; how many are to come. */
  readonly ever: Uint8Array;
  readonly last: Int32Array;
  private readonly left: Int32Array;
  /** By slot: 1 where its last call is over, and came after all calls of those above. */
  private readonly settled: Uint8Array;
  /** By slot: the last death that took it from below somebody who calls. */
  private readonly takenFrom: Int32Array;
  /** By slot: calls of others below, which its own next call has to wait for. */
  private readonly callsBelow: StepSets;
  private readonly steps: StepList;
  private readonly processes: PlanProcesses;
  private readonly need: (step: number, earlier: number) => void;

  constructor(steps: StepList, processes: PlanProcesses, need: (step: number, earlier: number) => void) {
    const { slots } = processes;
    this.steps = steps;
    this.processes = processes;
    this.need = need;
    this.ever = new Uint8Array(slots);
    this.last = new Int32Array(slots).fill(NONE);
    this.left = new Int32Array(slots);
    this.settled = new Uint8Array(slots);
    this.takenFrom = new Int32Array(slots).fill(NONE);
    this.callsBelow = new StepSets(slots);
    for (let i = 0; i < steps.length; i++) {
      if (steps.op[i] !== PRCTL) continue;
      const caller = processes.slotOf(steps.actor[i]!);
      this.ever[caller] = 1;
      this.left[caller]!++;
    }
    this.any = this.ever.includes(1);
  }

  born(slot: number): void {
    this.last[slot] = NONE;
    this.settled[slot] = 0;
    this.takenFrom[slot] = NONE;
    this.callsBelow.clear(slot);
  }

  /** Do the children of `dying`, which go to `adopter`, leave somebody above them who calls? */
  leftBy(dying: number, adopter: number): boolean {
    const { parent } = this.processes;
    for (let above = dying; above !== adopter && above !== NONE; above = parent[above]!) {
      if (this.ever[above]) return true;
    }
    return false;
  }

  taken(child: number, step: number): void {
    this.takenFrom[child] = step;
  }

  call(step: number, caller: number): void {
    // Only who becomes one is told to those below.
    if (this.steps.value[step]) {
      this.callsBelow.each(caller, (earlier) => this.need(step, earlier));
      this.callsBelow.clear(caller);
    }
    this.left[caller]!--;
    const overAbove = this.waitForThoseAbove(step, caller);
    this.settled[caller] = Number(overAbove && this.left[caller] === 0);
    this.last[caller] = step;
  }

  /** Are all calls of those above over? */
  private waitForThoseAbove(step: number, caller: number): boolean {
    const { parent, namespace, initOf } = this.processes;
    let over = true;
    for (let at = caller; at !== initOf[namespace[at]!]; at = parent[at]!) {
      this.need(step, this.takenFrom[at]!);
      const above = parent[at]!;
      if (above === NONE) break;
      if (namespace[above] !== namespace[at]) over = this.waitFor(step, initOf[namespace[at]!]!) && over;
      over = this.waitFor(step, above) && over;
      if (this.settled[above]) break;
    }
    return over;
  }

  private waitFor(step: number, above: number): boolean {
    if (!this.ever[above]) return true;
    this.need(step, this.last[above]!);
    if (this.left[above] === 0) return true;
    this.callsBelow.add(above, step);
    return false;
  }
}
