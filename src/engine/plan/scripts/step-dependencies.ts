/**
 * Step dependencies: which steps of others a step has to come after, for the plan to mean the same in any order that
 * keeps to them and to the order of each process's own steps.
 *
 * In: the steps of a plan that runs in the order given. Out: each dependency, as (step, earlier step), to `need`.
 * Two steps depend on each other where one makes what the other reads, or reads what the other changes:
 * - a process must be born before it acts or is acted on, and dead before it is reaped;
 * - a number is free once its process is reaped and the last member of its group and session is gone (D1 to D8), and
 *   setsid wants the group of the caller's number empty (E2 to E4);
 * - children inherit group and session of the caller (C4), so a setpgid by the parent stands between its child's calls;
 * - setpgid wants a member in the group (F9, F12): the member that stays longest is its witness;
 * - what is shared, a terminal and an I/O context are matters between a process and its creator: their own order tells;
 * - CLONE_PARENT wants the parent to be the right one, and adoption depends on who has the subreaper flag (A2 to A5);
 * - two calls that switch that flag, one process above the other, must not overlap (subreaper-calls.ts).
 * Cost: O(steps + births), and in plans that switch subreaper flags the distance to the adopter for each death of a
 * process with children, and what subreaper-calls.ts says.
 */

import { NONE } from '../../tree/child-lists.ts';
import {
  CLONE3,
  EXEC,
  EXIT,
  NEWPID,
  PARENT,
  PRCTL,
  SETNS,
  SETPGID,
  SETSID,
  type StepList,
  UNSHARE,
  WAIT4,
} from '../step-list.ts';
import { NumberUses } from './number-uses.ts';
import { PlanProcesses } from './process-table.ts';
import { StepSets } from './step-sets.ts';
import { SubreaperCalls } from './subreaper-calls.ts';

export type Need = (step: number, earlier: number) => void;

export function stepDependencies(rootPid: number, steps: StepList, need: Need): void {
  new DependencyWalk(rootPid, steps, need).walk();
}

class DependencyWalk {
  private readonly steps: StepList;
  private readonly need: Need;
  private readonly processes: PlanProcesses;
  private readonly numbers: NumberUses;

  /** By slot: the step of the birth; of becoming its parent's child; of its exit. */
  private readonly birth: Int32Array;
  private readonly arrival: Int32Array;
  private readonly death: Int32Array;
  /** By slot: the last setpgid of its parent on it, its own last call that depends on its group. */
  private readonly movedByParent: Int32Array;
  private readonly groupUse: Int32Array;
  /** By slot: is the subreaper flag on. */
  private readonly flagged: Uint8Array;
  private readonly subreapers: SubreaperCalls;

  /** By slot: deaths that looked at its flag since it last changed it; setns calls that name it. */
  private readonly flagReaders: StepSets;
  private readonly entered: StepSets;

  constructor(rootPid: number, steps: StepList, need: Need) {
    this.steps = steps;
    this.need = (step, earlier) => {
      if (earlier !== NONE) need(step, earlier);
    };
    this.processes = new PlanProcesses(rootPid, steps);
    this.numbers = new NumberUses(steps, this.processes, this.need);
    this.subreapers = new SubreaperCalls(steps, this.processes, this.need);
    const { slots } = this.processes;
    const column = () => new Int32Array(slots).fill(NONE);
    this.birth = column();
    this.arrival = column();
    this.death = column();
    this.movedByParent = column();
    this.groupUse = column();
    this.flagged = new Uint8Array(slots);
    this.flagReaders = new StepSets(slots);
    this.entered = new StepSets(slots);
  }

  walk(): void {
    const { steps, processes } = this;
    for (let step = 0; step < steps.length; step++) {
      const actor = processes.slotOf(steps.actor[step]!);
      this.need(step, this.birth[actor]!);
      const object = processes.slotOf(steps.object[step]!);
      switch (steps.op[step]) {
        case CLONE3:
          this.clone(step, actor, object);
          break;
        case SETSID:
          this.setsid(step, actor);
          break;
        case SETPGID:
          this.setpgid(step, actor, object, processes.slotOf(steps.value[step]!));
          break;
        case PRCTL:
          this.prctl(step, actor);
          break;
        case UNSHARE:
          if ((steps.flags[step]! & NEWPID) === 0) break;
          processes.childNamespace[actor] = processes.makeNamespace(processes.childNamespace[actor]!);
          break;
        case SETNS:
          this.need(step, this.birth[object]!);
          this.entered.add(object, step);
          processes.childNamespace[actor] = processes.namespace[object]!;
          break;
        case EXIT:
          this.exit(step, actor);
          break;
        case WAIT4:
          this.wait4(step, object);
          break;
        case EXEC:
          // Afterwards the parent cannot move it any more (P7).
          this.need(step, this.movedByParent[actor]!);
          break;
      }
    }
  }

