/**
 * Plans of trees with shared resources, executed for real: kcmp of all processes, exit signals and terminals come out
 * as the image says. Every reachable image of the small sets up to four processes; random simulated histories beside.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_OPTIONS } from '../../src/engine/plan/plan-options.ts';
import { planRestore } from '../../src/engine/plan-restore.ts';
import type { ProcessTree } from '../../src/engine/tree/process-tree.ts';
import { treeImage } from '../../src/formats/write-tree.ts';
import { imagesWithSignals, treeImage as uploaded } from '../engine/sharing/images-with-signals.ts';
import { sharedCases } from '../engine/sharing/sets.ts';
import { FULL } from '../full-size.ts';
import { treeOf } from '../histories/proven-plan.ts';
import { sharedHistory } from '../histories/shared-history.ts';
import { type ReplayLine, replay } from './replayer.ts';

const SETS = [
  'files.n4',
  'files-fs.n4',
  'files-fs-sysvsem.n3',
  'sessions-files.n4',
  'sessions-files-fs.n3',
  'sess_vm_noexec.n3',
  'vm_noexec.n4',
  'vm_files_exec.n4',
  'vm_sighand_exec.n4',
  // 7,774 plans: minutes.
  ...(FULL ? ['files-fs-sysvsem.n4'] : []),
];

function lineOf(tree: ProcessTree, id: string | number): ReplayLine | null {
  const planning = planRestore(tree, DEFAULT_OPTIONS);
  if (planning.outcome !== 'restorable') return null;
  const { steps } = planning;
  return {
    id,
    image: treeImage(tree),
    plan: { steps: Array.from({ length: steps.length }, (_, i) => steps.at(i)) },
  };
}

async function allAreOk(lines: Iterable<ReplayLine>): Promise<number> {
  let count = 0;
  for await (const verdict of replay(lines)) {
    assert.equal(verdict.verdict, 'ok', JSON.stringify(verdict));
    count++;
  }
  return count;
}

for (const set of SETS) {
  test(`${set}: every plan on this kernel`, async () => {
    const lines = function* (): Generator<ReplayLine> {
      let at = 0;
      for (const { tree, reachable } of sharedCases(set)) {
        const line = reachable ? lineOf(tree, at) : null;
        at++;
        if (line) yield line;
      }
    };
    assert.ok((await allAreOk(lines())) > 0);
  });
}

test('four processes in sessions with exit signals', async () => {
  const model = { kinds: [], sessions: true, exec: true, signals: [17, 10] };
  const lines = function* (): Generator<ReplayLine> {
    let at = 0;
    for (const image of imagesWithSignals(model, 4)) {
      if (at++ % (FULL ? 1 : 7) !== 0) continue;
      const line = lineOf(treeOf(uploaded(model, image)), at);
      if (line) yield line;
    }
  };
  assert.ok((await allAreOk(lines())) > 300);
});

test('random histories with all kinds, execve and terminals', async () => {
  const lines = function* (): Generator<ReplayLine> {
    for (let seed = 1; seed <= 150; seed++) {
      const image = sharedHistory({
        seed,
        alive: 2 + (seed % 40),
        kinds: ['files', 'fs', 'vm', 'sighand', 'sysvsem', 'io'],
        shared: 0.4,
        exec: true,
        terminals: true,
      });
      const line = lineOf(treeOf(image), seed);
      assert.ok(line, `seed ${seed} is not planned`);
      yield line;
    }
  };
  assert.equal(await allAreOk(lines()), 150);
});

test('a plan that shares too little, or too much, differs', async () => {
  const processes = [
    { pid: 1, ppid: 0, pgid: 0, sid: 0, files: 1, vm: 1 },
    { pid: 2, ppid: 1, pgid: 0, sid: 0, files: 1, vm: 2 },
  ];
  const clone = (flags: readonly ('CLONE_FILES' | 'CLONE_VM')[]) =>
    ({ op: 'clone3', pid: 1, child: 2, setTid: [2], flags }) as const;
  const lines: ReplayLine[] = [
    { id: 0, image: { root: 1, processes }, plan: { steps: [clone([])] } },
    { id: 1, image: { root: 1, processes }, plan: { steps: [clone(['CLONE_FILES', 'CLONE_VM'])] } },
    { id: 2, image: { root: 1, processes }, plan: { steps: [clone(['CLONE_FILES'])] } },
  ];
  const verdicts: string[] = [];
  for await (const { verdict } of replay(lines)) verdicts.push(verdict);
  assert.deepEqual(verdicts, ['differs', 'differs', 'ok']);
});
