/**
 * What the planner's behaviour is held by: every tree of the fixtures and of the enumerations, and seeded histories, each
 * with the options that it is planned with. The order never changes, so a tree is named by its set and its place in it. Trees
 * that share objects are in shared-sets.ts.
 *
 * Sets in one namespace and nested ones are apart: see digest.ts.
 */

import { bornAncestors } from '../../src/engine/kernel/born-ancestors.ts';
import { readTreeParts } from '../../src/formats/read-tree.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { CABA_SETS, enumeratedTrees } from '../engine/births/enumerated-maps.ts';
import {
  CHAIN,
  fittingTrees,
  imageOf,
  type NamespaceForest,
  SIBLINGS,
} from '../engine/planner/nested/enumeration.ts';
import {
  NESTED_SETS,
  type NestedSet,
  SMALL_SETS,
  type SmallSet,
  smallTrees,
} from '../engine/planner/small-trees.ts';
import { DUMPS, dumpParts } from '../formats/dumps.ts';
import { treeOf as loadedTree } from '../formats/loaded.ts';
import {
  EVERYTHING,
  type HistoryShape,
  SESSIONS_ONLY,
  WITH_GROUPS,
  WITH_SUBREAPERS,
  WITH_ZOMBIES,
} from '../histories/history-shape.ts';
import { imageOfKernel } from '../histories/kernel-image.ts';
import {
  type NestedShape,
  nestedHistoryImage,
  nestedHistoryWithBirths,
} from '../histories/nested-history.ts';
import { treeOf } from '../histories/proven-plan.ts';
import { randomHistory } from '../histories/random-history.ts';
import { SeededRandom } from '../histories/seeded-random.ts';
import type { Case, PlannedSet } from './planned-set.ts';
import { SHARED_SETS } from './shared-sets.ts';

export const PLANNED_SETS: readonly PlannedSet[] = [
  { name: 'dumps', cases: dumps, every: 1 },
  ...SMALL_SETS.map((set) => fixtureSet(set, 20)),
  ...CABA_SETS.map((set) => ({ name: `births.${set}`, cases: () => mapsOf(set), every: 40 })),
  { name: 'histories', cases: () => histories(12_000), every: 100 },
  { name: 'histories.births-given', cases: () => historiesWithBirths(2000), every: 40 },
  ...NESTED_SETS.map((set) => fixtureSet(set, 20)),
  { name: 'namespaces/enumerated.chain.n4', cases: () => enumerated(CHAIN, 4), every: 60 },
  { name: 'namespaces/enumerated.siblings.n4', cases: () => enumerated(SIBLINGS, 4), every: 40 },
  { name: 'namespaces/histories', cases: () => nestedHistories(5000, false), every: 50 },
  { name: 'namespaces/histories.births-given', cases: () => nestedHistories(1000, true), every: 40 },
  ...SHARED_SETS,
];

function* dumps(): Iterable<Case> {
  for (const dump of DUMPS) {
    yield { tree: async () => loadedTree(await readTreeParts(dumpParts(dump))), options: {} };
  }
}

/** Both verdicts; the trees after one another. */
function fixtureSet(set: SmallSet | NestedSet, every: number): PlannedSet {
  function* cases(): Iterable<Case> {
    for (const verdict of ['reachable', 'unreachable'] as const) {
      for (const image of smallTrees(set, verdict)) yield { tree: () => treeOf(image), options: {} };
    }
  }
  return { name: set, cases, every };
}

function* mapsOf(set: (typeof CABA_SETS)[number]): Iterable<Case> {
  for (const { tree, cabaMaps } of enumeratedTrees(set)) {
    for (const births of cabaMaps) yield { tree: () => tree, options: { births } };
  }
}

function* enumerated(forest: NamespaceForest, n: number): Iterable<Case> {
  for (const tree of fittingTrees(forest, n)) {
    yield { tree: () => treeOf(imageOf(forest, tree)), options: {} };
  }
}

const KINDS = [SESSIONS_ONLY, WITH_SUBREAPERS, WITH_ZOMBIES, WITH_GROUPS, EVERYTHING];
const ROOTS = [false, true].flatMap((stays) => [
  { pid: 1, isInit: true, session: 0, group: 0, stays },
  { pid: 7, isInit: true, session: 0, group: 0, stays },
  { pid: 5, isInit: false, session: 0, group: 0, stays },
  { pid: 5, isInit: false, session: 100, group: 102, stays },
]);

function drawnShape(random: SeededRandom, seed: number, largest: number): HistoryShape {
  return {
    ...random.pick(KINDS),
    seed,
    alive: 2 + random.below(random.pick([4, 10, 30, largest])),
    churn: random.pick([1, 2, 4, 8, 16]),
    root: random.pick(ROOTS),
    siblings: random.pick([0, 0.15, 0.5]),
    depth: random.pick([0, 0.3, 0.9, 1]),
    lateSetsid: random.pick([0, 0.2, 0.7]),
    unknownFlags: random.pick([0, 0, 0.3, 1]),
  };
}

function* histories(count: number): Iterable<Case> {
  for (let seed = 1; seed <= count; seed++) {
    const random = new SeededRandom(seed * 7919);
    const shape = drawnShape(random, seed, 120);
    const allowCloneParent = random.chance(0.7);
    yield {
      tree: () => treeOf(imageOfKernel(randomHistory(shape), shape)),
      options: { allowCloneParent },
    };
  }
}

/** With `caba` of every process that has one inside the tree, or of some. */
function* historiesWithBirths(count: number): Iterable<Case> {
  for (let seed = 1; seed <= count; seed++) {
    const random = new SeededRandom(seed * 104_729);
    const shape = drawnShape(random, seed, 30);
    const share = random.pick([1, 0.5]);
    yield { tree: () => treeOf(withBirths(shape, share, random)), options: {} };
  }
}

function withBirths(shape: HistoryShape, share: number, random: SeededRandom): TreeImage {
  const history = randomHistory(shape);
  const { pid, caba } = bornAncestors(history.kernel);
  const of = new Map(Array.from(pid, (number, row) => [number, caba[row]!]));
  const image = imageOfKernel(history, shape);
  const processes = image.processes.map((process) => {
    const told = random.chance(share) ? of.get(process.pid) : undefined;
    return told ? { ...process, caba: told } : process;
  });
  return { ...image, processes };
}

function* nestedHistories(count: number, births: boolean): Iterable<Case> {
  for (let seed = 1; seed <= count; seed++) {
    const random = new SeededRandom(seed * 15_485_863);
    const shape: NestedShape = {
      seed,
      calls: 5 + random.below(random.pick([20, 100, 300])),
      alive: 3 + random.below(random.pick([8, 40])),
      namespaces: 2 + random.below(5),
      levels: 1 + random.below(5),
      groups: random.chance(0.5),
      zombies: random.chance(0.5),
      subreapers: random.chance(0.5),
    };
    const image = births ? nestedHistoryWithBirths : nestedHistoryImage;
    yield { tree: () => treeOf(image(shape)), options: {} };
  }
}
