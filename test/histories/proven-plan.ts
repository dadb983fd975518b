/** Images planned and proven: by planRestore's own verification, and once more by a replay of our own. */

import assert from 'node:assert/strict';
import { disagreeingBirths, mapOfRun } from '../../src/engine/births/births-of-run.ts';
import { givenBirths } from '../../src/engine/births/given-births.ts';
import { compareWithImage } from '../../src/engine/diff/compare.ts';
import { bornAncestors } from '../../src/engine/kernel/born-ancestors.ts';
import { replay } from '../../src/engine/kernel/replay.ts';
import { DEFAULT_OPTIONS, type PlanOptions } from '../../src/engine/plan/plan-options.ts';
import type { Planning } from '../../src/engine/plan/planning.ts';
import { planRestore } from '../../src/engine/plan-restore.ts';
import { buildTree } from '../../src/engine/tree/build-tree.ts';
import { FLAG_UNKNOWN } from '../../src/engine/tree/process-columns.ts';
import type { ProcessTree } from '../../src/engine/tree/process-tree.ts';
import { readTreeValue } from '../../src/formats/json/tree-json.ts';
import { DEFAULT_READ_LIMITS } from '../../src/formats/read-limits.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';

export function treeOf(image: TreeImage): ProcessTree {
  const built = buildTree(readTreeValue(image, DEFAULT_READ_LIMITS).columns);
  if (!built.ok) throw new Error(built.faults.map(({ message }) => message).join('\n'));
  return built.tree;
}

export function planImage(image: TreeImage, options: Partial<PlanOptions> = {}): Planning {
  return planRestore(treeOf(image), { ...DEFAULT_OPTIONS, ...options });
}

/** Plans a tree that must be restorable. Throws where it is not, or where a replay ends in another tree, or with other births than given. */
export function provenPlan(tree: ProcessTree, options: Partial<PlanOptions> = {}): Planning {
  const planning = planRestore(tree, { ...DEFAULT_OPTIONS, ...options });
  if (planning.outcome !== 'restorable') {
    const reasons = planning.diagnostics.filter(({ severity }) => severity === 'error');
    assert.fail(`${planning.outcome}: ${reasons.map(({ message }) => message).join(' ')}`);
  }
  const { kernel, refusal } = replay(tree, planning.steps);
  assert.equal(refusal, null);
  const given = givenBirths(tree, { ...DEFAULT_OPTIONS, ...options });
  if (given) assert.deepEqual(disagreeingBirths(mapOfRun(tree, bornAncestors(kernel)), given.hints), []);
  const { total, differences, compared } = compareWithImage(tree, kernel);
  assert.equal(compared, tree.size);
  const told = differences.filter((difference) => {
    if (difference.kind !== 'field' || difference.field !== 'childSubreaper') return true;
    return tree.subreaper[tree.indexOf(difference.pid)] !== FLAG_UNKNOWN;
  });
  assert.deepEqual(told, []);
  if (tree.subreaper.indexOf(FLAG_UNKNOWN) < 0) assert.equal(total, 0);
  return planning;
}
