/** Is a refusal's conflict one, and none without any of its processes? */

import assert from 'node:assert/strict';
import type { Diagnostic } from '../../src/engine/answer-types/diagnostic.ts';
import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';

/** `isReachable` decides about parts of the image. */
export function assertMinimal(
  image: TreeImage,
  conflict: Diagnostic,
  isReachable: (part: TreeImage) => boolean,
): void {
  assert.equal(conflict.code, 'UNRESTORABLE');
  assert.equal(conflict.detail.minimal, true);
  const core = new Set([image.root!, ...conflict.pids]);
  const text = JSON.stringify(partOf(image, core).processes);
  assert.equal(isReachable(partOf(image, core)), false, `the conflict alone is none: ${text}`);
  for (const pid of conflict.pids) {
    if (pid === image.root) continue;
    const smaller = new Set(core);
    smaller.delete(pid);
    assert.ok(isReachable(partOf(image, smaller)), `the conflict needs no ${pid}: ${text}`);
  }
}

/** The part of an image with these pids; children are lifted to their nearest ancestor in it. */
export function partOf(image: TreeImage, pids: ReadonlySet<number>): TreeImage {
  const parent = new Map(image.processes.map(({ pid, ppid }) => [pid, ppid]));
  const liftedParent = (of: ProcessImage): number => {
    let at = of.ppid;
    while (at !== 0 && !pids.has(at)) at = parent.get(at)!;
    return at;
  };
  const processes = image.processes
    .filter(({ pid }) => pids.has(pid))
    .map((process) => ({ ...process, ppid: liftedParent(process) }));
  return { root: image.root!, processes, ...(image.pidNamespaces && { pidNamespaces: image.pidNamespaces }) };
}
