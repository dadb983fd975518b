/** Contracted records: small, and with the answers of the whole ones. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BirthEvent } from '../../../src/engine/record/birth-event.ts';
import { BirthInstances } from '../../../src/engine/record/birth-instances.ts';
import { contractBirths } from '../../../src/engine/record/contract-births.ts';
import { scaled } from '../../full-size.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { birthsOfEvents } from './births-of-events.ts';
import { type WorldOptions, world } from './random-worlds.ts';

function contracted(events: readonly BirthEvent[], inUse: ReadonlySet<number>): BirthEvent[] {
  const record = new BirthInstances();
  for (const event of events) record.add(event);
  return contractBirths(record, inUse);
}

const CASES: readonly (readonly [string, Pick<WorldOptions, 'lossy' | 'late' | 'windows'>])[] = [
  ['a complete record', { lossy: false, late: false }],
  ['a late one', { lossy: false, late: true }],
  ['one with losses', { lossy: true, late: true }],
  ['one with losses between others', { lossy: true, late: true, windows: true }],
];

for (const [name, kind] of CASES) {
  for (const startTimes of [false, true]) {
    test(`${name}, ${startTimes ? 'with' : 'without'} start times: contracted twice it answers as before`, (t) => {
      const known = { whole: 0, contracted: 0 };
      const events = { whole: 0, contracted: 0 };
      for (let seed = 1; seed <= scaled(80, 250); seed++) {
        for (const imageStarts of [false, true]) {
          const whole = world(seed, { calls: 140, startTimes, imageStarts, ...kind });
          const { recorded, inUse } = whole.half;
          const once = contracted(whole.events.slice(0, recorded), inUse);
          const after = [...once, ...whole.events.slice(recorded)];
          const now = new Set(whole.processes.map(({ pid }) => pid));
          const twice = contracted(after, now);
          const tree = treeOf({ root: 1, processes: whole.processes });
          const answer = birthsOfEvents(tree, whole.events);
          for (const record of [after, twice]) {
            const { caba, bounded } = birthsOfEvents(tree, record);
            for (let q = 1; q < tree.size; q++) {
              const pid = tree.pid[q]!;
              const truth = whole.truth.get(pid)!;
              if (caba[q]! >= 0) assert.equal(caba[q], truth, `seed ${seed}, pid ${pid}`);
              if (answer.caba[q]! >= 0)
                assert.equal(caba[q], truth, `seed ${seed}, pid ${pid}: known before`);
              const among = bounded.get(pid);
              if (among) assert.ok(among.includes(truth), `seed ${seed}, pid ${pid}`);
              const before = answer.bounded.get(pid);
              if (before && among) assert.ok(among.length <= before.length, `seed ${seed}, pid ${pid}`);
              if (before) assert.ok(among || caba[q]! >= 0, `seed ${seed}, pid ${pid}`);
            }
            known.contracted += caba.filter((x) => x > 0).length;
          }
          known.whole += 2 * answer.caba.filter((x) => x > 0).length;
          events.whole += whole.events.length;
          events.contracted += twice.length;
          for (let i = 1; i < twice.length; i++) assert.ok(twice[i]!.time >= twice[i - 1]!.time);
        }
      }
      assert.ok(events.contracted < events.whole);
      t.diagnostic(`known ${known.whole}, contracted ${known.contracted}`);
      t.diagnostic(`events ${events.whole}, contracted ${events.contracted}`);
    });
  }
}
