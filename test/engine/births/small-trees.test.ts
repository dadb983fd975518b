/** Check, search, static rules, candidates and enumeration against all maps of all small trees. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMap } from '../../../src/engine/births/check-map.ts';
import { exactCandidates } from '../../../src/engine/histories/candidates.ts';
import { ForcedAncestors } from '../../../src/engine/histories/forced-ancestors.ts';
import { histories } from '../../../src/engine/histories/histories.ts';
import { MapSearch } from '../../../src/engine/histories/search/search-map.ts';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import { CABA_SETS, enumeratedTrees, everyMap, inIndexes, inPids } from './enumerated-maps.ts';

for (const set of CABA_SETS) {
  test(`${set}: the check passes exactly the enumerated maps`, (t) => {
    let checked = 0;
    let passed = 0;
    for (const { tree, cabaMaps } of enumeratedTrees(set)) {
      const problem = problemOf(tree);
      const known = new Set(cabaMaps.map((map) => inIndexes(tree, map).join()));
      for (const map of everyMap(tree.size, false)) {
        const possible = checkMap(problem, map).fault === null;
        assert.equal(possible, known.has(map.join()), `${JSON.stringify(tree.pid)} ${map}`);
        checked++;
        if (possible) passed++;
      }
    }
    t.diagnostic(`${checked} maps, ${passed} possible`);
  });

  test(`${set}: the search finds a map for a partial one exactly where an enumerated one agrees`, (t) => {
    let searched = 0;
    for (const { tree, cabaMaps } of enumeratedTrees(set)) {
      const problem = problemOf(tree);
      const search = new MapSearch(problem, null, { work: 1e9 });
      const known = cabaMaps.map((map) => inIndexes(tree, map));
      for (const hints of everyMap(tree.size, true)) {
        const agrees = (map: Int32Array): boolean => hints.every((x, q) => x < 0 || x === map[q]);
        const found = search.run(hints);
        assert.equal(found.verdict, known.some(agrees) ? 'found' : 'none');
        if (found.verdict === 'found') {
          assert.ok(agrees(found.map));
          assert.equal(checkMap(problem, found.map).fault, null);
        }
        searched++;
      }
    }
    t.diagnostic(`${searched} partial maps`);
  });

  test(`${set}: candidates are those of the enumeration, and the static rules exclude none of them`, (t) => {
    let impossible = 0;
    let kept = 0;
    for (const { tree, forced, open } of enumeratedTrees(set)) {
      const problem = problemOf(tree);
      const rules = new ForcedAncestors(problem, { work: 1e9 });
      assert.equal(rules.unreachable, false);
      const budget = { work: 1e9 };
      const search = new MapSearch(problem, null, budget);
      const none = new Int32Array(tree.size).fill(-1);
      const first = search.run(none);
      assert.equal(first.verdict, 'found');
      if (first.verdict !== 'found') continue;
      const { of, exact } = exactCandidates(problem, none, rules, search, first.map);
      assert.ok(exact);
      for (let q = 1; q < tree.size; q++) {
        const pid = tree.pid[q]!;
        const enumerated = open[pid] ?? [forced[pid]!];
        const inOrder = (pids: readonly number[]): number[] => [...pids].sort((a, b) => a - b);
        assert.deepEqual(inOrder(of[q]!.map((x) => tree.pid[x]!)), inOrder(enumerated));
        const statically = rules.candidates(q).map((x) => tree.pid[x]!);
        for (const x of enumerated) assert.ok(statically.includes(x));
        kept += statically.length - enumerated.length;
        impossible += tree.size - 1 - enumerated.length;
      }
    }
    t.diagnostic(`the static rules keep ${kept} of ${impossible} impossible candidates`);
  });

  test(`${set}: the enumeration gives every history once`, () => {
    for (const { tree, cabaMaps } of enumeratedTrees(set)) {
      const problem = problemOf(tree);
      const none = new Int32Array(tree.size).fill(-1);
      const everybody = Array.from({ length: tree.size }, (_, q) => q);
      const search = new MapSearch(problem, null, { work: 1e9 });
      const given = [
        ...histories(problem, none, (process) => everybody.filter((x) => x !== process), search),
      ].map((map) => JSON.stringify(inPids(tree, map)));
      assert.deepEqual(given.toSorted(), cabaMaps.map((map) => JSON.stringify(map)).toSorted());
    }
  });
}
