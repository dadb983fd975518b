/**
 * Two processes that switch their child-subreaper flags, one above the other, never do so at once in any order that
 * keeps to the waits.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processScripts } from '../../../src/engine/plan/scripts/process-scripts.ts';
import { PRCTL } from '../../../src/engine/plan/step-list.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../full-size.ts';
import { EVERYTHING } from '../../histories/history-shape.ts';
import { nestedHistoryImage } from '../../histories/nested-history.ts';
import { planImage, treeOf } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';
import { overlappingCalls } from './overlapping-calls.ts';
import { predecessors } from './script-orders.ts';

function assertNoneOverlaps(images: readonly [number, TreeImage][], note: (text: string) => void): void {
  const told: string[] = [];
  let count = 0;
  for (const [seed, image] of images) {
    const tree = treeOf(image);
    const { steps, outcome } = planImage(image);
    if (outcome !== 'restorable') continue;
    const { besides, wrong } = overlappingCalls(
      tree,
      steps,
      predecessors(processScripts(tree.pid[0]!, steps)),
    );
    count += besides;
    for (const pair of wrong)
      told.push(`seed ${seed}: ${pair.map((step) => JSON.stringify(steps.at(step))).join(' and ')}`);
  }
  assert.deepEqual(told, []);
  assert.ok(count > 0);
  note(`${count} times two calls side by side`);
}

function seeds(count: number, imageOf: (seed: number) => TreeImage): [number, TreeImage][] {
  return Array.from({ length: count }, (_, i) => [i + 1, imageOf(i + 1)]);
}

test('calls that overlap are of processes side by side', (t) => {
  const images = seeds(scaled(60, 400), (seed) =>
    historyImage({ ...EVERYTHING, seed, alive: 5 + (seed % 40) }),
  );
  assertNoneOverlaps(images, (text) => t.diagnostic(text));
});

test('so it is over nested pid namespaces', (t) => {
  const mix = { groups: true, zombies: true, subreapers: true };
  const images = seeds(scaled(30, 300), (seed) =>
    nestedHistoryImage({ seed, calls: 80, alive: 15, namespaces: 4, levels: 3, ...mix }),
  );
  assertNoneOverlaps(images, (text) => t.diagnostic(text));
});

test('in a chain of subreapers each call waits for the one above it, and for no other', () => {
  const length = 500;
  const processes = Array.from({ length }, (_, i) => ({
    pid: i + 1,
    ppid: i,
    pgid: 1,
    sid: 1,
    childSubreaper: true,
  }));
  const { steps } = planImage({ root: 1, processes });
  const { after, afterOffset } = processScripts(1, steps);
  for (let step = 0; step < steps.length; step++) {
    if (steps.op[step] !== PRCTL || steps.actor[step] === 1) continue;
    const [wait, ...others] = after.subarray(afterOffset[step], afterOffset[step + 1]);
    assert.deepEqual([steps.op[wait!], steps.actor[wait!], others], [PRCTL, steps.actor[step]! - 1, []]);
  }
});
