/**
 * Births from every side, on all small trees: proposals, the exact check, the exact procedure and the region trees
 * have to agree with each other and with the published verdicts.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBirths } from '../../../src/engine/planner/exact-check.ts';
import { decideExactly } from '../../../src/engine/planner/exact-decision.ts';
import { findOrigin } from '../../../src/engine/planner/find-origin.ts';
import { BEFORE, type Origin } from '../../../src/engine/planner/origin.ts';
import {
  elementLeads,
  elementSession,
  isElement,
  isRootRegion,
  type OriginProblem,
  regionOf,
} from '../../../src/engine/planner/origin-problem.ts';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import { originFromOrder } from '../../../src/engine/planner/region-trees.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { smallTrees } from './small-trees.ts';
import { written } from './tree-notation.ts';

const SESSION_SETS = ['sessions.n2', 'sessions.n3', 'sessions.n4', 'sessions.n5'] as const;
const EXACT_WORK = 10_000_000;

const problemsOf = (set: (typeof SESSION_SETS)[number], verdict: 'reachable' | 'unreachable') =>
  smallTrees(set, verdict).map((image) => problemOf(treeOf(image)));

for (const set of SESSION_SETS) {
  test(`${set}: proposals and the exact procedure find births for the reachable trees, and none for the others`, () => {
    for (const verdict of ['reachable', 'unreachable'] as const) {
      for (const problem of problemsOf(set, verdict)) {
        assert.equal(findOrigin(problem).verdict, verdict);
        const exact = decideExactly(problem, { work: EXACT_WORK });
        assert.ok(exact, 'the work limit is out of reach of a small tree');
        assert.equal('birth' in exact, verdict === 'reachable');
        if ('birth' in exact) assert.ok(checkBirths(problem, exact.birth));
      }
    }
  });

  test(`${set}: in every origin tree each process is below its wanted parent and born in a session it can be in`, () => {
    for (const problem of problemsOf(set, 'reachable')) {
      const found = findOrigin(problem);
      assert.ok(found.verdict === 'reachable');
      assertCarries(problem, found.order.birth, originFromOrder(problem, found.order));
    }
  });
}

function assertCarries(problem: OriginProblem, birth: Int32Array, origin: Origin): void {
  for (let e = 1; e < problem.size + problem.sessionCount; e++) {
    if (!isElement(problem, e)) continue;
    const o = origin.creator[e]!;
    const before = origin.phase[e] === BEFORE;
    const place = before ? bornBefore(problem, birth, o) : elementSession(problem, o);
    assert.equal(regionOf(problem, birth, e), place);
    if (before) assert.ok(elementLeads(problem, o));
    const wanted = e < problem.size ? problem.parent[e]! : 0;
    let above = o;
    while (above !== wanted && above > 0) above = origin.creator[above]!;
    assert.equal(above, wanted);
  }
}

/** The region of what a leader bears before its setsid. */
function bornBefore(problem: OriginProblem, birth: Int32Array, leader: number): number {
  return leader === 0 ? problem.outside : regionOf(problem, birth, leader);
}

test('no births but those of the theory carry a tree with one way only', () => {
  const problem = problemOf(treeOf(written('1(s1) > 2(s2*) > 3(s3*) > 4(s2); 3 > 5(s3)')));
  const accepted: number[][] = [];
  const m = problem.sessionCount;
  for (let code = 0; code < m ** m; code++) {
    const birth = Int32Array.from({ length: m }, (_, s) =>
      isRootRegion(problem, s) ? -1 : Math.floor(code / m ** s) % m,
    );
    if (birth[0] === -1 && Math.floor(code % m) !== 0) continue;
    if (checkBirths(problem, birth)) accepted.push([...birth]);
  }
  // Session 2 was born in session 1, session 3 in session 2: 4 is a member of 2 below 3.
  assert.deepEqual(accepted, [[-1, 0, 1]]);
});

test('births in a circle carry nothing', () => {
  const problem = problemOf(treeOf(written('1(s1) > 2(s2*); 1 > 3(s3*)')));
  assert.equal(checkBirths(problem, Int32Array.from([-1, 2, 1])), null);
  assert.equal(checkBirths(problem, Int32Array.from([-1, 1, 0])), null);
  assert.ok(checkBirths(problem, Int32Array.from([-1, 2, 0])));
});

test('the exact procedure stops at its work limit without a verdict', () => {
  const problem = problemOf(treeOf(written('1 > 2(s100) > 4(s101); 1 > 3(s101) > 5(s100)')));
  assert.equal(decideExactly(problem, { work: 3 }), null);
});

test('a contradiction in a tree of ten thousand processes is found', () => {
  const around = Array.from({ length: 10_000 }, (_, i) => `1 > ${1000 + i}(s${1000 + i - (i % 3)})`);
  const image = written([...around, '1 > 2(s100) > 4(s101)', '1 > 3(s101) > 5(s100)'].join(';'));
  assert.equal(findOrigin(problemOf(treeOf(image))).verdict, 'unreachable');
});
