/** Small images with nested pid namespaces, written in rows, and the calls of their plans. */

import assert from 'node:assert/strict';
import type { Step } from '../../../../src/engine/plan/step.ts';
import type { ProcessImage, TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { provenPlan, treeOf } from '../../../histories/proven-plan.ts';

/** pid, ppid, pgid, sid, numbers inside from level 1 on. */
type Row = readonly [number, number, number, number, ...number[]];

export function process([pid, ppid, pgid, sid, ...inside]: Row, pidns: string, more = {}): ProcessImage {
  return { pid, ppid, pgid, sid, childSubreaper: false, pidns, nspid: [pid, ...inside], ...more };
}

/** Namespaces are pairs of their parent and their init; level 0 with its init 1 comes before them. */
export function image(
  namespaces: Readonly<Record<string, readonly [parent: string, init: number]>>,
  processes: readonly ProcessImage[],
): TreeImage {
  const nested = Object.entries(namespaces).map(([id, [parent, init]]) => ({ id, parent, init }));
  return {
    root: 1,
    pidNamespaces: [{ id: '0', parent: null, init: 1 }, ...nested],
    processes: [...processes],
  };
}

export function callsOf(tree: TreeImage): string[] {
  const { steps } = provenPlan(treeOf(tree));
  return Array.from({ length: steps.length }, (_, i) => callOf(steps.at(i)));
}

function callOf(step: Step): string {
  switch (step.op) {
    case 'clone3':
      return [step.pid, 'clone3', `[${step.setTid.join(' ')}]`, ...(step.flags ?? [])].join(' ');
    case 'setpgid':
      return `${step.pid} setpgid ${step.target} ${step.pgid}`;
    case 'setns':
      return `${step.pid} setns ${step.target}`;
    case 'wait4':
      return `${step.pid} wait4 ${step.child}`;
    default:
      return `${step.pid} ${step.op}`;
  }
}

/** Asserts that these calls stand in a plan in this order, with or without others between them. */
export function assertInOrder(calls: readonly string[], ...expected: readonly string[]): void {
  let at = 0;
  for (const call of expected) {
    at = calls.indexOf(call, at) + 1;
    assert.ok(at > 0, `${call} does not stand there in: ${calls.join('; ')}`);
  }
}
