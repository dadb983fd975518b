/** The tied part of an origin problem has births exactly where the whole has, and its births lead to the whole's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBirths } from '../../../src/engine/planner/exact-check.ts';
import { findOrigin } from '../../../src/engine/planner/find-origin.ts';
import { type OriginProblem, originProblem } from '../../../src/engine/planner/origin-problem.ts';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import { birthsOfWhole, tiedPart } from '../../../src/engine/planner/tied-part.ts';
import { EVERYTHING, INIT_ROOT } from '../../histories/history-shape.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';

const ROOTS = [
  INIT_ROOT,
  { ...INIT_ROOT, stays: true },
  { ...INIT_ROOT, pid: 5, isInit: false, session: 100 },
];

/** Numbers of sessions without a leader in the image. */
const OUTSIDE = 0;
const DEAD_LEADER = 100;

/** Births of the whole by way of its part; null where that has none. */
function birthsByPart(problem: OriginProblem): Int32Array | null {
  const part = tiedPart(problem, problem.size)!;
  const found = findOrigin(part.problem);
  return found.verdict === 'reachable' ? birthsOfWhole(problem, part, found.order.birth) : null;
}

for (let seed = 1; seed <= 30; seed++) {
  test(`random history ${seed}: the births that the whole has`, () => {
    const tree = treeOf(historyImage({ ...EVERYTHING, root: ROOTS[seed % 3]!, seed, alive: 6 * seed }));
    const problem = problemOf(tree);
    const births = birthsByPart(problem)!;
    const found = findOrigin(problem);
    assert.ok(found.verdict === 'reachable');
    assert.ok(checkBirths(problem, births));
    assert.deepEqual(births, found.order.birth);
  });
}

test('random trees of up to seven: births where the whole has births', () => {
  const counts = { reachable: 0, unreachable: 0 };
  for (let seed = 1; seed <= 20_000; seed++) {
    const random = new SeededRandom(seed);
    const size = 3 + random.below(5);
    const parent = Int32Array.from({ length: size }, (_, i) => (i === 0 ? -1 : random.below(i)));
    const pid = Int32Array.from({ length: size }, (_, i) => i + 1);
    const leaders = pid.filter((own) => random.chance(own === 1 ? 0.7 : 0.4));
    const sessions = [...leaders, ...(leaders[0] !== 1 || random.chance(0.3) ? [OUTSIDE] : []), DEAD_LEADER];
    const sid = pid.map((own) => (leaders.includes(own) ? own : random.pick(sessions)));
    if (leaders[0] !== 1) sid[0] = OUTSIDE;
    const problem = originProblem(size, parent, pid, sid)!;
    const { verdict } = findOrigin(problem);
    assert.ok(verdict !== 'undecided');
    counts[verdict]++;
    const births = birthsByPart(problem);
    assert.equal(births !== null, verdict === 'reachable', `${parent} ${sid}`);
    if (births) assert.ok(checkBirths(problem, births));
  }
  assert.ok(counts.reachable > 1000 && counts.unreachable > 1000, JSON.stringify(counts));
});