  private clone(step: number, creator: number, child: number): void {
    const { processes, steps } = this;
    const flags = steps.flags[step]!;
    const asSibling = (flags & PARENT) !== 0;
    this.numbers.taken(step, child);
    this.need(step, this.movedByParent[creator]!);
    this.groupUse[creator] = step;
    if (asSibling) this.need(step, this.arrival[creator]!);
    const parent = asSibling ? processes.parent[creator]! : creator;
    processes.born(child, creator, parent, (flags & NEWPID) !== 0);
    this.numbers.innerTaken(step, child);
    this.birth[child] = step;
    this.arrival[child] = step;
    this.death[child] = NONE;
    this.movedByParent[child] = NONE;
    this.groupUse[child] = NONE;
    this.flagged[child] = 0;
    this.subreapers.born(child);
    this.entered.clear(child);
    this.flagReaders.clear(child);
    this.numbers.joined(step, child);
  }

  private setsid(step: number, caller: number): void {
    const { processes } = this;
    this.need(step, this.movedByParent[caller]!);
    this.numbers.groupEmpty(step, caller);
    this.numbers.leaveGroup(step, caller);
    this.numbers.leaveSession(step, caller);
    processes.group[caller] = caller;
    processes.session[caller] = caller;
    this.numbers.joined(step, caller);
    this.groupUse[caller] = step;
  }

  private setpgid(step: number, caller: number, target: number, group: number): void {
    this.need(step, this.birth[target]!);
    if (caller !== target) {
      this.need(step, this.arrival[target]!);
      this.need(step, this.groupUse[target]!);
    }
    this.need(step, this.movedByParent[target]!);
    if (group !== target && group !== NONE) this.numbers.countOnMember(step, group);
    this.numbers.leaveGroup(step, target);
    this.processes.group[target] = group;
    this.numbers.joined(step, target);
    if (caller === target) this.groupUse[target] = step;
    else this.movedByParent[target] = step;
  }

  private prctl(step: number, caller: number): void {
    this.flagReaders.each(caller, (earlier) => this.need(step, earlier));
    this.flagReaders.clear(caller);
    this.flagged[caller] = this.steps.value[step]!;
    this.subreapers.call(step, caller);
  }

  private exit(step: number, dying: number): void {
    const { processes } = this;
    this.death[dying] = step;
    this.entered.each(dying, (earlier) => this.need(step, earlier));
    const { firstChild } = processes;
    if (firstChild[dying] !== NONE) {
      const adopter = this.adopter(step, dying);
      const leaveCaller = this.subreapers.any && this.subreapers.leftBy(dying, adopter);
      for (let child = firstChild[dying]!; child !== NONE; child = firstChild[dying]!) {
        this.need(step, this.arrival[child]!);
        this.arrival[child] = step;
        if (leaveCaller) this.subreapers.taken(child, step);
        processes.adopt(child, adopter);
      }
    }
    // Its flag means nothing any more; whoever looked at it was below it, and is a matter of arrivals.
    this.flagged[dying] = 0;
  }

  private wait4(step: number, child: number): void {
    this.need(step, this.death[child]!);
    this.need(step, this.arrival[child]!);
    this.entered.each(child, (earlier) => this.need(step, earlier));
    this.numbers.leaveGroup(step, child);
    this.numbers.leaveSession(step, child);
    this.numbers.freed(step, child);
    this.processes.takeOut(child);
  }

  /** Nearest flagged ancestor on the same level, else the namespace's init; every flag on the way was looked at. */
  private adopter(step: number, dying: number): number {
    const { processes, flagged, subreapers } = this;
    const namespace = processes.namespace[dying]!;
    if (subreapers.any) {
      this.need(step, this.arrival[dying]!);
      const level = processes.levelOf[namespace];
      for (let above = processes.parent[dying]!; above !== NONE; above = processes.parent[above]!) {
        // The init adopts with the flag and without it.
        if (above === processes.initOf[namespace]) break;
        if (processes.levelOf[processes.namespace[above]!] !== level) break;
        if (subreapers.ever[above]) {
          this.need(step, subreapers.last[above]!);
          this.flagReaders.add(above, step);
          if (flagged[above]) return above;
        }
        this.need(step, this.arrival[above]!);
      }
    }
    return processes.initOf[namespace]!;
  }
}
