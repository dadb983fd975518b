/** Every tree that CRIU can dump has a graft, or needs none; what a graft leaves to CRIU and what it does itself. */

import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { graftFault } from '../../../src/engine/handover/check-graft.ts';
import { CRIU_RELEASES, type Graft } from '../../../src/engine/handover/graft.ts';
import { graftTree } from '../../../src/engine/handover/graft-tree.ts';
import { DEFAULT_OPTIONS } from '../../../src/engine/plan/plan-options.ts';
import { StepList, WAIT4 } from '../../../src/engine/plan/step-list.ts';
import { planRestore } from '../../../src/engine/plan-restore.ts';
import { refusedDump } from '../../../src/engine/restorers/criu/predict.ts';
import { CRIU_4_2, CRIU_4_3 } from '../../../src/engine/restorers/releases.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { readTreeParts } from '../../../src/formats/read-tree.ts';
import { DUMPS, dumpParts } from '../../formats/dumps.ts';
import { treeOf as loadedTree } from '../../formats/loaded.ts';
import { scaled } from '../../full-size.ts';
import { drawnShape } from '../../histories/drawn-shape.ts';
import {
  EVERYTHING,
  LEADING_ROOT,
  type RootShape,
  SESSIONS_ONLY,
  WITH_GROUPS,
} from '../../histories/history-shape.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';
import { changed, written } from '../planner/tree-notation.ts';

const RULES = { '4.2': CRIU_4_2, '4.3': CRIU_4_3 };

/** With --shell-job CRIU refuses these whatever the records are: the kind is named as such (below). */
function bornInShellSession({ sid, parent }: ProcessTree): boolean {
  return sid.some((session, i) => session === SHELL_JOB.session && i > 0 && sid[parent[i]!] !== session);
}

function graftOf(tree: ProcessTree, criu: '4.2' | '4.3' = '4.3'): Graft {
  const planOf = () => {
    const planning = planRestore(tree, { ...DEFAULT_OPTIONS, allowCloneParent: false });
    return planning.outcome === 'restorable' ? planning : null;
  };
  return graftTree(tree, planOf, criu);
}

/** A graft that has to be there, checked. */
function right(tree: ProcessTree, criu: '4.2' | '4.3' = '4.3'): Graft {
  const graft = graftOf(tree, criu);
  assert.notEqual(graft.outcome, 'impossible', JSON.stringify(graft.diagnostics));
  if (graft.outcome === 'graft') assert.equal(graftFault(tree, graft, RULES[criu]), null);
  else assert.deepEqual([graft.alone.outcome, graft.alone.mayHangFor], ['restores', undefined]);
  return graft;
}

const SHELL_JOB: RootShape = { pid: 5, isInit: false, session: 100, group: 102, stays: true, adopts: true };
const ROOTS = {
  'an init': LEADING_ROOT,
  'a leader below an init': { ...SHELL_JOB, leads: true },
  'a job': SHELL_JOB,
};
const KINDS = { sessions: SESSIONS_ONLY, groups: WITH_GROUPS, everything: EVERYTHING };

for (const [rootName, root] of Object.entries(ROOTS)) {
  for (const [name, kind] of Object.entries(KINDS)) {
    test(`histories with ${name} under ${rootName} are grafted where CRIU does not restore them`, () => {
      fc.assert(
        fc.property(drawnShape, fc.constantFrom(...CRIU_RELEASES), (shape, criu) => {
          const tree = treeOf(historyImage({ ...kind, ...shape, root }));
          fc.pre(refusedDump(tree) === null);
          if (root === SHELL_JOB) fc.pre(!bornInShellSession(tree));
          right(tree, criu);
        }),
        { numRuns: scaled(15, 60), seed: 14 },
      );
    });
  }
}

describe('the public dumps', () => {
  for (const dump of DUMPS) {
    it(dump, async () => {
      const tree = loadedTree(await readTreeParts(dumpParts(dump)));
      for (const criu of CRIU_RELEASES) right(tree, criu);
    });
  }
});

