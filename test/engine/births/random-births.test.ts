/** Random kernel histories whose creators are known: planned with all of them, and with a random half. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapOfRun } from '../../../src/engine/births/births-of-run.ts';
import { bornAncestors } from '../../../src/engine/kernel/born-ancestors.ts';
import { replay } from '../../../src/engine/kernel/replay.ts';
import { scaled } from '../../full-size.ts';
import { EVERYTHING, type HistoryShape, WITH_ZOMBIES } from '../../histories/history-shape.ts';
import { imageOfKernel } from '../../histories/kernel-image.ts';
import { provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { randomHistory } from '../../histories/random-history.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';

const SIZES = [
  { alive: 6, histories: 300 },
  { alive: 12, histories: 200 },
  { alive: 40, histories: 60 },
  { alive: 120, histories: 12 },
];

for (const { alive, histories } of SIZES) {
  for (const [name, calls] of Object.entries({ EVERYTHING, WITH_ZOMBIES })) {
    test(`${alive} alive, ${name}: the births of the plan are those of the history`, (t) => {
      let given = 0;
      for (let seed = 1; seed <= histories; seed += scaled(4, 1)) {
        const shape: HistoryShape = { ...calls, seed, alive, zombies: 0.1 };
        const history = randomHistory(shape);
        const born = bornAncestors(history.kernel);
        const caba = new Map(Array.from(born.pid, (pid, row) => [pid, born.caba[row]!]));
        const image = imageOfKernel(history, shape);
        const random = new SeededRandom(seed * 7919);
        for (const share of [1, 0.5]) {
          const processes = image.processes.map((process) =>
            random.chance(share) ? { ...process, caba: caba.get(process.pid)! } : process,
          );
          const tree = treeOf({ ...image, processes });
          const planning = provenPlan(tree);
          const map = mapOfRun(tree, bornAncestors(replay(tree, planning.steps).kernel));
          for (const { pid, caba: told } of processes) {
            if (told === undefined || told === 0) continue;
            assert.equal(tree.pid[map[tree.indexOf(pid)]!], told, `seed ${seed}, pid ${pid}`);
            given++;
          }
        }
      }
      t.diagnostic(`${histories * 2} plans, ${given} given births`);
    });
  }
}
