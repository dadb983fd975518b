/**
 * Requests that spend all the work they may: what they do is counted, and it ends within a second of processor time.
 *
 * The trees are searched for their 200th history and more, of which each takes a search. Figures of a process that has just
 * begun, where code runs several times slower, are in docs/namespaces.md, section 6.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_OPTIONS } from '../../../src/engine/plan/plan-options.ts';
import { fullWork } from '../../../src/engine/plan/work-budget.ts';
import { planRestore } from '../../../src/engine/plan-restore.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { EVERYTHING } from '../../histories/history-shape.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';
import { DRAWN_TREES } from '../../sweeps/drawn-trees.ts';

const WORST: Record<string, TreeImage> = {
  'one namespace': historyImage({ ...EVERYTHING, seed: 3, alive: 700 }),
  'nested namespaces, 619 processes': DRAWN_TREES.large.draw(1),
  'nested namespaces, 852 processes': DRAWN_TREES.large.draw(2),
};

for (const [name, image] of Object.entries(WORST)) {
  test(`${name}: all work is spent, little beyond it, and no unit takes a microsecond`, (t) => {
    const tree = treeOf(image);
    assert.ok(tree.size < 1100);
    const started = process.cpuUsage();
    const { workDone, workLimitReached } = planRestore(tree, { ...DEFAULT_OPTIONS, history: 200 });
    const { user, system } = process.cpuUsage(started);
    t.diagnostic(`${workDone} units of work in ${Math.round((user + system) / 1000)} ms of processor time`);
    assert.equal(workLimitReached, true);
    assert.ok(workDone < fullWork(tree.size) * 1.05, `${workDone} units were done`);
    assert.ok(user + system < workDone, `${user + system} µs for ${workDone} units`);
  });
}
