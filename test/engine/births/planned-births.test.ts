/** Plans whose births are given: every map of every small tree, contradictions, histories one after the other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic, DiagnosticCode } from '../../../src/engine/answer-types/diagnostic.ts';
import { mapOfRun } from '../../../src/engine/births/births-of-run.ts';
import { bornAncestors } from '../../../src/engine/kernel/born-ancestors.ts';
import { replay } from '../../../src/engine/kernel/replay.ts';
import type { Planning } from '../../../src/engine/plan/planning.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { written } from '../planner/tree-notation.ts';
import { CABA_SETS, enumeratedTrees, everyMap, inIndexes, inPids } from './enumerated-maps.ts';

/** Births of a plan as a simulator of its own sees them. */
function births(tree: ProcessTree, planning: Planning): Record<string, number> {
  return inPids(tree, mapOfRun(tree, bornAncestors(replay(tree, planning.steps).kernel)));
}

function found(planning: Planning, code: DiagnosticCode): Diagnostic | undefined {
  return planning.diagnostics.find((diagnostic) => diagnostic.code === code);
}

function withCaba(image: TreeImage, caba: Readonly<Record<string, number>>): TreeImage {
  const processes = image.processes.map((process) =>
    caba[process.pid] === undefined ? process : { ...process, caba: caba[process.pid]! },
  );
  return { ...image, processes };
}

for (const set of CABA_SETS) {
  test(`${set}: every map of every tree is planned, from the image and from the options`, (t) => {
    let plans = 0;
    for (const { image, tree, cabaMaps } of enumeratedTrees(set)) {
      for (const map of cabaMaps) {
        const told = treeOf(withCaba(image, map));
        const fromImage = provenPlan(told);
        assert.deepEqual(births(told, fromImage), map);
        assert.equal(found(fromImage, 'CABA_MISSING'), undefined);
        assert.equal(found(fromImage, 'ORIGIN_AMBIGUOUS'), undefined);
        assert.deepEqual(births(tree, provenPlan(tree, { births: map })), map);
        plans += 2;
      }
    }
    t.diagnostic(`${plans} plans`);
  });

  test(`${set}: grades and counts of the diagnostics are those of the enumeration`, () => {
    for (const { tree, cabaMaps, forced, open } of enumeratedTrees(set)) {
      const planning = provenPlan(tree);
      const ambiguous = found(planning, 'ORIGIN_AMBIGUOUS')?.detail;
      assert.deepEqual(ambiguous?.histories, cabaMaps.length > 1 ? { exact: cabaMaps.length } : undefined);
      assert.deepEqual(ambiguous?.open ?? {}, open);
      const missing = found(planning, 'CABA_MISSING')!.detail;
      assert.deepEqual(missing.forced, forced);
      assert.equal(missing.bounded, false);
      if (ambiguous) assert.deepEqual(ambiguous.taken, births(tree, planning));
    }
  });

  test(`${set}: history 0, 1, … are all the histories, each once`, () => {
    for (const { tree, cabaMaps } of enumeratedTrees(set)) {
      const seen = new Set<string>();
      for (let history = 0; history < cabaMaps.length; history++) {
        seen.add(JSON.stringify(births(tree, provenPlan(tree, { history }))));
      }
      assert.deepEqual([...seen].toSorted(), cabaMaps.map((map) => JSON.stringify(map)).toSorted());
      const beyond = planImage(imageOf(tree), { history: cabaMaps.length });
      assert.equal(beyond.outcome, 'undecided');
    }
  });
}

function imageOf(tree: ProcessTree): TreeImage {
  const processes = Array.from({ length: tree.size }, (_, i) => ({
    pid: tree.pid[i]!,
    ppid: i === 0 ? 0 : tree.pid[tree.parent[i]!]!,
    pgid: tree.pgid[i]!,
    sid: tree.sid[i]!,
    ...(tree.state[i] === 1 ? { state: 'zombie' as const } : {}),
  }));
  return { root: tree.pid[0]!, processes };
}

