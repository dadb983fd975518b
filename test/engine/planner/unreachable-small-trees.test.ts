/** Every unreachable small tree is refused with a conflict that cannot be made smaller. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { assertMinimal } from '../../histories/minimal-conflict.ts';
import { planImage } from '../../histories/proven-plan.ts';
import { NO_INIT, SMALL_SETS, someSmallTrees } from './small-trees.ts';

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
      for (const line of someSmallTrees(set, 'unreachable')) {
        const image = namespaces ? { ...line, pidNamespaces: namespaces } : line;
        const { outcome, diagnostics, steps, verification } = planImage(image);
        assert.equal(outcome, 'unrestorable');
        assert.equal(steps.length, 0);
        assert.equal(verification?.by, 'proof checker');
        assertMinimal(image, diagnostics[0]!, isReachable);
      }
    });
  }
}
