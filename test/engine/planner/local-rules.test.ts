/** Each local rule of the kernel: a tree that breaks it, who is named, and the nearest tree that does not break it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fact } from '../../../src/engine/answer-types/conflict.ts';
import type { ProcessImage, TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { NO_INIT } from './small-trees.ts';
import { changed, written } from './tree-notation.ts';

type Changes = Readonly<Record<number, Partial<ProcessImage>>>;

interface Case {
  readonly what: string;
  readonly rule: string;
  readonly broken: TreeImage;
  readonly pids: readonly number[];
  /** Changes that make it reachable. */
  readonly mended: Changes;
}

const FLAT = written('1 > 2; 1 > 3; 1 > 4');

const CASES: readonly Case[] = [
  {
    what: 'a zombie has no children',
    rule: 'V1',
    broken: changed(written('1 > 2 > 3'), { 2: { state: 'zombie' } }),
    pids: [2, 3],
    mended: { 3: { ppid: 1 } },
  },
  {
    what: 'the exit of an init kills everybody in its namespace',
    rule: 'N2',
    broken: changed(FLAT, { 1: { state: 'zombie' } }),
    pids: [1, 2],
    mended: { 1: { state: 'alive' } },
  },
  {
    what: 'the exit of an init does not finish in a group of its namespace that it does not lead',
    rule: 'N7',
    broken: changed(written('1(s0)'), { 1: { state: 'zombie', pgid: 9 } }),
    pids: [1],
    mended: { 1: { state: 'alive', pgid: 9 } },
  },
  {
    what: 'an init is in the outside session or leads its own',
    rule: 'V2',
    broken: written('1(s9) > 2(s1)'),
    pids: [1],
    mended: { 1: { sid: 1, pgid: 1 } },
  },
  {
    what: 'a root is in no session that a process of the image leads',
    rule: 'V2',
    broken: { ...written('5(s6) > 6(s6*)'), pidNamespaces: NO_INIT },
    pids: [5, 6],
    mended: { 5: { sid: 5, pgid: 5 } },
  },
  {
    what: 'a session with the number of a process is led by it',
    rule: 'V3',
    broken: changed(FLAT, { 2: { sid: 3, pgid: 3 } }),
    pids: [2, 3],
    mended: { 3: { sid: 3, pgid: 3 } },
  },
  {
    what: 'a session leader stays in its own group',
    rule: 'V4',
    broken: changed(FLAT, { 2: { sid: 2 } }),
    pids: [2],
    mended: { 2: { sid: 2, pgid: 2 } },
  },
  {
    what: 'a group lies in one session',
    rule: 'V5',
    broken: changed(FLAT, { 2: { sid: 100, pgid: 70 }, 3: { pgid: 70 } }),
    pids: [2, 3],
    mended: { 3: { sid: 100 } },
  },
  {
    what: 'a group with the number of a process is in its session',
    rule: 'V5',
    broken: changed(FLAT, { 2: { sid: 100, pgid: 3 } }),
    pids: [2, 3],
    mended: { 2: { sid: 1 } },
  },
  {
    what: 'a group with the number of a session is in that session',
    rule: 'V5',
    broken: changed(FLAT, { 2: { pgid: 100 }, 3: { sid: 100, pgid: 80 } }),
    pids: [2, 3],
    mended: { 2: { sid: 100 } },
  },
  {
    what: 'a group from outside goes with the session from outside',
    rule: 'V6',
    broken: changed(FLAT, { 2: { pgid: 0 } }),
    pids: [2],
    mended: { 2: { pgid: 0, sid: 0 } },
  },
  {
    what: 'nobody goes back to the group from outside after making its own',
    rule: 'V7',
    broken: changed(written('1(s0) > 2; 1 > 3'), { 2: { pgid: 3 } }),
    pids: [2, 3],
    mended: { 3: { pgid: 3 } },
  },
  {
    what: 'a thread’s number is no session',
    rule: 'T1',
    broken: changed(FLAT, { 2: { threads: [2, 70] }, 3: { sid: 70, pgid: 70 } }),
    pids: [2, 3],
    mended: { 2: { threads: [2, 71] } },
  },
  {
    what: 'a thread’s number is no group',
    rule: 'T1',
    broken: changed(FLAT, { 2: { threads: [2, 70] }, 3: { pgid: 70 } }),
    pids: [2, 3],
    mended: { 2: { threads: [2] } },
  },
  {
    what: 'no exit leaves a wait status of a stop',
    rule: 'X1',
    broken: changed(FLAT, { 2: { state: 'zombie', exitStatus: 0x137f } }),
    pids: [2],
    mended: { 2: { state: 'zombie', exitStatus: 0x1300 } },
  },
];

for (const { what, rule, broken, pids, mended } of CASES) {
  test(`${rule}: ${what}`, () => {
    const { outcome, diagnostics } = planImage(broken);
    const [conflict] = diagnostics;
    assert.equal(outcome, 'unrestorable');
    assert.equal(conflict!.code, 'UNRESTORABLE');
    assert.equal(conflict!.detail.rule, rule);
    assert.deepEqual(
      [...conflict!.pids].sort((a, b) => a - b),
      pids,
    );
    const facts = conflict!.detail.facts as readonly Fact[];
    assert.deepEqual(
      [...new Set(facts.map(({ pid }) => pid))].sort((a, b) => a - b),
      pids,
    );
    for (const { pid, field, value } of facts) {
      const process = broken.processes.find((one) => one.pid === pid)!;
      if (field === 'threads') assert.ok(process.threads!.includes(value as number));
      else assert.equal(value, process[field]);
    }
    provenPlan(treeOf(changed(broken, mended)));
  });
}

test('of several broken rules the one with the smallest conflict is named', () => {
  const [conflict] = planImage(
    changed(written('1(s0) > 2 > 3'), { 2: { pgid: 2 }, 3: { sid: 2 } }),
  ).diagnostics;
  assert.equal(conflict!.detail.rule, 'V6');
  assert.deepEqual(conflict!.pids, [3]);
});

test('wait statuses are exit codes, or signals that kill, with the core-dump bit or without', () => {
  const planned = (exitStatus: number): string =>
    planImage(changed(FLAT, { 2: { state: 'zombie', exitStatus } })).outcome;
  for (const status of [0, 256, 0xff00, 9, 15, 64, 0x80 | 11]) assert.equal(planned(status), 'restorable');
  for (const status of [0x80, 17, 18, 19, 28, 65, 0x109, 0x7f]) assert.equal(planned(status), 'unrestorable');
});

test('every broken rule is listed, up to twenty', () => {
  const processes = Array.from({ length: 50 }, (_, i) => `1 > ${i + 2}(s1)`).join('; ');
  const image = changed(
    written(processes),
    Object.fromEntries(Array.from({ length: 50 }, (_, i) => [i + 2, { pgid: 0 }])),
  );
  const { diagnostics } = planImage(image);
  const broken = diagnostics[0]!.detail.broken as readonly { rule: string }[];
  assert.deepEqual(
    broken.map(({ rule }) => rule),
    new Array<string>(20).fill('V6'),
  );
});
