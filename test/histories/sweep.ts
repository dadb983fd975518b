/**
 * Many random histories in one run, by hand: `node dist/test/histories/sweep.js [count] [largest] [first seed]`.
 * Prints what failed, with the shape that makes it again, and how many helpers the plans have above the lower bound.
 */

import {
  EVERYTHING,
  type HistoryShape,
  SESSIONS_ONLY,
  WITH_GROUPS,
  WITH_SUBREAPERS,
  WITH_ZOMBIES,
} from './history-shape.ts';
import { provenPlan, treeOf } from './proven-plan.ts';
import { historyImage } from './random-history.ts';
import { SeededRandom } from './seeded-random.ts';

const [count = 20_000, largest = 300, firstSeed = 1] = process.argv.slice(2).map(Number);
const KINDS = { SESSIONS_ONLY, WITH_SUBREAPERS, WITH_ZOMBIES, WITH_GROUPS, EVERYTHING };
const ROOTS = [false, true].flatMap((stays) => [
  { pid: 1, isInit: true, session: 0, group: 0, stays },
  { pid: 7, isInit: true, session: 0, group: 0, stays },
  { pid: 5, isInit: false, session: 0, group: 0, stays },
  { pid: 5, isInit: false, session: 100, group: 100, stays },
  { pid: 5, isInit: false, session: 100, group: 102, stays },
]);

let failed = 0;
let processes = 0;
let helpers = 0;
let atLeast = 0;
const failures = new Map<string, { count: number; smallest: HistoryShape }>();
for (let seed = firstSeed; seed < firstSeed + count; seed++) {
  const random = new SeededRandom(seed * 7919);
  const name = random.pick(Object.keys(KINDS) as (keyof typeof KINDS)[]);
  const shape: HistoryShape = {
    ...KINDS[name],
    seed,
    alive: 2 + random.below(random.pick([4, 10, 30, largest - 1])),
    churn: random.pick([1, 2, 4, 8, 16]),
    root: random.pick(ROOTS),
    siblings: random.pick([0, 0.15, 0.5]),
    depth: random.pick([0, 0.3, 0.9, 1]),
    lateSetsid: random.pick([0, 0.2, 0.7]),
    unknownFlags: random.pick([0, 0, 0.3, 1]),
  };
  try {
    const { summary } = provenPlan(treeOf(historyImage(shape)), { allowCloneParent: random.chance(0.7) });
    processes += summary.processes;
    helpers += summary.helpers;
    atLeast += summary.helpersAtLeast;
  } catch (error) {
    failed++;
    const key = `root ${shape.root.isInit} ${shape.root.session} ${shape.root.group} ${shape.root.stays}: ${String(error).slice(0, 90)}`;
    const known = failures.get(key);
    const smaller = !known || shape.alive < known.smallest.alive;
    failures.set(key, { count: (known?.count ?? 0) + 1, smallest: smaller ? shape : known.smallest });
  }
}
for (const [what, { count: times, smallest }] of failures) {
  console.log(`${times} × ${what}\n    ${JSON.stringify(smallest)}`);
}
console.log({ histories: count, failed, processes, helpers, helpersAtLeast: atLeast });
