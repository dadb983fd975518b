/** Grafts of dumps whose processes share file tables: kept, cured by a carrier that has the table, or refused; never lost. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CRIU_RELEASES, type Graft } from '../../../src/engine/handover/graft.ts';
import { graftTree } from '../../../src/engine/handover/graft-tree.ts';
import { DEFAULT_OPTIONS } from '../../../src/engine/plan/plan-options.ts';
import { planRestore } from '../../../src/engine/plan-restore.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { readTreeParts } from '../../../src/formats/read-tree.ts';
import { FIXTURES, imageParts } from '../../formats/dumps.ts';
import { treeOf as loadedTree } from '../../formats/loaded.ts';
import { treeOf } from '../../histories/proven-plan.ts';

const FOLDER = join(FIXTURES, 'criu-images-sharing');

function graftOf(tree: ProcessTree, criu: (typeof CRIU_RELEASES)[number]): Graft {
  const planning = planRestore(tree, { ...DEFAULT_OPTIONS, allowCloneParent: false });
  return graftTree(tree, () => (planning.outcome === 'restorable' ? planning : null), criu);
}

async function dumped(name: string): Promise<ProcessTree> {
  return loadedTree(await readTreeParts(imageParts(join(FOLDER, name))));
}

describe('a file table that is shared', () => {
  for (const criu of CRIU_RELEASES) {
    for (const name of ['files_parent_child', 'files_chain3', 'files_deep_share', 'files_zombie']) {
      it(`${criu}: ${name} needs no graft`, async () => {
        assert.equal(graftOf(await dumped(name), criu).outcome, 'not needed');
      });
    }

    it(`${criu}: with the init, below a carrier that leads the session of a leader that is gone`, async () => {
      const { outcome, alone, carriers, records } = graftOf(await dumped('files_dead_leader_member'), criu);
      assert.deepEqual([outcome, alone.outcome, alone.pids], ['graft', 'unsound', [3]]);
      assert.deepEqual(
        carriers.map(({ pid, ppid, sid, role }) => ({ pid, ppid, sid, role })),
        [{ pid: 2, ppid: 1, sid: 2, role: 'session-leader' }],
      );
      assert.equal(records.find(({ pid }) => pid === 3)!.ppid, 2);
    });

    it(`${criu}: with the init, in the session of a leader with its own: no task could bear it`, async () => {
      const { outcome, alone, diagnostics } = graftOf(await dumped('files_init_orphan'), criu);
      assert.deepEqual([outcome, alone.outcome, alone.pids], ['impossible', 'unsound', [4]]);
      assert.equal(diagnostics[0]!.detail.reason, 'file tables');
    });
  }

  it('is no matter below the root: a parent bears such a child before its setsid', () => {
    const row = (pid: number, ppid: number, sid: number) => ({ pid, ppid, pgid: sid, sid, files: 1 });
    const tree = treeOf({ root: 1, processes: [row(1, 0, 1), row(2, 1, 2), row(3, 2, 1)] });
    assert.equal(graftOf(tree, '4.3').outcome, 'not needed');
  });

  it('objects that CRIU does not dump are no matter for a graft', () => {
    const row = (pid: number, ppid: number) => ({ pid, ppid, pgid: 1, sid: 1, fs: 1 });
    const { outcome, diagnostics } = graftOf(treeOf({ root: 1, processes: [row(1, 0), row(2, 1)] }), '4.3');
    assert.deepEqual([outcome, diagnostics[0]!.detail.reason], ['impossible', 'shared objects']);
  });
});
