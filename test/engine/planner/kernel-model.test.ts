/** The planner's verdicts against an enumeration of everything that the kernel does to few processes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../full-size.ts';
import { planImage } from '../../histories/proven-plan.ts';
import { codeOf, type ModelTree, reachableCodes, validTrees } from './kernel-model.ts';
import { smallTrees } from './small-trees.ts';

/** theory: n, trees that fit the local rules, trees that a history leads to. Two more processes at a time suffice. */
const ALL_COUNTS = [
  [2, 7, 7],
  [3, 51, 44],
  [4, 471, 326],
] as const;
const COUNTS = ALL_COUNTS.slice(0, scaled(2, ALL_COUNTS.length));
const AT_A_TIME = scaled(5, 6);

test('the enumeration has the known counts, and the planner says the same of every tree', () => {
  const reachable = reachableCodes(AT_A_TIME);
  for (const [n, valid, reached] of COUNTS) {
    const trees = validTrees(n);
    assert.equal(trees.size, valid);
    let count = 0;
    for (const [code, tree] of trees) {
      const expected = reachable.has(code) ? 'restorable' : 'unrestorable';
      if (reachable.has(code)) count++;
      assert.equal(planImage(imageOf(tree)).outcome, expected, code);
    }
    assert.equal(count, reached);
  }
});

test('the enumeration and the published sets name the same trees', () => {
  for (const [n] of COUNTS) {
    const trees = validTrees(n);
    for (const verdict of ['reachable', 'unreachable'] as const) {
      for (const image of smallTrees(`sessions.n${n}`, verdict)) {
        const parent = image.processes.map(({ ppid }) => ppid - 1);
        const session = image.processes.map(({ sid }) => sid);
        assert.ok(trees.has(codeOf({ parent, session })));
      }
    }
  }
});

function imageOf({ parent, session }: ModelTree): TreeImage {
  const n = parent.length;
  const processes = parent.map((p, i) => {
    const sid = session[i]! > n ? session[i]! + 100 : session[i]!;
    return { pid: i + 1, ppid: p + 1, pgid: sid, sid, childSubreaper: false };
  });
  return { root: 1, processes };
}
