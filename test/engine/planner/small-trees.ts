/** The exhaustive sets of small trees in test/fixtures/trees: every tree of a few processes, with its verdict. */

import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { treesOfSet } from '../../formats/tree-sets.ts';
import { shareOf } from '../../full-size.ts';

export interface SmallTree extends TreeImage {
  readonly reachable: boolean;
  readonly minHelpers: number;
}

export const SMALL_SETS = [
  'sessions.n2',
  'sessions.n3',
  'sessions.n4',
  'sessions.n5',
  'zombies.n2',
  'zombies.n3',
  'zombies.n4',
  'groups.n2',
  'groups.n3',
] as const;
export type SmallSet = (typeof SMALL_SETS)[number];

/** The sets with nested pid namespaces, in the folder of that name. */
export const NESTED_SETS = [
  'namespaces/one-ns.sessions.n2',
  'namespaces/one-ns.sessions.n3',
  'namespaces/one-ns.sessions.n4',
  'namespaces/chain.sessions.n3',
  'namespaces/siblings.sessions.n3',
  'namespaces/one-ns.groups.n2',
  'namespaces/one-ns.groups.n3',
] as const;
export type NestedSet = (typeof NESTED_SETS)[number];

/** Of the large sets every so many-th tree is taken within `npm test`. */
const STEP: Partial<Record<SmallSet | NestedSet, number>> = {
  'sessions.n5': 8,
  'zombies.n4': 6,
  'groups.n3': 6,
  'namespaces/one-ns.sessions.n4': 6,
  'namespaces/one-ns.groups.n3': 6,
};

/** The trees of a set, or of a large one a share. */
export function someSmallTrees(
  set: SmallSet | NestedSet,
  verdict: 'reachable' | 'unreachable',
): readonly SmallTree[] {
  return shareOf(smallTrees(set, verdict), STEP[set] ?? 1);
}

export function smallTrees(set: SmallSet | NestedSet, verdict: 'reachable' | 'unreachable'): SmallTree[] {
  return treesOfSet(`${set}.${verdict}`);
}

export const NO_INIT = [{ id: '0', parent: null, init: null }];
