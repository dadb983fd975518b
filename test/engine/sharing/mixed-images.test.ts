/**
 * Random images of five to eight processes with several kinds at once, sessions, groups, zombies and threads: each has a plan
 * that the simulator runs to it, or a refusal whose proof checks. MIXED_IMAGES is their number, MIXED_SEED the first seed.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../full-size.ts';
import { withDrawnSignals } from '../../histories/less-told.ts';
import { mixedImage } from '../../histories/mixed-image.ts';
import { planImage } from '../../histories/proven-plan.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';

const IMAGES = Number(process.env.MIXED_IMAGES ?? scaled(150, 2000));
const FIRST = Number(process.env.MIXED_SEED ?? 1);

for (const [name, imageOf] of [
  ['mixed images', mixedImage],
  ['mixed images with exit signals', withSignals],
] as const)
  test(`${IMAGES} ${name} are planned or refused`, (t) => {
    const tally = new Map<string, number>();
    for (let seed = FIRST; seed < FIRST + IMAGES; seed++) {
      const { outcome, verification, diagnostics } = planImage(imageOf(seed));
      const [first] = diagnostics;
      const open = outcome === 'undecided' ? String(first!.detail.reason) : '';
      if (outcome === 'unrestorable') {
        assert.equal(verification?.by, 'proof checker', `seed ${seed}`);
        assert.equal(first!.detail.minimal, true, `seed ${seed}`);
      }
      // What needs threads is said to, and where zombies were nobody knows.
      assert.match(open, /^(threads|zombies|)$/, `seed ${seed}: ${first?.message}`);
      const word = `${outcome} ${open}`.trim();
      tally.set(word, (tally.get(word) ?? 0) + 1);
    }
    const undecided = (tally.get('undecided threads') ?? 0) + (tally.get('undecided zombies') ?? 0);
    assert.ok(undecided <= IMAGES / 100, `${undecided} are undecided`);
    t.diagnostic([...tally].map(([word, count]) => `${word} ${count}`).join(', '));
  });

function withSignals(seed: number): TreeImage {
  return withDrawnSignals(mixedImage(seed, 4, 7), new SeededRandom(seed * 13 + 5));
}
