/** Births over several pid namespaces: against an enumeration of the kernel's calls, and on random histories. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapOfRun } from '../../../src/engine/births/births-of-run.ts';
import { checkMap } from '../../../src/engine/births/check-map.ts';
import { knownBoundaryBirths, nestedProblem } from '../../../src/engine/births/nested-problem.ts';
import { MapSearch } from '../../../src/engine/histories/search/search-map.ts';
import { bornAncestors } from '../../../src/engine/kernel/born-ancestors.ts';
import { replay } from '../../../src/engine/kernel/replay.ts';
import { nestedTree } from '../../../src/engine/planner/nested/nested-tree.ts';
import { FULL, scaled } from '../../full-size.ts';
import { type NestedShape, nestedHistoryWithBirths } from '../../histories/nested-history.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';
import { CHAIN, fittingTrees, imageOf, ONE_BELOW, SIBLINGS } from '../planner/nested/enumeration.ts';
import { codeOf, reachableCodes } from '../planner/nested/enumeration-kernel-model.ts';
import { everyMap } from './enumerated-maps.ts';

/** The smallest of them, which `npm test` takes. */
const QUICK = ['one namespace', ONE_BELOW, 4, 2] as const;

/** Forest, processes at a time, the size for which that many suffice. */
const ENUMERATED = [
  ['one namespace', ONE_BELOW, 5, 3],
  ['chain', CHAIN, 5, 3],
  ['siblings', SIBLINGS, 5, 3],
] as const;

for (const [name, forest, most, n] of FULL ? ENUMERATED : [QUICK]) {
  test(`${name}, ${n} processes: the check passes exactly the births that calls lead to`, (t) => {
    const reachable = reachableCodes(forest, most, true, true);
    let maps = 0;
    let possible = 0;
    let partial = 0;
    for (const model of fittingTrees(forest, n)) {
      const image = imageOf(forest, model);
      const tree = treeOf(image);
      const nested = nestedTree(tree);
      const boundary = knownBoundaryBirths(nested);
      const problem = boundary && nestedProblem(nested, boundary);
      const agreeing: Int32Array[] = [];
      for (const map of everyMap(n, false)) {
        const creator = Array.from(model.parent.keys(), (i) => {
          const above = i === 0 ? -1 : map[tree.indexOf(i + 1)]!;
          return above < 0 ? -1 : tree.pid[above]! - 1;
        });
        const made = reachable.has(codeOf({ ...model, creator }));
        const passes = problem !== null && checkMap(problem, map).fault === null;
        assert.equal(passes, made, `${JSON.stringify(model)} ${map}`);
        maps++;
        if (made) agreeing.push(map.slice());
      }
      possible += agreeing.length;
      if (!problem || agreeing.length === 0) continue;
      const search = new MapSearch(problem, null, { work: 1e9 });
      for (const hints of everyMap(n, true)) {
        const fits = agreeing.some((map) => hints.every((x, q) => x < 0 || x === map[q]));
        assert.equal(search.run(hints).verdict, fits ? 'found' : 'none', `${JSON.stringify(model)} ${hints}`);
        partial++;
      }
      for (const map of agreeing) {
        const births = Object.fromEntries(
          Array.from({ length: n - 1 }, (_, i) => [String(tree.pid[i + 1]), tree.pid[map[i + 1]!]!]),
        );
        const { outcome, diagnostics } = planImage(image, { births });
        assert.equal(outcome, 'restorable', `${JSON.stringify(births)} ${JSON.stringify(diagnostics[0])}`);
      }
    }
    t.diagnostic(`${maps} maps, ${possible} possible and planned; ${partial} partial ones searched`);
  });
}

const KINDS: Record<string, Pick<NestedShape, 'groups' | 'zombies' | 'subreapers'>> = {
  sessions: { groups: false, zombies: true, subreapers: true },
  'sessions and groups': { groups: true, zombies: true, subreapers: true },
};

