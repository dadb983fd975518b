/** Large trees that share: parts that have nothing in common are planned each by itself, and a few processes refuse them all. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { sharedHistory } from '../../histories/shared-history.ts';

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
    const sessions = (size: number) =>
      image(size, (pid) => {
        const leader = pid - (pid % 4);
        if (leader < 4) return {};
        return { pgid: leader, sid: leader, files: pid % 4 === 3 ? 1e6 + (leader >> 3) : leader };
      });
    provenPlan(treeOf(sessions(6000)));
    provenPlan(treeOf(sessions(100_000)));
  });

  it('is planned at a hundred thousand processes, where the planner has looked for fewer helpers before', () => {
    const processes: Row[] = [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }];
    const numbers = new Map<string, number>();
    const numberOf = (name: string): number => {
      if (!numbers.has(name)) numbers.set(name, numbers.size);
      return numbers.get(name)!;
    };
    for (let seed = 1, base = 10; processes.length < 100_000; seed++) {
      const of = (number: number): number => (number === 0 ? 1 : number + base);
      const { processes: some } = sharedHistory({ seed, alive: 20, kinds: ['files', 'fs'], zombies: true });
      for (const { pid, ppid, pgid, sid, state = 'alive', files, fs } of some) {
        const row = { pid: of(pid), ppid: of(ppid), pgid: of(pgid), sid: of(sid), state };
        const classes =
          state === 'zombie' ? {} : { files: numberOf(`${seed}: ${files}`), fs: numberOf(`${seed}: ${fs}`) };
        processes.push({ ...row, ...classes });
      }
      base = Math.max(...processes.slice(-some.length).flatMap(({ pid, pgid, sid }) => [pid, pgid, sid])) + 1;
    }
    assert.equal(planImage({ root: 1, processes }).outcome, 'restorable');
  });

  it('is planned where thousands share with each other, and the first births do not carry it', () => {
    const shape = { alive: 3000, kinds: ['files'], churn: 4, shared: 0.3 } as const;
    for (const seed of [4, 6, 11]) provenPlan(treeOf(sharedHistory({ ...shape, seed })));
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

  it('is refused by an address space that is left with files that are kept, beside thousands that share one table', () => {
    const core = [{ vm: 1, files: 1 }, { vm: 2, files: 1 }, { vm: 1 }];
    const chain = image(10_000, (pid) => {
      const own = core[pid - 2];
      if (own) return { ppid: pid - 1, ...own };
      return { ppid: pid === 5 ? 1 : pid - 1, files: 2, vm: pid };
    });
    assert.deepEqual(refusedBy(chain), [1, 2, 3, 4]);
  });

  it('is undecided where the search would go deeper than the stack has room for', () => {
    const chain = image(1000, (pid) => {
      if (pid < 5) return { ppid: pid - 1, files: pid + 2, vm: pid === 3 ? 3 : 1 };
      return { ppid: pid === 5 ? 1 : pid - 1, files: 2, vm: pid };
    });
    const { outcome, diagnostics } = planImage(chain);
    assert.deepEqual([outcome, diagnostics[0]!.detail.reason], ['undecided', 'work limit']);
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