test('what contradicts is a minimal core, with the values that could be', (t) => {
  const sizes = [0, 0, 0, 0];
  for (const { image, tree, cabaMaps } of enumeratedTrees('zombies.n3').concat(
    enumeratedTrees('sessions.n3'),
  )) {
    const known = cabaMaps.map((map) => inIndexes(tree, map));
    for (const hints of everyMap(tree.size, true)) {
      if (known.some((map) => hints.every((x, q) => x < 0 || x === map[q]))) continue;
      const planning = planImage(withCaba(image, inPidsWhereGiven(tree, hints)));
      assert.equal(planning.outcome, 'unrestorable');
      const { core, minimal, possible } = found(planning, 'CABA_CONTRADICTION')!.detail as {
        core: { pid: number; caba: number }[];
        minimal: boolean;
        possible: Record<string, number[]>;
      };
      assert.equal(minimal, true);
      const fits = (pairs: readonly { pid: number; caba: number }[]): boolean =>
        cabaMaps.some((map) => pairs.every(({ pid, caba }) => map[pid] === caba));
      assert.equal(fits(core), false);
      for (const one of core) {
        const others = core.filter((other) => other !== one);
        assert.equal(fits(others), true);
        const could = tree.pid.filter(
          (caba) => caba !== one.pid && fits([...others, { pid: one.pid, caba }]),
        );
        assert.deepEqual(
          possible[one.pid],
          [...could].toSorted((a, b) => a - b),
        );
      }
      sizes[core.length]!++;
    }
  }
  t.diagnostic(`cores of 1, 2, 3 hints: ${sizes.slice(1).join(', ')}`);
});

function inPidsWhereGiven(tree: ProcessTree, hints: Int32Array): Record<string, number> {
  const pids: Record<string, number> = {};
  for (let q = 1; q < tree.size; q++) if (hints[q]! >= 0) pids[tree.pid[q]!] = tree.pid[hints[q]!]!;
  return pids;
}

const TRICKY = '1 > 2(s2*) > 7(s4); 1 > 4(s4*) > 5(s2)';

test("the CABA patch's own test tree has two histories, and one answer settles them", () => {
  const tree = treeOf(written(TRICKY));
  const planning = provenPlan(tree);
  const { message, detail } = found(planning, 'ORIGIN_AMBIGUOUS')!;
  assert.deepEqual(detail.histories, { exact: 2 });
  assert.match(message, /any one of 2, 4, 7, 5 settles all of it/);
  for (const [pid, caba] of [
    [2, 1],
    [2, 4],
    [4, 1],
    [4, 2],
    [5, 2],
    [5, 4],
    [7, 2],
    [7, 4],
  ] as const) {
    const settled = provenPlan(tree, { births: { [pid]: caba } });
    assert.equal(found(settled, 'ORIGIN_AMBIGUOUS'), undefined);
    assert.equal(births(tree, settled)[pid], caba);
  }
});

test('the image counts unless respectCaba is false; a birth of the options goes before it', () => {
  const tree = treeOf(withCaba(written(TRICKY), { 2: 4 }));
  assert.equal(births(tree, provenPlan(tree))[2], 4);
  assert.equal(births(tree, provenPlan(tree, { births: { 2: 1 } }))[2], 1);
  const free = provenPlan(tree, { respectCaba: false });
  assert.deepEqual(found(free, 'ORIGIN_AMBIGUOUS')!.detail.histories, { exact: 2 });
  const wrong = treeOf(withCaba(written(TRICKY), { 2: 1, 4: 1 }));
  provenPlan(wrong, { respectCaba: false });
});

test('the request goes before the image where one of them says that somebody was born outside', () => {
  const planned = (root: number, caba: number, asked: number): Planning => {
    const processes = [
      { pid: root, ppid: 0, pgid: root, sid: root },
      { pid: 2, ppid: root, pgid: 2, sid: 2, caba },
    ];
    return planImage({ root, processes }, { births: { 2: asked } });
  };
  assert.equal(planned(1, 1, 0).steps.actor[0], 0, 'the restorer makes a helper that bears 2');
  assert.equal(planned(1, 0, 1).steps.actor[0], 1);
  assert.ok(
    found(planned(5, 5, 0), 'CABA_CONTRADICTION'),
    'whoever hangs from a root that is no init descends from it',
  );
});

test('who hangs from outside beside a root that is no init, and was born outside, has a part of its own', () => {
  const processes = [
    { pid: 5, ppid: 0, pgid: 5, sid: 5 },
    { pid: 6, ppid: 0, pgid: 6, sid: 6, caba: 0 },
    { pid: 7, ppid: 6, pgid: 6, sid: 6, caba: 6 },
    { pid: 8, ppid: 0, pgid: 6, sid: 6, caba: 6 },
  ];
  const { steps } = provenPlan(treeOf({ root: 5, processes }));
  assert.ok(steps.actor.subarray(0, steps.length).includes(0));
  const both = processes.map((p) => (p.pid === 8 ? { ...p, caba: 5 } : p));
  assert.notEqual(planImage({ root: 5, processes: both }).outcome, 'restorable');
});