const pidsOf = (items: readonly { readonly pid: number }[]): number[] => items.map(({ pid }) => pid);

describe('the least that is needed', () => {
  it('is nothing where CRIU restores the tree', () => {
    const graft = graftOf(treeOf(written('1 > 2(s2*) > 3; 1 > 4(s2)')));
    assert.deepEqual(
      [graft.outcome, graft.alone.outcome, graft.records, graft.carriers, graft.script],
      ['not needed', 'restores', [], [], []],
    );
  });

  it('is one carrier below the leader whose member a subreaper adopted', () => {
    const tree = treeOf(
      changed(written('1 > 2(s2*) > 3(s3*); 2 > 5(s3); 2 > 6(s2)'), { 2: { childSubreaper: true } }),
    );
    const graft = right(tree);
    assert.deepEqual(graft.carriers, [
      {
        pid: 300,
        ppid: 3,
        pgid: 3,
        sid: 3,
        model: 3,
        role: 'carrier',
        serves: [5],
        childSubreaper: false,
      },
    ]);
    assert.deepEqual(graft.script, [
      { op: 'exit', pid: 300, signal: 9, parent: 3, reap: 'ignore', adopter: 2 },
    ]);
    assert.deepEqual(graft.restore.sigchld, [3]);
  });

  it('sets a flag that the image does not have for the moment of a death', () => {
    const graft = right(treeOf(written('1 > 2(s2*) > 3(s3*); 2 > 5(s3)')));
    const flag = (value: 0 | 1) => ({ op: 'prctl', pid: 2, option: 'PR_SET_CHILD_SUBREAPER', value });
    assert.deepEqual([graft.script[0], graft.script[2]], [flag(1), flag(0)]);
    assert.equal(graft.script.length, 3);
  });

  it('leaves helpers of fallen members and of dead leaders to CRIU, beside one that it cannot make', () => {
    const tree = treeOf(
      changed(written('1 > 2(s2*) > 3(s3*); 2 > 5(s3); 1 > 6(s6*); 1 > 7(s6); 1 > 8(s99)'), {
        2: { childSubreaper: true },
      }),
    );
    assert.deepEqual(pidsOf(right(tree).carriers), [300]);
  });

  it('leaves dead group leaders to CRIU', () => {
    const tree = treeOf(
      changed(written('1 > 2(s2*) > 3(s3*); 2 > 5(s3); 2 > 6(s2)'), {
        2: { childSubreaper: true },
        6: { pgid: 77 },
      }),
    );
    assert.deepEqual(pidsOf(right(tree).carriers), [300]);
  });

  it('moves a group leader that left its group, by a step of the script and no carrier', () => {
    const moved = right(
      treeOf(changed(written('1 > 3; 3 > 4; 1 > 2'), { 2: { pgid: 2 }, 3: { pgid: 2 }, 4: { pgid: 3 } })),
    );
    assert.deepEqual(moved.carriers, []);
    assert.deepEqual(moved.script, [{ op: 'setpgid', pid: 3, target: 3, pgid: 2 }]);
    assert.equal(moved.records.find(({ pid }) => pid === 3)?.pgid, 3);
  });

  it('plays a zombie only where the release cannot restore its wait status', () => {
    const tree = treeOf(
      changed(written('1 > 2; 1 > 3; 1 > 4'), {
        2: { state: 'zombie', exitStatus: 51200 },
        3: { state: 'zombie', exitStatus: 1792 },
        4: { state: 'zombie', exitStatus: 139 },
      }),
    );
    const graft = right(tree, '4.2');
    assert.deepEqual(
      graft.carriers.map(({ pid, role, model }) => [pid, role, model]),
      [
        [2, 'zombie', 1],
        [4, 'zombie', 1],
      ],
    );
    const deaths = graft.script.map(
      (step) => step.op === 'exit' && [step.pid, step.code ?? step.signal, step.reap],
    );
    assert.deepEqual(deaths.sort(), [
      [2, 200, 'zombie'],
      [4, 11, 'zombie'],
    ]);
    assert.deepEqual(pidsOf(right(tree, '4.3').carriers), [4]);
    assert.deepEqual(
      graft.diagnostics.map(({ code, pids }) => [code, pids]),
      [['EXIT_STATUS_LOST', [4]]],
    );
  });

  it('keeps zombies from below zombies and helpers, where CRIU hangs now and then', () => {
    const zombie = { state: 'zombie' as const };
    const tree = treeOf(
      changed(written('1 > 7(s7*); 1 > 8(s7); 1 > 9(s7)'), { 7: zombie, 8: zombie, 9: zombie }),
    );
    const graft = right(tree);
    assert.deepEqual([graft.alone.outcome, graft.alone.mayHangFor], ['restores', [300, 8, 9]]);
    assert.deepEqual(
      graft.carriers.map(({ pid, role }) => [pid, role]),
      [[7, 'zombie']],
    );
  });

  it('waits for a carrier whose zombie child stays with the same parent, instead of ignoring SIGCHLD', () => {
    const image = changed(written('1 > 2(s2*) > 3(s3*); 2 > 5(s3)'), {
      2: { childSubreaper: true },
      5: { state: 'zombie', exitStatus: 0 },
    });
    const graft = right(treeOf(image));
    for (const step of graft.script) {
      if (step.op !== 'exit' || step.adopter === undefined) continue;
      assert.equal(step.reap, step.parent === step.adopter ? 'wait' : 'ignore');
    }
  });
});

