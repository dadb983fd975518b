/** The search by paths against a plain walk up the parents, on random histories and on a deep chain. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FlaggedAncestors } from '../../../src/engine/kernel/flagged-ancestor.ts';
import { Kernel } from '../../../src/engine/kernel/kernel.ts';
import { proc } from './proc.ts';

const action = fc.record({ kind: fc.nat(9), a: fc.nat(1000), b: fc.nat(1000) });

test('random births, flags and deaths', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
      const paths = new FlaggedAncestors(400);
      const parent = [0, 0];
      const flagged = new Set<number>();
      const alive = [1];
      for (const { kind, a, b } of actions) {
        const row = alive[a % alive.length]!;
        if (kind < 4) {
          const child = parent.length;
          parent.push(row);
          alive.push(child);
          paths.born(child, row);
        } else if (kind < 6) {
          if (row === 1) continue;
          const on = b % 2 === 1;
          if (on) flagged.add(row);
          else flagged.delete(row);
          paths.setFlag(row, on ? 1 : 0);
        } else {
          let walk = parent[row]!;
          while (walk !== 0 && !flagged.has(walk)) walk = parent[walk]!;
          if (flagged.has(row)) paths.setFlag(row, 0);
          assert.equal(paths.nearest(row), walk);
          if (kind < 8 || row === 1) {
            if (flagged.has(row)) paths.setFlag(row, 1);
            continue;
          }
          flagged.delete(row);
          const adopter = walk === 0 ? 1 : walk;
          for (let child = 0; child < parent.length; child++)
            if (parent[child] === row) parent[child] = adopter;
          if (adopter !== parent[row]) paths.move(row, adopter);
          alive.splice(alive.indexOf(row), 1);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('a chain of 100,000 whose processes take turns as the far subreaper', () => {
  const depth = 100_000;
  const kernel = new Kernel({ root: 1, rootIsInit: true });
  for (let pid = 2; pid <= depth; pid++) assert.equal(kernel.clone3(pid - 1, [pid]), 0);
  for (let i = 0; i < 2000; i++) {
    const reaper = 2 + ((i * 7919) % (depth - 2));
    const helper = 1_000_000 + i;
    const orphan = 2_000_000 + i;
    kernel.clone3(depth, [helper]);
    kernel.clone3(helper, [orphan]);
    kernel.setSubreaper(reaper, true);
    kernel.exit(helper);
    kernel.setSubreaper(reaper, false);
    assert.equal(proc(kernel, orphan)?.ppid, reaper);
  }
});
