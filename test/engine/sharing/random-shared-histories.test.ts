/** Whatever a random history with shared resources leads to is restorable, and its plan rebuilds exactly that. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { type SharedShape, sharedHistory } from '../../histories/shared-history.ts';

const SHAPES: Readonly<Record<string, Omit<SharedShape, 'seed' | 'alive'>>> = {
  'file tables': { kinds: ['files'] },
  'file tables and fs': { kinds: ['files', 'fs'], zombies: true },
  'three kinds that unshare leaves': { kinds: ['files', 'fs', 'sysvsem'], zombies: true },
  'address spaces without execve': { kinds: ['vm', 'sighand', 'files'], shared: 0.3 },
  'address spaces with execve': { kinds: ['vm', 'sighand', 'files', 'fs'], exec: true, zombies: true },
  'I/O contexts': { kinds: ['io', 'files'], zombies: true },
  terminals: { kinds: ['files'], terminals: true, zombies: true },
  'births that are given in part': { kinds: ['files', 'fs', 'vm', 'sysvsem'], zombies: true, births: 0.4 },
  'births that are all given': { kinds: ['files', 'fs', 'io'], exec: true, zombies: true, births: 1 },
  'exit signals': { kinds: [], exitSignals: true, zombies: true },
  'exit signals and three kinds': { kinds: ['files', 'fs', 'io'], exitSignals: true, zombies: true },
};

const SEEDS = process.env.HISTORIES === 'full' ? 3000 : 12;

for (const [name, shape] of Object.entries(SHAPES)) {
  test(`random histories with ${name}`, () => {
    for (let seed = 1; seed <= SEEDS; seed++)
      provenPlan(treeOf(sharedHistory({ ...shape, seed, alive: 2 + (seed % 63) })));
  });
}

test('random histories with exit signals and execve are planned, but for one in a hundred at most', (t) => {
  let open = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const kinds = ['vm', 'sighand', 'files', 'fs'] as const;
    const image = sharedHistory({
      kinds,
      exec: true,
      zombies: true,
      exitSignals: true,
      seed,
      alive: 2 + (seed % 63),
    });
    const { outcome, diagnostics } = planImage(image);
    if (outcome === 'restorable') continue;
    open++;
    // A sibling that bears somebody and executes a program after that is not looked for.
    assert.equal(outcome, 'undecided', `seed ${seed}: ${diagnostics[0]!.message}`);
  }
  t.diagnostic(`${open} of ${SEEDS} undecided`);
  assert.ok(open <= SEEDS / 100);
});
