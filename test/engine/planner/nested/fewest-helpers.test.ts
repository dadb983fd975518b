/** Plans over several pid namespaces have as few helpers as can be: the sets with a known optimum, and named cases. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ProcessImage, TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { nestedHistoryImage } from '../../../histories/nested-history.ts';
import { provenPlan, treeOf } from '../../../histories/proven-plan.ts';
import { NESTED_SETS, smallTrees } from '../small-trees.ts';
import { CHAIN, modelOf, ONE_BELOW, SIBLINGS } from './enumeration.ts';
import { codeOf, fewestBirths } from './enumeration-kernel-model.ts';
import { image, process } from './nested-case.ts';

const CASES = new URL('../../../../../test/fixtures/cases/', import.meta.url);

function named(name: string): TreeImage {
  return JSON.parse(readFileSync(new URL(`${name}.json`, CASES), 'utf8'));
}

/** Share of the trees whose plan has the fewest helpers of any history. */
const AT_THE_OPTIMUM = 0.97;

for (const set of NESTED_SETS) {
  const trees = smallTrees(set, 'reachable').filter(({ minHelpers }) => minHelpers !== undefined);
  if (trees.length === 0) continue;
  // The larger sets take some seconds as a whole.
  const every = trees.length > 1000 ? 7 : 1;
  test(`${set}: at least ${AT_THE_OPTIMUM * 100} % of the plans have the fewest helpers`, (t) => {
    let looked = 0;
    let optimal = 0;
    for (let i = 0; i < trees.length; i += every) {
      const { helpers } = provenPlan(treeOf(trees[i]!));
      looked++;
      if (helpers.length <= trees[i]!.minHelpers) optimal++;
    }
    t.diagnostic(`${optimal} of ${looked}`);
    assert.ok(optimal >= AT_THE_OPTIMUM * looked, `${optimal} of ${looked}`);
  });
}

/** The sets that come without an optimum: all histories with so many births are searched, and one birth more is the bound. */
const BIRTHS = 4;

for (const [set, forest] of [
  ['namespaces/chain.sessions.n3', CHAIN],
  ['namespaces/siblings.sessions.n3', SIBLINGS],
] as const) {
  test(`${set}: every plan has the fewest helpers of all histories`, (t) => {
    const fewest = fewestBirths(forest, BIRTHS);
    const more: string[] = [];
    const counts: number[] = [];
    for (const image of smallTrees(set, 'reachable')) {
      const births = fewest.get(codeOf(modelOf(image))) ?? BIRTHS + 1;
      const atLeast = births - (image.processes.length - 1);
      counts[atLeast] = (counts[atLeast] ?? 0) + 1;
      const { helpers } = provenPlan(treeOf(image));
      if (helpers.length > atLeast) more.push(JSON.stringify({ helpers: helpers.length, atLeast, image }));
    }
    t.diagnostic(`helpers: trees, ${counts.map((trees, helpers) => `${helpers}: ${trees}`).join(', ')}`);
    assert.deepEqual(more, []);
  });
}

test('the search for the fewest births agrees with the optimum that the sets have', () => {
  const fewest = fewestBirths(ONE_BELOW, BIRTHS);
  for (const { minHelpers, ...image } of smallTrees('namespaces/one-ns.sessions.n3', 'reachable')) {
    const births = fewest.get(codeOf(modelOf(image)));
    if (births === undefined) assert.ok(minHelpers > BIRTHS - 2);
    else assert.equal(births - 2, minHelpers);
  }
});

/** Helpers and steps that are enough. */
const ENOUGH = [
  ['waste-container-child', 0, 3],
  ['waste-nested-A', 0, 4],
  ['waste-nested-B', 1, 8],
  ['unshare-job-min', 0, 5],
  ['nested-init-inherits-min', 0, 3],
] as const;

for (const [name, helpers, steps] of ENOUGH) {
  test(`${name}: ${helpers} helpers, ${steps} steps`, () => {
    const plan = provenPlan(treeOf(named(name)));
    assert.equal(plan.helpers.length, helpers);
    assert.equal(plan.steps.length, steps);
  });
}

test('a shell job in a namespace of its own: nobody has adopted, so no flag is inferred', () => {
  const { diagnostics, steps } = provenPlan(treeOf(named('unshare-job-min')));
  assert.ok(!diagnostics.some(({ code }) => code === 'SUBREAPER_INFERRED'));
  for (let i = 0; i < steps.length; i++) assert.notEqual(steps.at(i).op, 'prctl');
});

for (const count of [1, 200, 2000]) {
  test(`${count} containers with a child: no helper, two clones each`, () => {
    const { helpers, steps } = provenPlan(treeOf(containers(count)));
    assert.equal(helpers.length, 0);
    assert.equal(steps.length, 2 * count + 1);
  });
}

test('a zombie that came from outside bears the member of its session below the init: no helper', () => {
  const tree = image({ a: ['0', 2] }, [
    process([1, 0, 1, 1], '0'),
    process([2, 1, 1, 1, 1], 'a'),
    process([5, 1, 5, 5], '0'),
    process([6, 2, 5, 5, 2], 'a'),
    process([7, 5, 5, 5, 3], 'a', { state: 'zombie' }),
  ]);
  assert.equal(provenPlan(treeOf(tree)).helpers.length, 0);
});

test('an init bears the members of one group that must be had from birth, and tools bring in the others', (t) => {
  const shape = { calls: 4000, alive: 1000, namespaces: 100, levels: 6 };
  const tree = nestedHistoryImage({ ...shape, seed: 11, groups: true, zombies: true, subreapers: true });
  const { helpers } = provenPlan(treeOf(tree));
  t.diagnostic(`${helpers.length} helpers`);
  assert.ok(helpers.length <= 74, `${helpers.length} helpers`);
});

/** Containers whose init and its child are in the session of the root. */
function containers(count: number): TreeImage {
  const member = (pid: number, ppid: number, pidns: string, inner: number[]): ProcessImage => ({
    pid,
    ppid,
    pgid: 1,
    sid: 1,
    pidns,
    nspid: [pid, ...inner],
    nspgid: [1, ...inner.map(() => 0)],
    nssid: [1, ...inner.map(() => 0)],
  });
  const pidNamespaces: NonNullable<TreeImage['pidNamespaces']> = [{ id: '0', parent: null, init: 1 }];
  const processes = [member(1, 0, '0', [])];
  for (let i = 1; i <= count; i++) {
    pidNamespaces.push({ id: String(i), parent: '0', init: 2 * i });
    processes.push(member(2 * i, 1, String(i), [1]), member(2 * i + 1, 2 * i, String(i), [2]));
  }
  return { root: 1, pidNamespaces, processes };
}
