/** Trees of four and five processes without enumerated maps: totals of the check, and the search against it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMap } from '../../../src/engine/births/check-map.ts';
import { analyseBirths, FULL_LIMITS } from '../../../src/engine/histories/birth-analysis.ts';
import { MapSearch } from '../../../src/engine/histories/search/search-map.ts';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { smallTrees } from '../planner/small-trees.ts';
import { everyMap } from './enumerated-maps.ts';

function reachable(set: 'sessions.n5' | 'zombies.n4'): ProcessTree[] {
  return smallTrees(set, 'reachable').map(({ root, processes }) => treeOf({ root: root!, processes }));
}

function possibleMaps(tree: ProcessTree): Int32Array[] {
  const problem = problemOf(tree);
  const maps: Int32Array[] = [];
  for (const map of everyMap(tree.size, false)) {
    if (checkMap(problem, map).fault === null) maps.push(map.slice());
  }
  return maps;
}

/** Totals of an enumeration of all kernel histories of these sets. */
for (const [set, trees, maps, most] of [
  ['zombies.n4', 1211, 5393, 16],
  ['sessions.n5', 2898, 26163, 125],
] as const) {
  test(`${set}: ${maps} maps pass the check, at most ${most} a tree`, () => {
    const counts = reachable(set).map((tree) => possibleMaps(tree).length);
    assert.equal(counts.length, trees);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      maps,
    );
    assert.equal(Math.max(...counts), most);
  });

  test(`${set}, a sample: the analysis and the search agree with the check`, (t) => {
    let searched = 0;
    const sample = reachable(set).filter((_, i) => i % 61 === 0);
    for (const tree of sample) {
      const problem = problemOf(tree);
      const possible = possibleMaps(tree);
      const search = new MapSearch(problem, null, { work: 1e9 });
      for (const hints of everyMap(tree.size, true)) {
        const agrees = (map: Int32Array): boolean => hints.every((x, q) => x < 0 || x === map[q]);
        assert.equal(search.run(hints).verdict, possible.some(agrees) ? 'found' : 'none');
        searched++;
      }
      const none = new Int32Array(tree.size).fill(-1);
      const analysis = analyseBirths(problem, none, null, FULL_LIMITS);
      assert.ok(typeof analysis !== 'string');
      assert.deepEqual(analysis.histories, { exact: possible.length });
      for (let q = 1; q < tree.size; q++) {
        const values = [...new Set(possible.map((map) => map[q]!))].toSorted((a, b) => a - b);
        assert.deepEqual(analysis.candidates.of[q], values);
      }
    }
    t.diagnostic(`${sample.length} trees, ${searched} partial maps`);
  });
}

test('births in order of age: the analysis keeps exactly the maps in which every ancestor is older', (t) => {
  let cases = 0;
  for (const tree of reachable('sessions.n5').filter((_, i) => i % 97 === 0)) {
    const problem = problemOf(tree);
    const possible = possibleMaps(tree);
    for (const ages of [
      [0, 1, 2, 3, 4],
      [0, 4, 3, 2, 1],
      [0, 2, 1, 4, 3],
      [0, 1, Number.NaN, 2, 3],
      [0, 1, 1, 2, 2],
    ]) {
      const order = Float64Array.from(ages);
      const older = possible.filter((map) => isOlderAllTheWay(map, order));
      const none = new Int32Array(tree.size).fill(-1);
      const analysis = analyseBirths(problem, none, order, FULL_LIMITS);
      if (older.length === 0) assert.equal(analysis, 'none');
      else {
        assert.ok(typeof analysis !== 'string');
        assert.deepEqual(analysis.histories, { exact: older.length });
      }
      cases++;
    }
  }
  t.diagnostic(`${cases} trees with an order`);
});

/** Of any two on one way up with known ages the upper one is not the younger. */
function isOlderAllTheWay(map: Int32Array, ages: Float64Array): boolean {
  for (let q = 1; q < map.length; q++) {
    for (let x = map[q]!; x >= 0; x = map[x]!) if (ages[x]! > ages[q]!) return false;
  }
  return true;
}
