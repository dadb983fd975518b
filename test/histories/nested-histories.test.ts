/** Random histories over nested pid namespaces: whatever the kernel reached is planned and rebuilt. */

import { test } from 'node:test';
import fc from 'fast-check';
import { scaled } from '../full-size.ts';
import { type NestedShape, nestedHistoryImage } from './nested-history.ts';
import { provenPlan, treeOf } from './proven-plan.ts';

const RUNS = { numRuns: scaled(60, 250), seed: 5 };

const drawn = fc.record({
  seed: fc.nat(),
  calls: fc.integer({ min: 5, max: 300 }),
  alive: fc.integer({ min: 3, max: 40 }),
  namespaces: fc.integer({ min: 2, max: 6 }),
  levels: fc.integer({ min: 1, max: 5 }),
});

function property(name: string, kind: Pick<NestedShape, 'groups' | 'zombies' | 'subreapers'>): void {
  test(name, () => {
    fc.assert(
      fc.property(drawn, (shape) => {
        provenPlan(treeOf(nestedHistoryImage({ ...shape, ...kind })));
      }),
      RUNS,
    );
  });
}

property('nested sessions are rebuilt', { groups: false, zombies: false, subreapers: false });
property('nested sessions with subreapers are rebuilt', { groups: false, zombies: false, subreapers: true });
property('nested sessions with zombies are rebuilt', { groups: false, zombies: true, subreapers: true });
property('nested sessions with groups are rebuilt', { groups: true, zombies: false, subreapers: false });
property('everything together is rebuilt', { groups: true, zombies: true, subreapers: true });
