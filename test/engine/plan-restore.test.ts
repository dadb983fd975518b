/** The engine's front door: real dumps, the puzzle, options, refusals and findings. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helperAt } from '../../src/engine/plan/helper-list.ts';
import { DEFAULT_OPTIONS, type PlanOptions } from '../../src/engine/plan/plan-options.ts';
import type { Phase, Planning } from '../../src/engine/plan/planning.ts';
import { planRestore } from '../../src/engine/plan-restore.ts';
import { loadTree, readTreeParts } from '../../src/formats/read-tree.ts';
import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import { DUMPS, dumpParts } from '../formats/dumps.ts';
import { planImage, provenPlan, treeOf } from '../histories/proven-plan.ts';

test('the 18 public dumps of one pid namespace are restorable', async (t) => {
  assert.equal(DUMPS.length, 18);
  for (const name of DUMPS) {
    const loaded = loadTree(await readTreeParts(dumpParts(name)));
    assert.ok(loaded.ok, name);
    const { summary } = provenPlan(loaded.tree);
    t.diagnostic(
      `${name}: ${summary.processes} processes, ${summary.steps} steps, ${summary.helpers} helpers`,
    );
  }
});

/** pid, parent, session; in the group of its session, flag off. */
function rows(...triples: (readonly [number, number, number])[]): ProcessImage[] {
  return triples.map(([pid, ppid, sid]) => ({ pid, ppid, pgid: sid, sid, childSubreaper: false }));
}

const HABR: TreeImage = {
  root: 1,
  processes: rows([1, 0, 1], [6, 1, 6], [8, 6, 7], [15, 6, 12], [10, 1, 10], [11, 10, 7], [13, 10, 12]),
};

test('the Habr puzzle takes 19 steps and 2 helpers', () => {
  const { summary } = provenPlan(treeOf(HABR));
  assert.deepEqual(summary, {
    processes: 7,
    sessions: 5,
    groups: 5,
    zombies: 0,
    namespaces: 1,
    steps: 19,
    helpers: 2,
    helpersAtLeast: 2,
  });
});

test('the phases are announced in their order', () => {
  const phases: Phase[] = [];
  planRestore(treeOf(HABR), DEFAULT_OPTIONS, { phase: (name) => phases.push(name) });
  assert.deepEqual(phases, ['rules', 'origin', 'schedule', 'verification', 'diagnosis']);
});

test('the same tree and options give the same answer', () => {
  assert.deepEqual(stepsOf(planImage(HABR)), stepsOf(planImage(HABR)));
});

test('helpers with a free choice of number begin at helperPidMin', () => {
  assert.deepEqual(carrierPids({}), [300]);
  assert.deepEqual(carrierPids({ helperPidMin: 7000 }), [7000]);
});

test('helpers avoid the numbers of the image and those taken on the target', () => {
  assert.deepEqual(carrierPids({ occupiedPids: [300, 301] }), [302]);
  const threads = CARRIED.processes.map((p) => (p.pid === 2 ? { ...p, threads: [2, 300, 302] } : p));
  assert.deepEqual(carrierPids({ occupiedPids: [301] }, { root: 1, processes: threads }), [303]);
  const member = rows([6, 1, 6], [301, 6, 6]).map((p) => (p.pid === 301 ? { ...p, pgid: 300 } : p));
  assert.deepEqual(carrierPids({}, { root: 1, processes: [...CARRIED.processes, ...member] }), [302]);
});

/** 100 is dead and has members below 2 and below 3, so one of these two was born below the other. */
const CARRIED: TreeImage = {
  root: 1,
  processes: rows([1, 0, 1], [2, 1, 1], [3, 1, 1], [4, 2, 100], [5, 3, 100]),
};

function carrierPids(options: Partial<PlanOptions>, image = CARRIED): number[] {
  const planning = provenPlan(treeOf(image), options);
  return helpersOf(planning)
    .filter(({ role }) => role === 'carrier')
    .map(({ pid }) => pid);
}

test('a helper is listed once, with its role and whom it serves', () => {
  const helpers = helpersOf(provenPlan(treeOf(CARRIED)));
  assert.deepEqual(helpers, [
    { pid: 100, role: 'session-leader', serves: [4, 5] },
    { pid: 300, role: 'carrier', serves: [3] },
  ]);
});

test('zombies exit with exactly their wait status', () => {
  const processes: ProcessImage[] = [0, 1792, 51200, 15, 139].map((exitStatus, i) => ({
    pid: i + 2,
    ppid: 1,
    pgid: 1,
    sid: 1,
    state: 'zombie',
    exitStatus,
  }));
  const plan = provenPlan(treeOf({ root: 1, processes: [...rows([1, 0, 1]), ...processes] }));
  const exits = stepsOf(plan).filter(({ op }) => op === 'exit');
  assert.deepEqual(exits.reverse(), [
    { op: 'exit', pid: 2, code: 0 },
    { op: 'exit', pid: 3, code: 7 },
    { op: 'exit', pid: 4, code: 200 },
    { op: 'exit', pid: 5, signal: 15 },
    { op: 'exit', pid: 6, signal: 11, coreDump: true },
  ]);
  assert.deepEqual(pidsWith(plan, 'EXIT_STATUS_LOST'), [6]);
});

