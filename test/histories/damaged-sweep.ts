/**
 * Many damaged histories in one run, by hand: `node dist/test/histories/damaged-sweep.js [count] [largest] [first seed]`.
 * Each gets a verified plan or a minimal conflict, and both decision procedures agree. Prints what failed.
 */

import { decideExactly } from '../../src/engine/planner/exact-decision.ts';
import { findOrigin } from '../../src/engine/planner/find-origin.ts';
import { problemOf } from '../../src/engine/planner/problem-of-tree.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { damagedHistory } from './damaged-image.ts';
import { assertMinimal } from './minimal-conflict.ts';
import { planImage, provenPlan, treeOf } from './proven-plan.ts';
import { SeededRandom } from './seeded-random.ts';

const [count = 20_000, largest = 60, firstSeed = 1] = process.argv.slice(2).map(Number);
const outcomes: Record<string, number> = {};
const failures = new Map<string, { count: number; smallest: TreeImage }>();
for (let seed = firstSeed; seed < firstSeed + count; seed++) {
  const random = new SeededRandom(seed * 104729);
  const image = damagedHistory(seed, random, largest);
  try {
    const tree = treeOf(image);
    const { outcome, diagnostics } = planImage(image);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (outcome === 'restorable') provenPlan(tree);
    else if (outcome === 'unrestorable') {
      assertMinimal(image, diagnostics[0]!, (part) => planImage(part).outcome === 'restorable');
    } else throw new Error(`${outcome}: ${diagnostics[0]!.message}`);
    if (diagnostics[0]?.detail.rule === 'ORIGIN' || outcome === 'restorable') {
      const exact = decideExactly(problemOf(tree), { work: 50_000_000 });
      const found = findOrigin(problemOf(tree)).verdict;
      if (exact && 'birth' in exact !== (found === 'reachable'))
        throw new Error(`exact decision: not ${found}`);
    }
  } catch (error) {
    const key = String(error).split('\n')[0]!.replace(/\d+/g, '#').slice(0, 100);
    const known = failures.get(key);
    const smaller = !known || image.processes.length < known.smallest.processes.length;
    failures.set(key, { count: (known?.count ?? 0) + 1, smallest: smaller ? image : known.smallest });
  }
}
for (const [what, { count: times, smallest }] of failures) {
  const rows = smallest.processes.map(({ pid, ppid, pgid, sid, state }) => [pid, ppid, pgid, sid, state]);
  console.log(`${times} × ${what}\n    root ${smallest.root}: ${JSON.stringify(rows)}`);
}
console.log({ images: count, outcomes, failed: [...failures.values()].reduce((sum, f) => sum + f.count, 0) });
