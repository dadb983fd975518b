/**
 * Images that tell the classes of some processes only: what is reachable when all is told is never refused, and a refusal has a
 * proof. TOLD_IN_PART is the number of images, TOLD_IN_PART_SEED the first seed.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scaled } from '../../full-size.ts';
import { toldInPart } from '../../histories/less-told.ts';
import { mixedImage } from '../../histories/mixed-image.ts';
import { planImage } from '../../histories/proven-plan.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';

const IMAGES = Number(process.env.TOLD_IN_PART ?? scaled(400, 6000));
const FIRST = Number(process.env.TOLD_IN_PART_SEED ?? 1);

test(`${IMAGES} images with classes left out are planned, refused by a proof, or said to need what they leave out`, (t) => {
  const tally = new Map<string, number>();
  for (let seed = FIRST; seed < FIRST + IMAGES; seed++) {
    const whole = mixedImage(seed);
    const { outcome, verification, diagnostics } = planImage(
      toldInPart(whole, new SeededRandom(seed * 7 + 1)),
    );
    const reason = outcome === 'undecided' ? String(diagnostics[0]!.detail.reason) : '';
    if (outcome === 'unrestorable') {
      assert.equal(verification?.by, 'proof checker', `seed ${seed}`);
      assert.notEqual(planImage(whole).outcome, 'restorable', `seed ${seed}`);
    }
    const word = `${outcome} ${reason}`.trim();
    tally.set(word, (tally.get(word) ?? 0) + 1);
  }
  t.diagnostic([...tally].map(([word, count]) => `${word} ${count}`).join(', '));
  // Handlers whose address space nobody tells may be in that of others: the search takes them to be in one of their own.
  assert.ok((tally.get('undecided not proved') ?? 0) <= IMAGES / 200);
});

test('a parent of whom nothing is told may have what its parent and its child share', () => {
  const processes = [
    { pid: 1, ppid: 0, pgid: 1, sid: 1, io: 1 },
    { pid: 2, ppid: 1, pgid: 1, sid: 1 },
    { pid: 3, ppid: 2, pgid: 1, sid: 1, io: 1 },
  ];
  const { outcome, diagnostics } = planImage({ root: 1, processes });
  assert.equal(outcome, 'undecided');
  assert.equal(diagnostics[0]!.detail.reason, 'classes');
});