describe('a plan from elsewhere', () => {
  it('may wait for its helpers at the very end: the script then does so too', () => {
    const tree = treeOf(
      changed(written('1 > 2(s2*) > 3(s3*); 2 > 5(s3); 1 > 6(s6*) > 7(s7*); 6 > 8(s7)'), {
        2: { childSubreaper: true },
        6: { childSubreaper: true },
      }),
    );
    const planning = planRestore(tree, { ...DEFAULT_OPTIONS, allowCloneParent: false });
    assert.ok(planning.outcome === 'restorable');
    const all = Array.from({ length: planning.steps.length }, (_, i) => i);
    const isWait = (i: number): boolean => planning.steps.op[i] === WAIT4;
    const steps = new StepList();
    for (const i of [...all.filter((i) => !isWait(i)), ...all.filter(isWait)]) steps.copy(planning.steps, i);
    const graft = graftTree(tree, () => ({ steps, helpers: planning.helpers }), '4.3');
    assert.equal(graftFault(tree, graft, CRIU_4_3), null);
    const deaths = graft.script.flatMap((step) => (step.op === 'exit' ? [[step.pid, step.reap]] : []));
    const waits = graft.script.flatMap((step) => (step.op === 'wait4' ? [[step.pid, step.child]] : []));
    assert.deepEqual(deaths, [
      [300, 'zombie'],
      [301, 'zombie'],
    ]);
    assert.deepEqual(waits, [
      [3, 300],
      [7, 301],
    ]);
  });
});

describe('no graft, said why', () => {
  const reasonOf = (graft: Graft): unknown => graft.diagnostics.at(-1)?.detail.reason;

  it('where CRIU does not dump the tree', () => {
    const outside = treeOf(changed(written('1 > 2'), { 2: { sid: 0, pgid: 0 } }));
    const graft = graftOf(outside);
    assert.equal(graft.outcome, 'impossible');
    assert.equal(reasonOf(graft), 'not dumped');
  });

  it('where somebody was born in the session of a shell before a setsid', () => {
    const graft = graftOf(treeOf(written('5(s100) > 6(s6*) > 7(s100)')));
    assert.equal(reasonOf(graft), 'shell session');
    assert.equal(graft.alone.message, "Can't find a session leader for 100");
  });

  it('where there is no plan', () => {
    const unreachable = treeOf(written('1(s1*) > 2(s2*) > 3(s4); 2 > 4(s4*) > 5(s2)'));
    assert.equal(reasonOf(graftTree(unreachable, () => null, '4.3')), 'no plan');
  });
});
