/** Every unreachable small tree over several pid namespaces is refused with a conflict that cannot be made smaller. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { planImage } from '../../../histories/proven-plan.ts';
import { NESTED_SETS, someSmallTrees } from '../small-trees.ts';

for (const set of NESTED_SETS) {
  test(`${set}: refused with a conflict that is one, and none without any of its processes`, (t) => {
    const verdicts = new Map<string, boolean>();
    const isReachable = (image: TreeImage, pids: ReadonlySet<number>): boolean => {
      const part = partOf(image, pids);
      const key = JSON.stringify(part);
      const known = verdicts.get(key) ?? planImage(part).outcome === 'restorable';
      verdicts.set(key, known);
      return known;
    };
    const counts = { ORIGIN: 0, rules: 0 };
    for (const image of someSmallTrees(set, 'unreachable')) {
      const [refusal] = planImage(image).diagnostics;
      assert.equal(refusal!.code, 'UNRESTORABLE');
      assert.equal(refusal!.detail.minimal, true);
      const text = `${JSON.stringify(image)} ${refusal!.pids} ${refusal!.message}`;
      const core = new Set([image.root ?? 1, ...refusal!.pids]);
      counts[refusal!.detail.rule === 'ORIGIN' ? 'ORIGIN' : 'rules']++;
      assert.equal(isReachable(image, core), false, `no conflict alone: ${text}`);
      for (const pid of refusal!.pids) {
        if (pid === (image.root ?? 1)) continue;
        const smaller = new Set([...core].filter((other) => other !== pid));
        assert.ok(isReachable(image, smaller), `needs no ${pid}: ${text}`);
      }
    }
    t.diagnostic(`${counts.ORIGIN} by the births, ${counts.rules} by a rule`);
  });
}

/**
 * The part of an image with these pids, but for whoever lives in a namespace whose init is not among them. The
 * children of others move to the parent of these in their namespace, or to the init there.
 */
function partOf(image: TreeImage, pids: ReadonlySet<number>): TreeImage {
  const process = new Map(image.processes.map((one) => [one.pid, one]));
  const namespace = new Map(image.pidNamespaces!.map((one) => [one.id, one]));
  const homeOf = (pid: number): string => process.get(pid)!.pidns ?? image.pidNamespaces![0]!.id;
  const isThere = (id: string): boolean => {
    const { init, parent } = namespace.get(id)!;
    return (init === null || pids.has(init)) && (parent === null || isThere(parent));
  };
  const liftedParent = (pid: number): number => {
    let at = process.get(pid)!.ppid;
    while (at !== 0 && !pids.has(at)) {
      const above = process.get(at)!.ppid;
      at = above !== 0 && homeOf(above) === homeOf(at) ? above : (namespace.get(homeOf(at))!.init ?? 0);
    }
    return at;
  };
  return {
    ...(image.root && { root: image.root }),
    pidNamespaces: image.pidNamespaces!.filter(({ id }) => isThere(id)),
    processes: image.processes
      .filter(({ pid }) => pids.has(pid) && isThere(homeOf(pid)))
      .map((one) => ({ ...one, ppid: liftedParent(one.pid) })),
  };
}