test('two that were born outside and are in the session of one leader who is gone were born of a helper', () => {
  const processes = [
    { pid: 5, ppid: 0, pgid: 5, sid: 5 },
    { pid: 6, ppid: 0, pgid: 9, sid: 9, caba: 0 },
    { pid: 7, ppid: 0, pgid: 9, sid: 9, caba: 0 },
  ];
  const { steps, helpers } = provenPlan(treeOf({ root: 5, processes }));
  assert.deepEqual([...helpers.pid].sort(), [300, 9]);
  assert.deepEqual(steps.at(steps.length - 1), { op: 'wait4', pid: 0, child: 300 });
});

test('births that contradict the tree are told beside processes that were put in from outside', () => {
  const image = {
    root: 1,
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1 },
      { pid: 2, ppid: 0, pgid: 2, sid: 2 },
      { pid: 3, ppid: 1, pgid: 1, sid: 1 },
      { pid: 4, ppid: 3, pgid: 1, sid: 1 },
    ],
  };
  assert.equal(planImage(image, { births: { 4: 3 } }).outcome, 'restorable');
  const planning = planImage(image, { births: { 4: 1 } });
  assert.equal(planning.outcome, 'unrestorable');
  assert.deepEqual(found(planning, 'CABA_CONTRADICTION')!.detail.core, [{ pid: 4, caba: 1 }]);
});

test('births that name nobody are a contradiction, and say so', () => {
  const planning = planImage(written(TRICKY), { births: { 9: 2 } });
  assert.match(found(planning, 'CABA_CONTRADICTION')!.message, /9 is not in the image/);
  const root = planImage(withCaba(written(TRICKY), { 1: 4 }));
  assert.match(found(root, 'CABA_CONTRADICTION')!.message, /the root descends from nobody/);
});

test('an ancestor by birth is older: birthOrder and startTime settle what they settle', () => {
  const timed = (order: Readonly<Record<number, number>>, field: 'birthOrder' | 'startTime'): TreeImage => {
    const image = written(TRICKY);
    return { ...image, processes: image.processes.map((p) => ({ ...p, [field]: order[p.pid] })) };
  };
  for (const field of ['birthOrder', 'startTime'] as const) {
    for (const [order, caba] of [
      [
        { 1: 1, 2: 2, 4: 3, 5: 4, 7: 5 },
        { 2: 1, 4: 2, 5: 4, 7: 4 },
      ],
      [
        { 1: 1, 4: 2, 2: 3, 5: 4, 7: 5 },
        { 4: 1, 2: 4, 5: 2, 7: 2 },
      ],
    ] as const) {
      const tree = treeOf(timed(order, field));
      const planning = provenPlan(tree);
      assert.deepEqual(births(tree, planning), caba);
      assert.equal(found(planning, 'ORIGIN_AMBIGUOUS'), undefined);
    }
    const backwards = provenPlan(treeOf(timed({ 1: 1, 2: 5, 7: 4, 4: 3, 5: 2 }, field)));
    assert.equal(found(backwards, 'BIRTH_ORDER_IGNORED')!.detail.reason, 'contradicts');
  }
  const sameTick = provenPlan(treeOf(timed({ 1: 7, 2: 7, 4: 7, 5: 7, 7: 7 }, 'startTime')));
  assert.deepEqual(found(sameTick, 'ORIGIN_AMBIGUOUS')!.detail.histories, { exact: 2 });
});

test('several pid namespaces: given births are met, impossible ones are a contradiction, other histories are planned', () => {
  const nested = (caba: number): TreeImage => ({
    root: 1,
    pidNamespaces: [
      { id: '0', parent: null, init: 1 },
      { id: '1', parent: '0', init: 2 },
    ],
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1, childSubreaper: false },
      { pid: 2, ppid: 1, pgid: 2, sid: 2, pidns: '1', nspid: [2, 1], childSubreaper: false },
      { pid: 3, ppid: 2, pgid: 2, sid: 2, pidns: '1', nspid: [3, 2], childSubreaper: false },
      { pid: 4, ppid: 2, pgid: 2, sid: 2, pidns: '1', nspid: [4, 3], childSubreaper: false, caba },
    ],
  });
  assert.equal(planImage(nested(2)).outcome, 'restorable');
  assert.equal(planImage(nested(3)).outcome, 'restorable');
  assert.equal(planImage(nested(2), { history: 1 }).outcome, 'restorable');
  const outsideSession = planImage(nested(1));
  assert.equal(outsideSession.outcome, 'unrestorable');
  assert.deepEqual(found(outsideSession, 'CABA_CONTRADICTION')!.detail.core, [{ pid: 4, caba: 1 }]);
});