for (const [name, kind] of Object.entries(KINDS)) {
  test(`random histories with ${name}: the births of the plan are the given ones, all or half`, (t) => {
    let given = 0;
    const seeds = scaled(30, 3000);
    for (let seed = 1; seed <= seeds; seed++) {
      const random = new SeededRandom(seed);
      const image = nestedHistoryWithBirths({
        ...kind,
        seed,
        calls: 5 + random.below(250),
        alive: 3 + random.below(40),
        namespaces: 2 + random.below(5),
        levels: 1 + random.below(4),
      });
      for (const share of [1, 0.5]) {
        const processes = image.processes.map((process) => {
          const { caba: _, ...unknown } = process;
          return random.chance(share) ? process : unknown;
        });
        const tree = treeOf({ ...image, processes });
        const planning = provenPlan(tree);
        const map = mapOfRun(tree, bornAncestors(replay(tree, planning.steps).kernel));
        for (const process of processes) {
          const told = 'caba' in process ? process.caba : undefined;
          if (told === undefined || told === 0) continue;
          assert.equal(tree.pid[map[tree.indexOf(process.pid)]!], told, `seed ${seed}, pid ${process.pid}`);
          given++;
        }
      }
    }
    t.diagnostic(`${seeds * 2} plans, ${given} given births`);
  });
}

/** Random histories, with the share of the births that is given, that bring out what others seldom do. */
const SELDOM = [
  [12371, 0.5, 'an init that stays in its group for ever cannot bear what another group needs'],
  [16825, 0.5, 'a carrier that does not see its group is set into it by its parent outside'],
  [108926, 1, 'a sibling by CLONE_PARENT is set back into its group by its parent outside'],
  [123548, 1, 'a sibling from before a setsid is made by a carrier that is a sibling too'],
  [218229, 1, 'the owner of a group comes back to another one, whose number it does not see'],
  [246138, 0.5, 'a tool is born into the group that its child needs'],
  [324678, 1, 'a parent that left the session lets a carrier set the siblings of its child'],
  [554471, 1, 'an init is born into a group whose dead owner lived in a namespace that comes later'],
  [663325, 0.5, 'a creator that has left the group from outside cannot bear who keeps it: another one does'],
] as const;

for (const [seed, share, what] of SELDOM) {
  test(`births are given: ${what}`, () => {
    const random = new SeededRandom(seed);
    const image = nestedHistoryWithBirths({
      seed,
      calls: 5 + random.below(300),
      alive: 3 + random.below(40),
      namespaces: 2 + random.below(5),
      levels: 1 + random.below(4),
      groups: true,
      zombies: random.chance(0.5),
      subreapers: random.chance(0.7),
    });
    const processes = image.processes.map((process) => {
      const { caba: _, ...unknown } = process;
      return random.chance(share) ? process : unknown;
    });
    provenPlan(treeOf({ ...image, processes }));
  });
}

test('whom one process bore for the init of another pid namespace come in by one tool', () => {
  const inside = { ppid: 2, pgid: 1, sid: 1, pidns: '1', nspgid: [1, 0], nssid: [1, 0], caba: 1 };
  const { helpers } = provenPlan(
    treeOf({
      pidNamespaces: [
        { id: '0', parent: null, init: 1 },
        { id: '1', parent: '0', init: 2 },
      ],
      processes: [
        { pid: 1, ppid: 0, pgid: 1, sid: 1 },
        {
          pid: 2,
          ppid: 1,
          pgid: 2,
          sid: 2,
          pidns: '1',
          nspid: [2, 1],
          nspgid: [2, 1],
          nssid: [2, 1],
          caba: 1,
        },
        { pid: 3, nspid: [3, 2], ...inside },
        { pid: 4, nspid: [4, 3], ...inside },
      ],
    }),
  );
  assert.equal(helpers.length, 1);
});
