/** Every unreachable small tree is refused with a conflict that cannot be made smaller. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic } from '../../../src/engine/diagnosis/diagnostic.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage } from '../../histories/proven-plan.ts';
import { NO_INIT, partOf, SMALL_SETS, smallTrees } from './small-trees.ts';

for (const set of SMALL_SETS) {
  for (const [root, namespaces] of [
    ['the init', undefined],
    ['no init', NO_INIT],
  ] as const) {
    test(`${set}: every unreachable tree is refused with a minimal conflict, the root being ${root}`, () => {
      const verdicts = new Map<string, boolean>();
      const isReachable = (image: TreeImage): boolean => {
        const key = JSON.stringify(image);
        const known = verdicts.get(key) ?? planImage(image).outcome === 'restorable';
        verdicts.set(key, known);
        return known;
      };
      for (const line of smallTrees(set, 'unreachable')) {
        const image = namespaces ? { ...line, pidNamespaces: namespaces } : line;
        const { outcome, diagnostics, steps, verification } = planImage(image);
        assert.equal(outcome, 'unrestorable');
        assert.equal(steps.length, 0);
        assert.equal(verification, null);
        assertMinimal(image, diagnostics[0]!, isReachable);
      }
    });
  }
}

function assertMinimal(
  image: TreeImage,
  conflict: Diagnostic,
  isReachable: (image: TreeImage) => boolean,
): void {
  assert.equal(conflict.code, 'UNRESTORABLE');
  assert.equal(conflict.detail.minimal, true);
  const core = new Set([image.root!, ...conflict.pids]);
  const text = JSON.stringify(image.processes);
  assert.equal(isReachable(partOf(image, core)), false, `the conflict alone is no conflict: ${text}`);
  for (const pid of conflict.pids) {
    if (pid === image.root) continue;
    const smaller = new Set(core);
    smaller.delete(pid);
    assert.ok(isReachable(partOf(image, smaller)), `the conflict needs no ${pid}: ${text}`);
  }
}
