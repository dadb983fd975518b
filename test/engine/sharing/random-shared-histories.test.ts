/** Whatever a random history with shared resources leads to is restorable, and its plan rebuilds exactly that. */

import { test } from 'node:test';
import { provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { type SharedShape, sharedHistory } from '../../histories/shared-history.ts';

const SHAPES: Readonly<Record<string, Omit<SharedShape, 'seed' | 'alive'>>> = {
  'file tables': { kinds: ['files'] },
  'file tables and fs': { kinds: ['files', 'fs'], zombies: true },
  'three kinds that unshare leaves': { kinds: ['files', 'fs', 'sysvsem'], zombies: true },
  'address spaces without execve': { kinds: ['vm', 'sighand', 'files'], shared: 0.3 },
  'address spaces with execve': { kinds: ['vm', 'sighand', 'files', 'fs'], exec: true, zombies: true },
  'I/O contexts': { kinds: ['io', 'files'], zombies: true },
  terminals: { kinds: ['files'], terminals: true, zombies: true },
};

const SEEDS = process.env.HISTORIES === 'full' ? 3000 : 12;

for (const [name, shape] of Object.entries(SHAPES)) {
  test(`random histories with ${name}`, () => {
    for (let seed = 1; seed <= SEEDS; seed++)
      provenPlan(treeOf(sharedHistory({ ...shape, seed, alive: 2 + (seed % 63) })));
  });
}
