/** Every tree that a random history of the kernel leads to is restorable, and the plan rebuilds exactly that tree. */

import { test } from 'node:test';
import fc from 'fast-check';
import { scaled } from '../full-size.ts';
import { drawnShape } from './drawn-shape.ts';
import {
  EVERYTHING,
  type HistoryShape,
  INIT_ROOT,
  type RootShape,
  SESSIONS_ONLY,
  WITH_GROUPS,
  WITH_SUBREAPERS,
  WITH_ZOMBIES,
} from './history-shape.ts';
import { provenPlan, treeOf } from './proven-plan.ts';
import { historyImage } from './random-history.ts';

/** The same histories in every run of the suite; sweep.ts looks for new ones, by hand and by the ten thousand. */
const HISTORIES = { numRuns: scaled(50, 150), seed: 5 };

type Kind = Omit<HistoryShape, 'seed' | 'alive'>;

const anyRoot: fc.Arbitrary<RootShape> = fc.record({
  pid: fc.integer({ min: 1, max: 400 }),
  isInit: fc.constant(true),
  session: fc.constant(0),
  group: fc.constant(0),
  stays: fc.boolean(),
});
const cutOutRoot: fc.Arbitrary<RootShape> = fc
  .record({
    pid: fc.integer({ min: 2, max: 99 }),
    outside: fc.constantFrom([0, 0], [100, 100], [100, 102]),
    stays: fc.boolean(),
  })
  .map(({ pid, outside, stays }) => ({
    pid,
    isInit: false,
    session: outside[0]!,
    group: outside[1]!,
    stays,
  }));

function property(name: string, kind: Kind, roots: fc.Arbitrary<RootShape> = fc.constant(INIT_ROOT)): void {
  test(name, () => {
    fc.assert(
      fc.property(drawnShape, roots, (shape, root) => {
        provenPlan(treeOf(historyImage({ ...kind, ...shape, root })));
      }),
      HISTORIES,
    );
  });
}

property('histories with sessions are rebuilt', SESSIONS_ONLY);
property('histories with subreapers are rebuilt', WITH_SUBREAPERS);
property('histories with zombies are rebuilt', WITH_ZOMBIES);
property('histories with process groups are rebuilt', WITH_GROUPS);
property('histories with everything, threads too, are rebuilt', EVERYTHING);
property('histories under an init with any number are rebuilt', EVERYTHING, anyRoot);
property('histories under a root that is no init are rebuilt', EVERYTHING, cutOutRoot);
property('histories whose flags the image does not tell are rebuilt', { ...EVERYTHING, unknownFlags: 0.5 });

test('histories are rebuilt without CLONE_PARENT too', () => {
  fc.assert(
    fc.property(drawnShape, cutOutRoot, (shape, root) => {
      provenPlan(treeOf(historyImage({ ...EVERYTHING, ...shape, root })), { allowCloneParent: false });
    }),
    HISTORIES,
  );
});

test('an image in another order of processes gets the same plan', () => {
  fc.assert(
    fc.property(drawnShape, (shape) => {
      const image = historyImage({ ...EVERYTHING, ...shape });
      const plan = provenPlan(treeOf(image));
      const reversed = provenPlan(treeOf({ ...image, processes: image.processes.toReversed() }));
      const steps = ({ steps: list }: typeof plan) =>
        Array.from({ length: list.length }, (_, i) => list.at(i));
      if (JSON.stringify(steps(plan)) !== JSON.stringify(steps(reversed)))
        throw new Error('the plans differ');
    }),
    { ...HISTORIES, numRuns: scaled(20, 50) },
  );
});
