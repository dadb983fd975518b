/**
 * Births that the steps of a plan make.
 *
 * In: the tree and its steps. Out: who is born of whom, helpers too; or the births of the image alone, past helpers.
 * Cost: O(steps).
 */

import { CLONE3, type StepList } from '../plan/step-list.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { int32s } from '../tree/scratch.ts';
import type { BirthMap } from './birth-map.ts';

const NOBODY = -1;

/** Node i < size is process i; helpers come after, in scratch columns. */
export class StepBirths {
  readonly nodes: number;
  /** By node: who bore it, −1 nobody in the steps. */
  readonly creator: Int32Array;
  /** Births in the order of the steps: node and step. */
  readonly order: Int32Array;
  readonly step: Int32Array;

  constructor(tree: ProcessTree, steps: StepList) {
    const births = steps.births();
    const helperOf = new Map<number, number>();
    let next = tree.size;
    const node = (pid: number): number => {
      const index = tree.indexOf(pid);
      if (index >= 0) return index;
      let known = helperOf.get(pid);
      if (known === undefined) helperOf.set(pid, (known = next++));
      return known;
    };
    this.creator = int32s(tree.size + births + 1, NOBODY);
    this.order = int32s(births);
    this.step = int32s(births);
    let born = 0;
    for (let i = 0; i < steps.length; i++) {
      if (steps.op[i] !== CLONE3) continue;
      const child = node(steps.object[i]!);
      this.creator[child] = node(steps.actor[i]!);
      this.order[born] = child;
      this.step[born++] = i;
    }
    this.nodes = next;
  }
}

export function birthsOfSteps(tree: ProcessTree, steps: StepList): BirthMap {
  const { creator, order, nodes } = new StepBirths(tree, steps);
  const above = int32s(nodes, NOBODY);
  for (const child of order)
    above[child] = creator[child]! < tree.size ? creator[child]! : above[creator[child]!]!;
  return above.slice(0, tree.size);
}
