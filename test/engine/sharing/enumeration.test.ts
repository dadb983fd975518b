/**
 * The search's verdicts against an enumeration of everything that the kernel's calls do to few processes, with the
 * counts of the text on inherit-only resources (5.4).
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import { sharingProblem } from '../../../src/engine/sharing/sharing-problem.ts';
import { searchStates } from '../../../src/engine/sharing/state-search.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { FULL } from '../../full-size.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { type Model, type ModelImage, partitions, reachableImages, treesOf } from './calls-model.ts';

interface Counted extends Model {
  /** Processes at a time that suffice for these counts. */
  readonly most: number;
  /** n, images that fit the local rules, images that calls lead to. */
  readonly counts: readonly (readonly [number, number, number])[];
}

const FILES = { kinds: ['files'], sessions: false, exec: false } as const;
const SHARE: readonly Counted[] = [
  {
    ...FILES,
    most: 5,
    counts: [
      [2, 2, 2],
      [3, 9, 9],
    ],
  },
  {
    ...FILES,
    kinds: ['files', 'fs'],
    most: 4,
    counts: [
      [2, 4, 4],
      [3, 42, 42],
    ],
  },
  {
    ...FILES,
    sessions: true,
    most: 4,
    counts: [
      [2, 14, 14],
      [3, 246, 211],
    ],
  },
  {
    ...FILES,
    kinds: ['vm'],
    most: 5,
    counts: [
      [2, 2, 2],
      [3, 9, 8],
    ],
  },
  { ...FILES, kinds: ['vm', 'sighand'], exec: true, most: 4, counts: [[3, 21, 20]] },
];
const ALL: readonly Counted[] = [
  { ...FILES, most: 6, counts: [[4, 48, 46]] },
  {
    ...FILES,
    kinds: ['files', 'fs'],
    most: 5,
    counts: [
      [3, 42, 42],
      [4, 652, 586],
    ],
  },
  { ...FILES, kinds: ['vm'], most: 6, counts: [[4, 48, 35]] },
  {
    ...FILES,
    kinds: ['vm', 'files'],
    exec: true,
    most: 5,
    counts: [
      [3, 42, 39],
      [4, 652, 487],
    ],
  },
  { ...FILES, kinds: ['vm', 'files'], most: 5, counts: [[3, 42, 37]] },
  { ...FILES, kinds: ['vm', 'sighand'], most: 5, counts: [[3, 21, 18]] },
  {
    ...FILES,
    kinds: ['vm', 'sighand'],
    exec: true,
    most: 6,
    counts: [
      [3, 21, 20],
      [4, 184, 157],
    ],
  },
  { ...FILES, kinds: ['vm'], sessions: true, most: 4, counts: [[2, 14, 14]] },
];

for (const { most, counts, ...model } of FULL ? [...SHARE, ...ALL] : SHARE) {
  const name = `${model.kinds.join(', ')}${model.sessions ? ', sessions' : ''}${model.exec ? ', execve' : ''}`;
  test(`${name}: ${counts.map(([n, , reached]) => `${reached} of n = ${n}`).join(', ')}`, () => {
    const reachable = reachableImages(model, most);
    for (const [n, valid, reached] of counts) {
      let seen = 0;
      let found = 0;
      for (const tree of treesOf(n, model.sessions)) {
        for (const [code, image] of partitions(model, tree)) {
          seen++;
          if (reachable.has(code)) found++;
          assert.equal(isFound(model, image), reachable.has(code), code);
        }
      }
      assert.deepEqual([seen, found], [valid, reached]);
    }
  });
}

function isFound(model: Model, image: ModelImage): boolean {
  const tree = treeOf(treeImage(model, image));
  const problem = sharingProblem(tree, problemOf(tree));
  if (problem.kinds.length === 0 && !model.sessions) return true;
  const found = searchStates(problem, { exec: model.exec, threads: false }, { work: 1e9 });
  assert.notEqual(found, 'work limit');
  return found !== 'work limit' && found.moves !== null;
}

function treeImage(model: Model, { parent, session, objects }: ModelImage): TreeImage {
  const n = parent.length;
  const processes = parent.map((father, i) => {
    const sid = session[i]! > n ? session[i]! + 100 : session[i]!;
    const classes = Object.fromEntries(model.kinds.map((kind, k) => [kind, objects[k]![i]! + 1]));
    return { pid: i + 1, ppid: father + 1, pgid: sid, sid, ...classes };
  });
  return { root: 1, processes };
}