test('numbers that the tree needs and the target has are a conflict, and the plan is made all the same', () => {
  const plan = provenPlan(treeOf(CARRIED), { occupiedPids: [3, 100, 300] });
  assert.deepEqual(pidsWith(plan, 'PID_CONFLICT').sort(), [100, 3]);
});

test('numbers above the largest that Linux gives are reported', () => {
  const plan = provenPlan(treeOf({ root: 1, processes: rows([1, 0, 1], [4194304, 1, 1]) }));
  assert.deepEqual(pidsWith(plan, 'PID_MAX_EXCEEDED'), [4194304]);
});

test('sessions and groups from outside are reported', () => {
  const plan = provenPlan(treeOf({ root: 1, processes: rows([1, 0, 0], [2, 1, 0], [3, 1, 3]) }));
  assert.deepEqual(pidsWith(plan, 'SESSION_OUTSIDE'), [1, 2]);
  assert.deepEqual(pidsWith(plan, 'GROUP_OUTSIDE'), [1, 2]);
});

test('who was put in from outside needs a session and a group of whoever puts it in, not of the root', () => {
  const told = (code: string, ...rows: number[][]) => {
    const processes = rows.map(([pid, ppid, sid]) => ({ pid: pid!, ppid: ppid!, pgid: sid!, sid: sid! }));
    const { diagnostics } = provenPlan(treeOf({ root: 1, processes }));
    return diagnostics
      .filter((diagnostic) => diagnostic.code === code)
      .map(({ pids, hint }) => [hint.split(' ', 1)[0], pids]);
  };
  for (const code of ['SESSION_OUTSIDE', 'GROUP_OUTSIDE']) {
    assert.deepEqual(told(code, [1, 0, 1], [2, 1, 1], [3, 0, 0], [4, 3, 0]), [['Put', [3, 4]]]);
    assert.deepEqual(told(code, [1, 0, 0], [2, 1, 0], [3, 0, 3], [4, 3, 0]), [
      ['Start', [1, 2]],
      ['Put', [4]],
    ]);
  }
});

test('an unknown flag is inferred where the process adopts, and left off elsewhere', () => {
  const processes = HABR.processes.map(({ childSubreaper: _, ...untold }) => untold);
  const plan = provenPlan(treeOf({ root: 1, processes }));
  assert.deepEqual(pidsWith(plan, 'SUBREAPER_INFERRED'), [6]);
  assert.deepEqual(pidsWith(plan, 'SUBREAPER_UNKNOWN'), [1, 10, 8, 15, 11, 13]);
});

test('a given flag stays as it is, although the process adopts in the plan', () => {
  const plan = provenPlan(treeOf(HABR));
  assert.deepEqual(pidsWith(plan, 'SUBREAPER_INFERRED'), []);
  assert.deepEqual(pidsWith(plan, 'SUBREAPER_UNKNOWN'), []);
});

test('an unrestorable tree has no steps, no helpers, and a proof that was checked', () => {
  const planning = planImage({ root: 1, processes: rows([1, 0, 1], [2, 1, 100], [3, 2, 1]) });
  assert.equal(planning.outcome, 'unrestorable');
  assert.equal(planning.steps.length, 0);
  assert.equal(planning.helpers.length, 0);
  assert.deepEqual(planning.verification, { by: 'proof checker', facts: 3, steps: 2 });
  assert.equal(planning.diagnostics[0]!.code, 'UNRESTORABLE');
});

test('the root alone needs no steps, or setsid only', () => {
  assert.deepEqual(stepsOf(provenPlan(treeOf({ root: 1, processes: rows([1, 0, 0]) }))), []);
  assert.deepEqual(stepsOf(provenPlan(treeOf({ root: 1, processes: rows([1, 0, 1]) }))), [
    { op: 'setsid', pid: 1 },
  ]);
});

test('a plan says who verified it, and how much', () => {
  const { verification, steps } = provenPlan(treeOf(HABR));
  assert.deepEqual(verification, {
    by: 'simulator',
    stepsExecuted: steps.length,
    processesCompared: 7,
    differences: 0,
  });
});

function stepsOf({ steps }: Planning) {
  return Array.from({ length: steps.length }, (_, i) => steps.at(i));
}

function helpersOf({ helpers }: Planning) {
  return Array.from({ length: helpers.length }, (_, i) => helperAt(helpers, i));
}

function pidsWith({ diagnostics }: Planning, code: string): number[] {
  return diagnostics.filter((finding) => finding.code === code).flatMap(({ pids }) => [...pids]);
}
