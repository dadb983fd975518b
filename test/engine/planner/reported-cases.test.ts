/** Trees that were reported with a wrong verdict or none, each with its right answer (test/fixtures/cases). */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Diagnostic } from '../../../src/engine/answer-types/diagnostic.ts';
import { DEFAULT_OPTIONS } from '../../../src/engine/plan/plan-options.ts';
import { fullWork } from '../../../src/engine/plan/work-budget.ts';
import { planRestore } from '../../../src/engine/plan-restore.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';

const CASES = new URL('../../../../test/fixtures/cases/', import.meta.url);

function reported(name: string): TreeImage {
  return JSON.parse(readFileSync(new URL(`${name}.json`, CASES), 'utf8')) as TreeImage;
}

function refusalOf(name: string): Diagnostic {
  const { outcome, diagnostics } = planImage(reported(name));
  assert.equal(outcome, 'unrestorable');
  return diagnostics[0]!;
}

function pidsOf(diagnostics: readonly Diagnostic[], code: Diagnostic['code']): readonly number[] | undefined {
  return diagnostics.find((finding) => finding.code === code)?.pids;
}

for (const name of ['shim-min', 'live-unshare-sleep']) {
  test(`${name}: a nested pid namespace below a root in a session from outside the image`, () => {
    provenPlan(treeOf(reported(name)));
  });
}

test('sibling-beside-the-root: who was made by CLONE_PARENT inside a namespace, and fell to an init outside', () => {
  const image = reported('sibling-beside-the-root');
  assert.equal(provenPlan(treeOf(image)).helpers.length, 2);
  const other = { ...image.processes.at(-1)!, pid: 14, ppid: 7, nspid: [14, 15] };
  const { outcome, diagnostics } = planImage({ ...image, processes: [...image.processes, other] });
  assert.equal(outcome, 'unrestorable');
  assert.match(diagnostics[0]!.message, /are no siblings/);
});

for (const name of ['undecided-reachable-1', 'undecided-6-work_limit-1', 'undecided-two-carriers-2']) {
  test(`${name}: a branch of the init that has to be born below what was put in from outside`, () => {
    provenPlan(treeOf(reported(name)));
  });
}

test('independent parts that each need a search cost as much as they are', () => {
  const { summary } = provenPlan(treeOf(reported('slow-copies-8')));
  assert.equal(summary.processes, 34);
  const spent = (copies: number): number => {
    const image = reported('slow-copies-8');
    const kept = image.processes.filter(({ pid }) => pid < 10 * (copies + 1));
    const tree = treeOf({ ...image, processes: kept });
    let [least, most] = [0, fullWork(tree.size)];
    while (most - least > 1000) {
      const middle = (least + most) >> 1;
      if (planRestore(tree, DEFAULT_OPTIONS, {}, middle).workLimitReached) least = middle;
      else most = middle;
    }
    return most;
  };
  const [four, eight] = [spent(4), spent(8)];
  assert.ok(eight < 3 * four, `${eight} for eight, ${four} for four`);
});

test('a bystander that was put in from outside does not hide a refusal', () => {
  const { pids, detail } = refusalOf('undecided-5-not_verified-5');
  assert.deepEqual(pids, [1, 2, 3, 4]);
  assert.equal(detail.minimal, true);
});

test('number 1 of level 0 is the init, no process below another root and no thread', () => {
  assert.deepEqual(
    [refusalOf('json-pid1-not-root'), refusalOf('json-thread-1')].map(({ pids, detail }) => [
      detail.rule,
      pids,
    ]),
    [
      ['N8', [1, 1216]],
      ['N8', [7]],
    ],
  );
});

test('a process that its parent outside moved back into the group from outside is no contradiction', () => {
  const { outcome, diagnostics } = planImage(reported('V7-injected'));
  assert.equal(outcome, 'undecided');
  const { pids, detail } = diagnostics[0]!;
  assert.deepEqual([pids, detail.reason], [[112], 'outside group']);
  assert.match(String(detail.missing), /setpgid/);
});

test('who is said to be born outside, below a root that is no init, contradicts its parent', () => {
  const { outcome, diagnostics } = planImage(reported('born-outside-undecided'));
  assert.equal(outcome, 'unrestorable');
  assert.deepEqual([diagnostics[0]!.code, diagnostics[0]!.pids], ['CABA_CONTRADICTION', [8]]);
});

test('a zombie with living threads lives: only its first thread has ended', () => {
  const alone = planImage(reported('zombie-with-threads'));
  assert.equal(alone.outcome, 'restorable');
  assert.deepEqual(pidsOf(alone.diagnostics, 'FIRST_THREAD_ENDED'), [5]);
  const withChild = planImage(reported('zombie-with-threads-child'));
  assert.equal(withChild.outcome, 'undecided');
  assert.equal(withChild.diagnostics[0]!.detail.reason, 'first thread ended');
  assert.deepEqual(withChild.diagnostics[0]!.pids, [5]);
  assert.deepEqual(pidsOf(withChild.diagnostics, 'FIRST_THREAD_ENDED'), [5]);
});

test('session 0 does not tell two sessions outside apart, and the plan says so', () => {
  const { outcome, diagnostics } = planImage(reported('live-two-outer-sessions'));
  assert.equal(outcome, 'restorable');
  assert.deepEqual(pidsOf(diagnostics, 'SESSIONS_OUTSIDE_AS_ONE'), [2, 3]);
});

test('whoever has unshared and has no child yet does so again at the end of the plan', () => {
  const image = reported('live-unshared-nochild');
  const { processes } = image;
  const unshared = { ...image, processes: [processes[0]!, { ...processes[1]!, pidnsForChildren: null }] };
  const { steps, diagnostics } = provenPlan(treeOf(unshared));
  assert.deepEqual(steps.at(steps.length - 1), { op: 'unshare', pid: 2, flags: ['CLONE_NEWPID'] });
  assert.deepEqual(pidsOf(diagnostics, 'CHILDREN_ELSEWHERE'), [2]);
});

test('whoever has entered a namespace and not come home does so again at the end of the plan', () => {
  const image = reported('live-unshare-sleep');
  const own = image.pidNamespaces!.find(({ parent }) => parent === null)!;
  const inner = image.pidNamespaces!.find(({ parent }) => parent === own.id)!;
  const processes = image.processes.map((one) =>
    one.ppid === 0 ? { ...one, pidnsForChildren: inner.id } : one,
  );
  const { steps, diagnostics } = provenPlan(treeOf({ ...image, processes }));
  const { op } = steps.at(steps.length - 1);
  assert.equal(op, 'setns');
  assert.deepEqual(pidsOf(diagnostics, 'CHILDREN_ELSEWHERE'), [image.root]);
});

test('a planning that a smaller limit cuts short says so, and one that it does not is the same', () => {
  const tree = treeOf(reported('undecided-6-work_limit-1'));
  const full = planRestore(tree, DEFAULT_OPTIONS);
  assert.equal(full.workLimitReached, false);
  assert.equal(planRestore(tree, DEFAULT_OPTIONS, {}, 100).workLimitReached, true);
  assert.deepEqual(planRestore(tree, DEFAULT_OPTIONS, {}, fullWork(tree.size) * 10), full);
});
