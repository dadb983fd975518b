/**
 * Random histories over several pid namespaces with shared resources: each is planned, and its plan rebuilds exactly that, or it is
 * undecided because no births were found that carry what is shared. None is refused. SHARED_NESTED is their number.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaled } from '../../full-size.ts';
import { type NestedShape, nestedHistoryImage } from '../../histories/nested-history.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { SHARED_MIXES } from '../../histories/shared-calls.ts';

/** Shapes of all sizes, by their seed. */
const shapeOf = (seed: number): NestedShape => ({
  seed,
  calls: [40, 70, 110, 160][seed % 4]!,
  alive: [16, 30, 60][seed % 3]!,
  namespaces: 2 + (seed % 5),
  levels: [1, 2, 3, 2, 4][seed % 5]!,
  groups: seed % 3 !== 0,
  zombies: seed % 4 !== 0,
  subreapers: seed % 7 !== 0,
});

const HISTORIES = Number(process.env.SHARED_NESTED ?? scaled(12, 1000));

test(`${HISTORIES} histories with shared resources over several pid namespaces`, (t) => {
  let open = 0;
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const image = nestedHistoryImage({
      ...shapeOf(seed),
      kinds: SHARED_MIXES[seed % SHARED_MIXES.length]!,
      exec: seed % 3 !== 0,
    });
    const { outcome, diagnostics } = planImage(image);
    if (outcome === 'restorable') provenPlan(treeOf(image));
    else {
      assert.equal(outcome, 'undecided', `seed ${seed}: ${diagnostics[0]!.message}`);
      open++;
    }
  }
  t.diagnostic(`${open} undecided`);
  assert.ok(open <= Math.ceil(HISTORIES / 4), `${open} are undecided`);
});

test(`${HISTORIES} histories with exit signals over several pid namespaces`, (t) => {
  let open = 0;
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const image = nestedHistoryImage({ ...shapeOf(seed), exitSignals: true });
    const { outcome, diagnostics } = planImage(image);
    if (outcome === 'restorable') provenPlan(treeOf(image));
    else {
      assert.deepEqual(
        [outcome, diagnostics[0]!.detail.reason],
        ['undecided', 'exit signals'],
        `seed ${seed}`,
      );
      open++;
    }
  }
  t.diagnostic(`${open} undecided`);
  assert.ok(open <= Math.ceil(HISTORIES / 40), `${open} are undecided`);
});

const LARGE = Number(process.env.SHARED_NESTED ?? scaled(8, 200));

test(`${LARGE} histories of a hundred processes that share files and directories over several pid namespaces`, (t) => {
  let open = 0;
  for (let seed = 1; seed <= LARGE; seed++) {
    const image = nestedHistoryImage({
      ...shapeOf(seed),
      ...{ calls: 600, alive: 100, namespaces: 3, levels: 3, kinds: ['files', 'fs'], exec: seed % 4 === 0 },
    });
    const { outcome, diagnostics } = planImage(image);
    if (outcome === 'restorable') provenPlan(treeOf(image));
    else {
      assert.equal(outcome, 'undecided', `seed ${seed}: ${diagnostics[0]!.message}`);
      open++;
    }
  }
  t.diagnostic(`${open} undecided`);
  assert.ok(open <= Math.ceil(LARGE / 4), `${open} are undecided`);
});
