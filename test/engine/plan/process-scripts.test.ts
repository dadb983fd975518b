import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareWithImage } from '../../../src/engine/diff/compare.ts';
import { replay } from '../../../src/engine/kernel/replay.ts';
import type { PlanOptions } from '../../../src/engine/plan/plan-options.ts';
import { type ProcessScripts, processScripts } from '../../../src/engine/plan/scripts/process-scripts.ts';
import { PRCTL, type StepList } from '../../../src/engine/plan/step-list.ts';
import { LARGEST_PID } from '../../../src/engine/planner/schedule/fresh-numbers.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../full-size.ts';
import { EVERYTHING, WITH_GROUPS } from '../../histories/history-shape.ts';
import { nestedHistoryImage } from '../../histories/nested-history.ts';
import { planImage, treeOf } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';
import { overlappingCalls } from './overlapping-calls.ts';
import { inOrder, otherOrder, predecessors } from './script-orders.ts';

/** Waits that say nothing beyond the other predecessors of their step. */
function superfluousWaits(
  { after, afterOffset }: ProcessScripts,
  before: readonly (readonly number[])[],
): number {
  const reached = before.map(() => new Set<number>());
  let superfluous = 0;
  before.forEach((steps, step) => {
    const own = reached[step]!;
    for (const earlier of after.subarray(afterOffset[step], afterOffset[step + 1])) {
      if (steps.some((other) => other !== earlier && reached[other]!.has(earlier))) superfluous++;
    }
    for (const earlier of steps) {
      own.add(earlier);
      for (const further of reached[earlier]!) own.add(further);
    }
  });
  return superfluous;
}

function assertAnyOrder(
  image: TreeImage,
  seed: number,
  options: Partial<PlanOptions> = {},
): { superfluous: number; criticalPath: number; steps: number } {
  const tree = treeOf(image);
  const { steps, outcome } = planImage(image, options);
  assert.equal(outcome, 'restorable', `seed ${seed}`);
  const scripts = processScripts(tree.pid[0]!, steps);
  const before = predecessors(scripts);
  const random = new SeededRandom(seed);
  const choices: ((ready: number[]) => number)[] = [
    (ready) => random.below(ready.length),
    (ready) => random.below(ready.length),
    (ready) => ready.indexOf(Math.max(...ready)),
    (ready) => ready.length - 1,
    () => 0,
  ];
  for (const choose of choices) {
    const order = otherOrder(before, choose);
    assert.equal(order.length, steps.length);
    const { kernel, refusal } = replay(tree, inOrder(steps, order));
    const told = refusal && { ...refusal, was: order[refusal.step], step: steps.at(order[refusal.step]!) };
    assert.equal(told, null, `seed ${seed}`);
    assert.deepEqual(compareWithImage(tree, kernel).differences, [], `seed ${seed}`);
  }
  return {
    superfluous: superfluousWaits(scripts, before),
    criticalPath: scripts.criticalPath,
    steps: steps.length,
  };
}

test('any order that keeps to the waits rebuilds the same tree', () => {
  let superfluous = 0;
  for (let seed = 1; seed <= scaled(100, 300); seed++) {
    const shape = seed % 2 ? EVERYTHING : WITH_GROUPS;
    superfluous += assertAnyOrder(historyImage({ ...shape, seed, alive: 5 + (seed % 40) }), seed).superfluous;
  }
  assert.equal(superfluous, 0);
});

test('so it is where helpers have the numbers of others that died before', () => {
  for (let seed = 1; seed <= scaled(10, 60); seed++) {
    const image = historyImage({ ...(seed % 2 ? EVERYTHING : WITH_GROUPS), seed, alive: 400 });
    assertAnyOrder(image, seed, { helperPidMin: LARGEST_PID - 1 });
  }
});

