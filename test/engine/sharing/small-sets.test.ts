/**
 * Every small image with shared resources: the search decides as the published sets say, what is reachable has a plan
 * that the simulator runs to it, and what is refused has a smallest conflict.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_OPTIONS } from '../../../src/engine/plan/plan-options.ts';
import { planRestore } from '../../../src/engine/plan-restore.ts';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import { sharingProblem } from '../../../src/engine/sharing/sharing-problem.ts';
import { searchStates } from '../../../src/engine/sharing/state-search.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { FULL } from '../../full-size.ts';
import { provenPlan } from '../../histories/proven-plan.ts';
import { sharedCases } from './sets.ts';

/** Lines of a set, of which a plain test run takes every `every`th. */
const SETS: Readonly<Record<string, number>> = {
  'files.n2': 1,
  'files.n3': 1,
  'files.n4': 1,
  'files.n5': 2,
  'files-fs.n2': 1,
  'files-fs.n3': 1,
  'files-fs.n4': 3,
  'files-fs-sysvsem.n2': 1,
  'files-fs-sysvsem.n3': 1,
  'files-fs-sysvsem.n4': 40,
  'sessions-files.n2': 1,
  'sessions-files.n3': 1,
  'sessions-files.n4': 25,
  'sessions-files-fs.n2': 1,
  'sessions-files-fs.n3': 5,
  'sess_vm_noexec.n3': 1,
  'vm_noexec.n3': 1,
  'vm_noexec.n4': 1,
  'vm_files_exec.n3': 1,
  'vm_files_exec.n4': 4,
  'vm_files_noexec.n3': 1,
  'vm_files_noexec.n4': 4,
  'vm_sighand_exec.n3': 1,
  'vm_sighand_exec.n4': 1,
  'vm_sighand_noexec.n3': 1,
  'vm_sighand_noexec.n4': 1,
};

function isFound(tree: ProcessTree, exec: boolean, threads: boolean): boolean {
  const found = searchStates(sharingProblem(tree, problemOf(tree)), { exec, threads }, { work: 1e9 });
  assert.notEqual(found, 'work limit');
  return found !== 'work limit' && found.moves !== null;
}

for (const [set, every] of Object.entries(SETS)) {
  const exec = set.includes('_exec');
  // Without execve the sets ask less than a planner answers, which uses it where it must.
  const plansWithExec = set.includes('noexec');
  const step = FULL ? 1 : every;

  test(`${set}: decided, planned, refused${step > 1 ? ` (every ${step}th line)` : ''}`, () => {
    let at = 0;
    let onlyWithThreads = 0;
    for (const { tree, reachable, minimal, line } of sharedCases(set)) {
      if (at++ % step !== 0) continue;
      assert.equal(isFound(tree, exec, false), reachable, line);
      if (reachable) {
        provenPlan(tree);
        continue;
      }
      if (plansWithExec && isFound(tree, true, false)) continue;
      const planning = planRestore(tree, DEFAULT_OPTIONS);
      if (planning.outcome === 'undecided') {
        assert.ok(isFound(tree, exec, true), line);
        assert.equal(planning.diagnostics[0]!.detail.reason, 'threads');
        assert.equal(planning.diagnostics[1]!.code, 'NEEDS_THREADS');
        onlyWithThreads++;
        continue;
      }
      assert.equal(planning.outcome, 'unrestorable', line);
      const [refusal] = planning.diagnostics;
      assert.equal(refusal!.code, 'UNRESTORABLE');
      assert.equal(refusal!.detail.minimal, true);
      // An image without a part that is refused by itself is its own conflict.
      if (minimal && exec) assert.equal(refusal!.pids.length, tree.size, line);
    }
    if (step === 1 && set === 'sessions-files.n4') assert.equal(onlyWithThreads, 28);
    else if (step === 1) assert.equal(onlyWithThreads, 0);
  });
}
