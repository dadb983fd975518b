/** The answer about a tree's births, and contradictions in trees that are too large for a minimal core. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { birthAnalysis } from '../../../src/engine/diagnosis/birth-answer.ts';
import { bornAncestors } from '../../../src/engine/kernel/born-ancestors.ts';
import { DEFAULT_OPTIONS } from '../../../src/engine/plan/plan-options.ts';
import { EVERYTHING } from '../../histories/history-shape.ts';
import { imageOfKernel } from '../../histories/kernel-image.ts';
import { planImage, treeOf } from '../../histories/proven-plan.ts';
import { randomHistory } from '../../histories/random-history.ts';
import { written } from '../planner/tree-notation.ts';

test('two leaders, one below the other: the best question leaves 1.8 of 5 histories', () => {
  const tree = treeOf(written('1(s1) > 2(s2*); 1 > 3(s2); 1 > 4(s4*)'));
  assert.deepEqual(birthAnalysis(tree, DEFAULT_OPTIONS), {
    status: 'analysed',
    processes: [
      { pid: 2, grade: 'simplest', caba: 1, candidates: [1, 4], candidateCount: 2 },
      { pid: 3, grade: 'simplest', caba: 2, candidates: [2, 4], candidateCount: 2 },
      { pid: 4, grade: 'simplest', caba: 1, candidates: [1, 2, 3], candidateCount: 3 },
    ],
    histories: { exact: 5 },
    simplest: { 2: 1, 3: 2, 4: 1 },
    adoptions: 1,
    ask: { pid: 4, expectedLeft: 1.8, worstLeft: 2, settles: 2, of: 3, alternatives: [] },
    bounded: false,
  });
});

test('given births count, and what fits none is a contradiction', () => {
  const tree = treeOf(written('1(s1) > 2(s1); 1 > 3(s100)'));
  const answer = birthAnalysis(tree, { ...DEFAULT_OPTIONS, births: { 3: 2 } });
  assert.deepEqual(
    answer.processes.map(({ grade }) => grade),
    ['forced', 'given'],
  );
  assert.deepEqual(answer.histories, { exact: 1 });
  assert.equal(answer.ask, null);
  assert.equal(birthAnalysis(tree, { ...DEFAULT_OPTIONS, births: { 2: 3 } }).status, 'contradiction');
  assert.equal(birthAnalysis(tree, { ...DEFAULT_OPTIONS, births: { 9: 3 } }).status, 'contradiction');
  const unreachable = treeOf(written('1(s1) > 2(s100) > 3(s1)'));
  assert.equal(birthAnalysis(unreachable, DEFAULT_OPTIONS).status, 'contradiction');
});

test('the truth of random histories is among the candidates', () => {
  for (const [alive, seeds] of [
    [10, 40],
    [60, 3],
    [400, 2],
  ] as const) {
    for (let seed = 1; seed <= seeds; seed++) {
      const shape = { ...EVERYTHING, zombies: 0.1, seed, alive };
      const history = randomHistory(shape);
      const born = bornAncestors(history.kernel);
      const truth = new Map(Array.from(born.pid, (pid, row) => [pid, born.caba[row]!]));
      const answer = birthAnalysis(treeOf(imageOfKernel(history, shape)), DEFAULT_OPTIONS);
      assert.equal(answer.status, 'analysed');
      for (const { pid, candidates, candidateCount, grade, caba } of answer.processes) {
        if (candidateCount === candidates.length) assert.ok(candidates.includes(truth.get(pid)!));
        if (grade === 'forced') assert.equal(caba, truth.get(pid));
      }
    }
  }
});

test('a wrong birth among thousands is found', () => {
  const shape = { ...EVERYTHING, seed: 3, alive: 3000 };
  const history = randomHistory(shape);
  const born = bornAncestors(history.kernel);
  const truth = new Map(Array.from(born.pid, (pid, row) => [pid, born.caba[row]!]));
  const image = imageOfKernel(history, shape);
  const wrong = image.processes.findLast(({ ppid }) => ppid !== 1 && truth.get(ppid) !== 1)!.pid;
  for (const every of [1, 2]) {
    const processes = image.processes.map((process, i) => {
      if (process.pid === wrong) return { ...process, caba: 1 };
      return i % every === 0 ? { ...process, caba: truth.get(process.pid)! } : process;
    });
    const planning = planImage({ ...image, processes });
    assert.equal(planning.outcome, 'unrestorable');
    const { detail } = planning.diagnostics.find(({ code }) => code === 'CABA_CONTRADICTION')!;
    assert.deepEqual(detail.core, [{ pid: wrong, caba: 1 }]);
    assert.equal(detail.minimal, true);
  }
});
