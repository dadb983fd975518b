/**
 * Images that tell the classes of some processes only: what is reachable when all is told is never refused, and a refusal has a
 * proof. TOLD_IN_PART is the number of images, TOLD_IN_PART_SEED the first seed.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kind } from '../../../src/engine/tree/sharing-columns.ts';
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
  // Handlers whose address space nobody tells, of zombies too, are in any for the checker, and in another a moment later.
  assert.ok((tally.get('undecided not proved') ?? 0) <= Math.ceil(IMAGES / 1000));
});

type Row = Partial<Record<Kind | 'sid', number>>;

/** A tree by its parents, in session 1 where no other is said. */
function planned(parents: readonly number[], rows: readonly Row[]) {
  const processes = rows.map((row, i) => {
    return { pid: i + 1, ppid: parents[i]!, sid: 1, pgid: row.sid ?? 1, ...row };
  });
  return planImage({ root: 1, processes });
}

test('handlers whose address space nobody tells may be in that of whoever is between', () => {
  const rows = [{}, { sighand: 1 }, { vm: 1 }, { vm: 1, sid: 4 }, { sighand: 1, sid: 4 }];
  const { outcome, diagnostics } = planned([0, 1, 2, 3, 3], rows);
  assert.equal(outcome, 'undecided');
  assert.equal(diagnostics[0]!.detail.reason, 'classes');
});

test('where one of those who share handlers tells the address space, it is that of all of them', () => {
  const between = { vm: 2, files: 1 };
  const last = { vm: 1, sighand: 1, files: 1 };
  const refused = planned([0, 1, 2], [{ sighand: 1 }, between, last]);
  assert.equal(refused.outcome, 'unrestorable');
  assert.equal(refused.verification?.by, 'proof checker');
  const rows = [{ sighand: 1 }, { ...between, vm: 1 }, last];
  assert.notEqual(planned([0, 1, 2], rows).outcome, 'unrestorable');
});

test('a parent of whom nothing is told may have what its parent and its child share', () => {
  const { outcome, diagnostics } = planned([0, 1, 2], [{ io: 1 }, {}, { io: 1 }]);
  assert.equal(outcome, 'undecided');
  assert.equal(diagnostics[0]!.detail.reason, 'classes');
});
