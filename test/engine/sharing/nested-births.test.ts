/**
 * Trees over several pid namespaces whose shared files pass in one order of births only, by a dead leader, or by a helper that
 * holds them: each of them was reached by an enumeration of the kernel's calls, with so many helpers.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';

type Row = TreeImage['processes'][number];

/** Namespace 0 has the processes with one number; `1` the others, whose init is the one with number 1 inside. */
function image(...rows: readonly (readonly [Partial<Row>, ...number[]])[]): TreeImage {
  const processes = rows.map(([more, pid, ppid, sid, inside]) => {
    const isInner = inside !== undefined;
    const leadsInside = isInner && sid === pid ? inside : 0;
    const levels = (outer: number, inner: number): number[] => (isInner ? [outer, inner] : [outer]);
    return {
      ...{ pid: pid!, ppid: ppid!, pgid: sid!, sid: sid! },
      ...{ pidns: isInner ? '1' : '0', nspid: levels(pid!, inside ?? 0) },
      ...{ nspgid: levels(sid!, leadsInside), nssid: levels(sid!, leadsInside) },
      ...more,
    };
  });
  const init = rows.find(([, , , , inside]) => inside === 1)![1]!;
  return {
    root: 1,
    pidNamespaces: [
      { id: '0', parent: null, init: 1 },
      { id: '1', parent: '0', init },
    ],
    processes,
  };
}

const cases: readonly { readonly why: string; readonly helpers: number; readonly tree: TreeImage }[] = [
  {
    why: 'an init is born before its creator leaves the table that it is to share',
    helpers: 0,
    tree: image(
      [{ files: 1 }, 1, 0, 1],
      [{ files: 2 }, 15, 1, 0],
      [{ files: 2 }, 26, 1, 0],
      [{ files: 1 }, ...[32, 26, 0, 1]],
    ),
  },
  {
    why: 'a dead leader bears one before its setsid, and an init after',
    helpers: 1,
    tree: image(
      [{ files: 1 }, 1, 0, 0],
      [{ files: 1, caba: 1 }, 26, 1, 0],
      [{ files: 3, caba: 1 }, 30, 1, 0],
      [{ files: 3, caba: 1 }, 9, 1, 24, 1],
    ),
  },
  {
    why: 'a helper holds an address space for one here and an init, and bears that with its exit signal',
    helpers: 1,
    tree: image(
      [{ files: 1, vm: 1 }, 1, 0, 0],
      [{ files: 1, vm: 2 }, 26, 1, 0],
      [{ files: 1, vm: 2, exitSignal: 10 }, ...[10, 1, 0, 1]],
    ),
  },
  {
    why: 'nobody who hangs from outside is born below an init: the sharer is injected beside it',
    helpers: 1,
    tree: image(
      [{ files: 1 }, 1, 0, 1],
      [{ files: 2 }, 8, 1, 1, 1],
      [{ files: 1 }, 34, 1, 1],
      [{ files: 2 }, ...[7, 34, 1, 62]],
    ),
  },
  {
    why: 'a process leaves an address space by execve between two births',
    helpers: 0,
    tree: image(
      [{ vm: 1 }, 1, 0, 1],
      [{ vm: 2 }, 2, 1, 1],
      [{ vm: 2 }, 3, 2, 1],
      [{ vm: 1 }, 4, 2, 1],
      [{ vm: 3 }, 5, 1, 1, 1],
    ),
  },
];

describe('files over several pid namespaces', () => {
  for (const { why, helpers, tree } of cases) {
    it(why, () => {
      assert.equal(provenPlan(treeOf(tree)).helpers.length, helpers);
    });
  }
});

it('a zombie init that shares the handlers of its parent is not refused: a sigaction leads to it, which no plan has', () => {
  const shared = { vm: 1, sighand: 1 };
  const tree = image([shared, 1, 0, 1], [{ state: 'zombie', sighand: 1 }, 2, 1, 1, 1]);
  assert.equal(planImage(tree).outcome, 'undecided');
  const other = image([shared, 1, 0, 1], [{ state: 'zombie', sighand: 1, exitSignal: 10 }, 2, 1, 1, 1]);
  assert.equal(planImage(other).outcome, 'restorable');
});
