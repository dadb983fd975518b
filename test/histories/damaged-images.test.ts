/** Edited images: each gets a verified plan or a minimal conflict, whatever was changed; both procedures agree. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideExactly } from '../../src/engine/planner/exact-decision.ts';
import { findOrigin } from '../../src/engine/planner/find-origin.ts';
import { problemOf } from '../../src/engine/planner/problem-of-tree.ts';
import { scaled } from '../full-size.ts';
import { damaged } from './damaged-image.ts';
import {
  EVERYTHING,
  type HistoryShape,
  INIT_ROOT,
  type RootShape,
  WITH_SUBREAPERS,
} from './history-shape.ts';
import { assertMinimal } from './minimal-conflict.ts';
import { planImage, provenPlan, treeOf } from './proven-plan.ts';
import { historyImage } from './random-history.ts';

const IMAGES = { numRuns: scaled(100, 400), seed: 9 };
const EXACT_WORK = 50_000_000;

const drawn = fc.record({
  seed: fc.nat(),
  alive: fc.integer({ min: 2, max: 30 }),
  churn: fc.integer({ min: 1, max: 8 }),
  depth: fc.constantFrom(0, 0.3, 0.9),
});
const changes = fc.constantFrom(1, 2, 4, 8);
const CUT_OUT: RootShape = { pid: 5, isInit: false, session: 100, group: 102, stays: false };

function property(name: string, kind: Omit<HistoryShape, 'seed' | 'alive'>): void {
  test(name, () => {
    fc.assert(
      fc.property(drawn, changes, (shape, edits) => {
        const image = damaged(historyImage({ ...kind, ...shape }), shape.seed, edits);
        const { outcome, diagnostics } = planImage(image);
        if (outcome === 'restorable') provenPlan(treeOf(image));
        else {
          assert.equal(outcome, 'unrestorable');
          assertMinimal(image, diagnostics[0]!, (part) => planImage(part).outcome === 'restorable');
        }
      }),
      IMAGES,
    );
  });
}

property('edited sessions are planned or refused with a minimal conflict', WITH_SUBREAPERS);
property('edited trees of every kind are planned or refused with a minimal conflict', EVERYTHING);
property('edited trees under a root that is no init are planned or refused with a minimal conflict', {
  ...EVERYTHING,
  root: CUT_OUT,
});

test('the exact procedure says of edited sessions what the proposals say', () => {
  fc.assert(
    fc.property(drawn, changes, (shape, edits) => {
      const image = damaged(
        historyImage({ ...WITH_SUBREAPERS, ...shape, root: INIT_ROOT }),
        shape.seed,
        edits,
      );
      const tree = treeOf(image);
      const { diagnostics, outcome } = planImage(image);
      if (outcome === 'unrestorable' && diagnostics[0]!.detail.rule !== 'ORIGIN') return;
      const exact = decideExactly(problemOf(tree), { work: EXACT_WORK });
      assert.ok(exact, 'undecided');
      assert.equal('birth' in exact ? 'reachable' : 'unreachable', findOrigin(problemOf(tree)).verdict);
    }),
    IMAGES,
  );
});
