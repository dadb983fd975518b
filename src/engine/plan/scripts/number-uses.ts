/**
 * Uses of numbers: when a number is free for a birth, and which member of a group stays while others are moved into it.
 *
 * In: the steps of a plan, told in order. Out: dependencies, as (step, earlier step), to `need`. A number is free once its process
 * is reaped and the last member of its group and session is gone (D1 to D8); setsid wants the group of the caller's
 * number empty (E2 to E4); setpgid wants a member in the group (F9, F12): the one that stays longest is its witness.
 * Cost: O(1) a step, and what it gives to `need`.
 */

import { NONE } from '../../tree/child-lists.ts';
import type { StepList } from '../step-list.ts';
import { FOREVER, groupStays } from './group-stays.ts';
import type { PlanProcesses } from './process-table.ts';
import { StepSets } from './step-sets.ts';

export class NumberUses {
  private readonly steps: StepList;
  private readonly processes: PlanProcesses;
  private readonly need: (step: number, earlier: number) => void;
  private readonly stayEnd: Int32Array;
  /** By slot: the step of coming into its group. */
  private readonly stayBegan: Int32Array;
  /** By slot of a group's number: the step that began the stay which lasts longest. */
  private readonly witness: Int32Array;
  /** By slot of a number: steps after which one use of it was over; those that emptied its group only. */
  private readonly numberFreed: StepSets;
  private readonly groupLeft: StepSets;
  /** By the step that began a stay: setpgid calls that count on it. */
  private readonly countedOn: StepSets;
  /** Below level 0: (namespace, number) to the slot that had it last. */
  private readonly innerHolder = new Map<number, number>();

  constructor(steps: StepList, processes: PlanProcesses, need: (step: number, earlier: number) => void) {
    const { slots } = processes;
    this.steps = steps;
    this.processes = processes;
    this.need = need;
    this.stayEnd = groupStays(steps, processes);
    this.stayBegan = new Int32Array(slots).fill(NONE);
    this.witness = new Int32Array(slots).fill(NONE);
    this.numberFreed = new StepSets(slots);
    this.groupLeft = new StepSets(slots);
    this.countedOn = new StepSets(steps.length);
  }

  /** A process is born with the number of this slot. */
  taken(step: number, slot: number): void {
    this.needAll(step, this.numberFreed, slot);
    this.numberFreed.clear(slot);
    this.groupLeft.clear(slot);
  }

  /** A process with this number was reaped. */
  freed(step: number, slot: number): void {
    this.numberFreed.add(slot, step);
  }

  /** The caller makes the group of its own number. */
  groupEmpty(step: number, slot: number): void {
    this.needAll(step, this.groupLeft, slot);
  }

  /** Somebody is moved into a group that has to have a member. */
  countOnMember(step: number, group: number): void {
    const witness = this.witness[group]!;
    this.need(step, witness);
    if (witness !== NONE && this.stayEnd[witness] !== FOREVER) this.countedOn.add(witness, step);
  }

  /** A process has just come into the group it is in. */
  joined(step: number, slot: number): void {
    this.stayBegan[slot] = step;
    const group = this.processes.group[slot]!;
    if (group === NONE) return;
    const before = this.witness[group]!;
    if (before === NONE || this.stayEnd[step]! > this.stayEnd[before]!) this.witness[group] = step;
  }

  leaveGroup(step: number, slot: number): void {
    const group = this.processes.group[slot]!;
    if (group === NONE) return;
    this.numberFreed.add(group, step);
    this.groupLeft.add(group, step);
    this.needAll(step, this.countedOn, this.stayBegan[slot]!);
    const witness = this.witness[group]!;
    if (witness !== NONE && this.stayEnd[witness] === step) this.witness[group] = NONE;
  }

  leaveSession(step: number, slot: number): void {
    const session = this.processes.session[slot]!;
    if (session !== NONE) this.numberFreed.add(session, step);
  }

  innerTaken(step: number, child: number): void {
    const { processes, innerHolder } = this;
    const inner = this.steps.innerNumbers(step);
    let namespace = processes.namespace[child]!;
    for (let level = inner.length - 1; level >= 0; level--) {
      const key = namespace * NUMBERS + inner[level]!;
      const holder = innerHolder.get(key);
      if (holder !== undefined && holder !== child) this.needAll(step, this.numberFreed, holder);
      innerHolder.set(key, child);
      namespace = processes.outerOf[namespace]!;
    }
  }

  private needAll(step: number, sets: StepSets, key: number): void {
    if (key !== NONE) sets.each(key, (earlier) => this.need(step, earlier));
  }
}

/** More than there are pids. */
const NUMBERS = 2 ** 23;
