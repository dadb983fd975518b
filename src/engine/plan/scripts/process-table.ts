/**
 * The processes of a plan while its steps are walked through: who is whose child, in which group, session, namespace.
 *
 * Slots are numbers of level 0; a number that is used again by a later process has the same slot. This is bookkeeping
 * of a plan that is known to run, not a simulator: nothing is checked. Cost: O(1) a birth, an adoption, an end.
 */

import { ChildLists, NONE } from '../../tree/child-lists.ts';
import { pidIndex } from '../../tree/pid-index.ts';
import { CLONE3, type StepList } from '../step-list.ts';

export class PlanProcesses extends ChildLists {
  readonly slots: number;
  readonly slotOf: (pid: number) => number;
  readonly pidOf: Int32Array;

  /** Slots of the group's and the session's number; NONE: outside. */
  readonly group: Int32Array;
  readonly session: Int32Array;
  /** Own pid namespace, and that of the children. */
  readonly namespace: Int32Array;
  readonly childNamespace: Int32Array;
  /** Slot of each namespace's init, and its level. */
  readonly initOf: number[] = [0];
  readonly levelOf: number[] = [0];
  readonly outerOf: number[] = [NONE];

  /** @param rootPid the process that exists before step 0; it gets slot 0 */
  constructor(rootPid: number, steps: StepList) {
    const numbers = [rootPid];
    const seen = new Set(numbers);
    for (let i = 0; i < steps.length; i++) {
      const number = steps.op[i] === CLONE3 ? steps.object[i]! : steps.actor[i]!;
      if (seen.has(number)) continue;
      seen.add(number);
      numbers.push(number);
    }
    const column = () => new Int32Array(numbers.length).fill(NONE);
    super(column);
    this.slots = numbers.length;
    this.pidOf = Int32Array.from(numbers);
    this.slotOf = pidIndex(this.pidOf, this.slots);
    this.group = column();
    this.session = column();
    this.namespace = new Int32Array(this.slots);
    this.childNamespace = new Int32Array(this.slots);
  }

  born(child: number, creator: number, parent: number, newNamespace: boolean): void {
    let namespace = this.childNamespace[creator]!;
    if (newNamespace) namespace = this.makeNamespace(namespace);
    if (this.initOf[namespace] === NONE) this.initOf[namespace] = child;
    this.namespace[child] = namespace;
    this.childNamespace[child] = namespace;
    this.group[child] = this.group[creator]!;
    this.session[child] = this.session[creator]!;
    this.firstChild[child] = NONE;
    this.hangInFront(child, parent);
  }

  /** Its init is the next process born in it. */
  makeNamespace(outer: number): number {
    this.outerOf.push(outer);
    this.levelOf.push(this.levelOf[outer]! + 1);
    return this.initOf.push(NONE) - 1;
  }

  adopt(child: number, parent: number): void {
    this.takeOut(child);
    this.hangInFront(child, parent);
  }
}