test('so it is over nested pid namespaces', (t) => {
  let planned = 0;
  for (let seed = 1; seed <= scaled(30, 60); seed++) {
    const image = nestedHistoryImage({
      seed,
      calls: 80,
      alive: 15,
      namespaces: 4,
      levels: 3,
      groups: true,
      zombies: true,
      subreapers: true,
    });
    if (planImage(image).outcome !== 'restorable') continue;
    planned++;
    assertAnyOrder(image, seed);
  }
  t.diagnostic(`${planned} of 60 planned`);
});

/** All waits but one are kept: whatever `step` comes after otherwise, itself, then the others as they stand. */
function orderWithout(
  before: readonly (readonly number[])[],
  step: number,
  wait: number,
): readonly number[] | null {
  const first = new Set<number>();
  const open = before[step]!.filter((earlier) => earlier !== wait);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (first.has(at)) continue;
    first.add(at);
    open.push(...before[at]!);
  }
  if (first.has(wait)) return null;
  const others = before.map((_, at) => at).filter((at) => !first.has(at) && at !== step);
  return [...[...first].sort((a, b) => a - b), step, ...others];
}

function overlapWithout(
  tree: ProcessTree,
  steps: StepList,
  before: readonly (readonly number[])[],
  step: number,
  wait: number,
): boolean {
  const fewer = before.with(
    step,
    before[step]!.filter((earlier) => earlier !== wait),
  );
  return overlappingCalls(tree, steps, fewer).wrong.length > 0;
}

/** Waits without which two calls overlap that must not, the kernel refuses a call, or another tree comes out; and the others. */
function neededWaits(image: TreeImage): { needed: number; idle: string[] } {
  const tree = treeOf(image);
  const { steps, outcome } = planImage(image);
  if (outcome !== 'restorable') return { needed: 0, idle: [] };
  const scripts = processScripts(tree.pid[0]!, steps);
  const before = predecessors(scripts);
  const idle: string[] = [];
  let needed = 0;
  for (let step = 0; step < steps.length; step++) {
    for (const wait of scripts.after.subarray(scripts.afterOffset[step], scripts.afterOffset[step + 1])) {
      const order = orderWithout(before, step, wait);
      const { kernel, refusal } = replay(tree, inOrder(steps, order ?? []));
      const changes =
        (order && (refusal !== null || compareWithImage(tree, kernel).total > 0)) ||
        (steps.op[step] === PRCTL && overlapWithout(tree, steps, before, step, wait));
      if (changes) needed++;
      else idle.push(`${JSON.stringify(steps.at(step))} after ${JSON.stringify(steps.at(wait))}`);
    }
  }
  return { needed, idle };
}

test('every wait is needed: without it a call is refused, another tree comes out, or calls overlap that must not', (t) => {
  const idle: string[] = [];
  let needed = 0;
  for (let seed = 1; seed <= scaled(20, 400); seed++) {
    const shape = seed % 2 ? EVERYTHING : WITH_GROUPS;
    const found = neededWaits(historyImage({ ...shape, seed, alive: 5 + (seed % 20) }));
    needed += found.needed;
    idle.push(...found.idle.map((wait) => `seed ${seed}: ${wait}`));
  }
  t.diagnostic(`${needed} waits tried`);
  assert.deepEqual(idle, []);
});

test('independent branches run side by side', () => {
  const processes = [{ pid: 1, ppid: 0, pgid: 1, sid: 1, childSubreaper: false }];
  for (let branch = 0; branch < 10; branch++) {
    const leader = 10 + branch * 10;
    processes.push({ pid: leader, ppid: 1, pgid: leader, sid: leader, childSubreaper: false });
    for (let i = 1; i < 9; i++) {
      processes.push({ pid: leader + i, ppid: leader, pgid: leader, sid: leader, childSubreaper: false });
    }
  }
  const { criticalPath, steps } = assertAnyOrder({ root: 1, processes }, 1);
  assert.equal(steps, 101);
  // init's setsid and ten births, then the last leader's setsid and eight births.
  assert.equal(criticalPath, 20);
});
