/**
 * The planned sets of trees whose processes share objects or have exit signals of their own: true histories, and drawn images
 * that many times are refused. Classes are told whole and in part, births given and not.
 *
 * In one namespace and nested apart, as all sets are.
 */

import type { PlanOptions } from '../../src/engine/plan/plan-options.ts';
import { KINDS, type Kind } from '../../src/engine/tree/sharing-columns.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { toldInPart, withDrawnSignals } from '../histories/less-told.ts';
import { mixedImage } from '../histories/mixed-image.ts';
import {
  type NestedShape,
  nestedHistoryImage,
  nestedHistoryWithBirths,
} from '../histories/nested-history.ts';
import { treeOf } from '../histories/proven-plan.ts';
import { SeededRandom } from '../histories/seeded-random.ts';
import { SHARED_MIXES } from '../histories/shared-calls.ts';
import { sharedHistory } from '../histories/shared-history.ts';
import type { Case, PlannedSet } from './planned-set.ts';

const MIXES: readonly (readonly Kind[])[] = [...SHARED_MIXES, ['io', 'files'], KINDS];

const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const drawsOf = (seed: number): SeededRandom => new SeededRandom(seed * 32_452_843);

function casesOf(
  count: number,
  image: (seed: number, random: SeededRandom) => TreeImage,
  options: Partial<PlanOptions> = {},
): () => Iterable<Case> {
  return () => seeds(count).map((seed) => ({ tree: () => treeOf(image(seed, drawsOf(seed))), options }));
}

/** A third of them tells the classes in part. */
function history(seed: number, random: SeededRandom, births = 0): TreeImage {
  const whole = sharedHistory({
    seed,
    alive: 2 + random.below(random.pick([6, 20, 60])),
    kinds: random.pick(MIXES),
    churn: random.pick([2, 5, 8]),
    shared: random.pick([0.3, 0.5]),
    exec: random.chance(0.5),
    zombies: random.chance(0.6),
    terminals: random.chance(0.2),
    exitSignals: random.chance(0.3),
    births,
  });
  return random.chance(1 / 3) ? toldInPart(whole, random) : whole;
}

function historyWithBirths(seed: number, random: SeededRandom): TreeImage {
  return history(seed, random, random.pick([0.4, 1]));
}

function drawnImage(seed: number, random: SeededRandom): TreeImage {
  const plain = mixedImage(seed, 4, 7);
  const whole = random.chance(0.4) ? withDrawnSignals(plain, random) : plain;
  return random.chance(0.3) ? toldInPart(whole, random) : whole;
}

function nestedShape(seed: number, random: SeededRandom): NestedShape {
  return {
    seed,
    calls: random.pick([40, 110, 200]),
    alive: random.pick([8, 16, 40]),
    namespaces: 2 + random.below(5),
    levels: 1 + random.below(4),
    groups: random.chance(0.6),
    zombies: random.chance(0.6),
    subreapers: random.chance(0.8),
    kinds: random.chance(0.85) ? random.pick(MIXES) : [],
    exec: random.chance(0.5),
    exitSignals: random.chance(0.3),
  };
}

function nestedHistory(seed: number, random: SeededRandom): TreeImage {
  const whole = nestedHistoryImage(nestedShape(seed, random));
  return random.chance(1 / 3) ? toldInPart(whole, random) : whole;
}

export const SHARED_SETS: readonly PlannedSet[] = [
  { name: 'sharing/histories', cases: casesOf(1500, history), every: 20 },
  { name: 'sharing/histories.births-given', cases: casesOf(500, historyWithBirths), every: 20 },
  { name: 'sharing/histories.another', cases: casesOf(300, history, { history: 1 }), every: 15 },
  { name: 'sharing/drawn', cases: casesOf(2000, drawnImage), every: 20 },
  { name: 'namespaces/sharing.histories', cases: casesOf(600, nestedHistory), every: 20 },
  {
    name: 'namespaces/sharing.births-given',
    cases: casesOf(300, (seed, random) => nestedHistoryWithBirths(nestedShape(seed, random))),
    every: 15,
  },
];
