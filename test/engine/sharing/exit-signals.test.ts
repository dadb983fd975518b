/**
 * Exit signals of small images against an enumeration of all calls: planned is exactly what they lead to, and a refusal has a
 * proof that holds in no other image that is planned.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProof } from '../../../src/engine/proof/check-proof.ts';
import { Image, NOTHING_GIVEN } from '../../../src/engine/proof/image.ts';
import type { Proof } from '../../../src/engine/proof/proof.ts';
import { SIGCHLD } from '../../../src/engine/tree/sharing-columns.ts';
import { FULL, scaled } from '../../full-size.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { codeOf, type Model, reachableImages } from './calls-model.ts';
import { imagesWithSignals, treeImage } from './images-with-signals.ts';

const SESSIONS: Model = { kinds: [], sessions: true, exec: true, signals: [SIGCHLD, 10] };
const FILES: Model = { kinds: ['files'], sessions: false, exec: true, signals: [SIGCHLD, 10, 12] };
const FILES_IN_SESSIONS: Model = { ...FILES, sessions: true };

for (const [name, model, images, reached] of [
  ['sessions', SESSIONS, 195, 167],
  ['files', FILES, 72, 72],
] as const) {
  test(`${name}: ${reached} of ${images} images of three processes are planned, as calls lead to them`, () => {
    const reachable = reachableImages(model, 4);
    let found = 0;
    const all = [...imagesWithSignals(model, 3)];
    for (const image of all) {
      const isReachable = reachable.has(codeOf(image));
      if (isReachable) found++;
      assert.equal(
        planImage(treeImage(model, image)).outcome,
        isReachable ? 'restorable' : 'unrestorable',
        codeOf(image),
      );
    }
    assert.deepEqual([all.length, found], [images, reached]);
  });
}

for (const [name, model, every] of [
  ['sessions', SESSIONS, scaled(12, 1)],
  ['files', { ...FILES, signals: [SIGCHLD, 10] }, 1],
  ...(FULL ? ([['files in sessions', FILES_IN_SESSIONS, 50]] as const) : []),
] as const) {
  test(`${name}, four processes: a refusal for exit signals holds in no image that is planned`, (t) => {
    const planned: Image[] = [];
    const proofs: { readonly view: Image; readonly proof: Proof }[] = [];
    const tally = new Map<string, number>();
    let at = 0;
    for (const image of imagesWithSignals(model, 4)) {
      if (at++ % every !== 0) continue;
      const told = treeImage(model, image);
      const { outcome, diagnostics } = planImage(told);
      const view = new Image(treeOf(told), NOTHING_GIVEN);
      const { detail } = diagnostics[0]!;
      const proof = outcome === 'unrestorable' ? (detail.proof as Proof) : null;
      const open = outcome === 'undecided' ? `undecided ${detail.reason}` : outcome;
      const word = proof ? proof.lines.at(-1)!.rule : open;
      tally.set(word, (tally.get(word) ?? 0) + 1);
      if (outcome === 'restorable') planned.push(view);
      else if (word === 'exit signals') proofs.push({ view, proof: proof! });
      else assert.notEqual(word, 'undecided exit signals', codeOf(image));
    }
    t.diagnostic([...tally].map(([word, count]) => `${word} ${count}`).join(', '));
    assert.ok(proofs.length > 0);
    for (const { view, proof } of proofs) {
      for (const other of planned) assert.ok(!checkProof(other, proof).valid, JSON.stringify(proof));
      for (const weaker of withoutOneSignal(proof)) assert.ok(!checkProof(view, weaker).valid);
    }
  });
}

test('a leader is born with the signal of the member below it, a child of the same parent, and executes a program after that', () => {
  const { outcome, diagnostics } = planImage({
    root: 1,
    processes: [
      { pid: 1, ppid: 0, pgid: 0, sid: 0 },
      { pid: 2, ppid: 1, pgid: 2, sid: 2 },
      { pid: 3, ppid: 1, pgid: 2, sid: 2, exitSignal: 10 },
    ],
  });
  assert.equal(outcome, 'restorable');
  assert.deepEqual(diagnostics.find(({ code }) => code === 'NEEDS_EXEC')?.pids, [2]);
});

function* withoutOneSignal({ names, lines }: Proof): Generator<Proof> {
  const last = lines.at(-1)!;
  for (const place of last.from) {
    if (lines[place]!.claim.says !== 'exit signal') continue;
    yield {
      names,
      lines: [...lines.slice(0, -1), { ...last, from: last.from.filter((at) => at !== place) }],
    };
  }
}

for (const [held, exitSignal] of [
  ['is held', 12],
  ['is held, and left by execve', SIGCHLD],
] as const) {
  test(`a file table of a child and a sibling ${held} by whoever stands between: a helper would leave the child to the wrong parent`, () => {
    const rows = [
      [1, 0, 1, 1],
      [2, 1, 50, 50],
      [6, 1, 1, 2],
      [7, 1, 3, 2],
      [4, 2, 60, 1],
      [5, 2, 3, 61],
    ] as const;
    const signals = new Map<number, number>([
      [2, exitSignal],
      [7, 12],
    ]);
    const processes = rows.map(([pid, ppid, files, fs]) => {
      const signal = signals.get(pid);
      return { pid, ppid, pgid: 0, sid: 0, files, fs, ...(signal ? { exitSignal: signal } : {}) };
    });
    provenPlan(treeOf({ root: 1, processes }));
  });
}

test('a child in a session whose leader is gone, with another signal, needs CLONE_PARENT: where that is forbidden it is said', () => {
  const processes = [
    { pid: 1, ppid: 0, pgid: 1, sid: 1 },
    { pid: 9, ppid: 1, pgid: 2, sid: 2, exitSignal: 10 },
  ];
  const { outcome, diagnostics } = planImage({ root: 1, processes }, { allowCloneParent: false });
  assert.deepEqual([outcome, diagnostics[0]!.detail.reason], ['undecided', 'CLONE_PARENT']);
  provenPlan(treeOf({ root: 1, processes }));
});
