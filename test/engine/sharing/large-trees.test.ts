/** Large trees that share: parts that have nothing in common are planned each by itself, and a few processes refuse them all. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';

type Row = TreeImage['processes'][number];

const image = (size: number, row: (pid: number) => Partial<Row>): TreeImage => ({
  root: 1,
  processes: [
    { pid: 1, ppid: 0, pgid: 1, sid: 1 },
    ...Array.from({ length: size - 1 }, (_, i) => ({ pid: i + 2, ppid: 1, pgid: 1, sid: 1, ...row(i + 2) })),
  ],
});

/** Pids of a conflict that is proved. */
function refusedBy(tree: TreeImage): readonly number[] {
  const { outcome, verification, diagnostics } = planImage(tree);
  assert.deepEqual([outcome, verification?.by], ['unrestorable', 'proof checker']);
  assert.equal(diagnostics[0]!.detail.minimal, true);
  return diagnostics[0]!.pids;
}

describe('a large tree that shares', () => {
  it('is planned where each session shares by itself, however many there are', () => {
    const sessions = image(6000, (pid) => {
      const leader = pid - (pid % 4);
      if (leader < 4) return {};
      return { pgid: leader, sid: leader, files: pid % 4 === 3 ? 1e6 + (leader >> 3) : leader };
    });
    provenPlan(treeOf(sessions));
  });

  it('is refused by a circle of classes', () => {
    const pairs = image(6000, (pid) => ({ files: 1 + (pid % 3000), fs: 1 + (pid >> 1) }));
    assert.ok(refusedBy(pairs).length > 2);
  });

  it('is refused by two classes that alternate on a chain', () => {
    const chain = image(6000, (pid) => ({
      ppid: pid - 1,
      ...(pid % 50 === 2 ? { files: 1 + (pid % 3000) } : {}),
    }));
    assert.equal(refusedBy(chain).length, 5);
  });

  it('is refused over several pid namespaces by a circle of classes', () => {
    const level = (pid: number) => ({ pidns: '0', nspid: [pid] });
    const circle = image(2500, (pid) => ({ ...level(pid), ppid: pid < 7 ? 1 : pid - 1 }));
    const classes = [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ] as const;
    const processes = circle.processes.map((row, i) => {
      const own = classes[i - 1];
      return own ? { ...row, files: own[0], fs: own[1] } : { ...row, ...level(row.pid) };
    });
    const nested = {
      pidNamespaces: [
        { id: '0', parent: null, init: 1 },
        { id: '1', parent: '0', init: 2600 },
      ],
      root: 1,
      processes: [...processes, { pid: 2600, ppid: 1, pgid: 1, sid: 1, pidns: '1', nspid: [2600, 1] }],
    };
    assert.deepEqual(refusedBy(nested), [2, 3, 4, 5]);
  });

  it('is refused by ten processes', () => {
    const halves = image(20, (pid) => ({ ppid: pid >> 1, files: 1 + (pid % 10) }));
    assert.equal(refusedBy(halves).length, 10);
  });
});
