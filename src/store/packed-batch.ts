/**
 * A batch of records on its way to the store's thread: their bytes in one buffer that is transferred, not cloned.
 *
 * The bytes of a record start at a multiple of 8, so that its columns can be read in place.
 */

import type { PlanRecord, TreeRecord } from './store.ts';

interface Slice {
  readonly offset: number;
  readonly length: number;
}

export interface PackedBatch {
  readonly trees: readonly (Omit<TreeRecord, 'bytes'> & Slice)[];
  readonly plans: readonly (Omit<PlanRecord, 'steps'> & Slice)[];
  readonly bytes: ArrayBuffer;
}

export function packBatch(trees: Iterable<TreeRecord>, plans: Iterable<PlanRecord>): PackedBatch {
  const parts: { readonly bytes: Uint8Array; readonly offset: number }[] = [];
  let end = 0;
  const place = (bytes: Uint8Array): Slice => {
    const offset = end;
    end = (offset + bytes.length + 7) & ~7;
    parts.push({ bytes, offset });
    return { offset, length: bytes.length };
  };
  const packedTrees = Array.from(trees, ({ id, info, bytes }) => ({ id, info, ...place(bytes) }));
  const packedPlans = Array.from(plans, ({ id, treeId, head, steps }) => ({
    id,
    treeId,
    head,
    ...place(steps),
  }));
  const all = new Uint8Array(end);
  for (const { bytes, offset } of parts) all.set(bytes, offset);
  return { trees: packedTrees, plans: packedPlans, bytes: all.buffer };
}

export function unpackBatch(batch: PackedBatch): { trees: TreeRecord[]; plans: PlanRecord[] } {
  const slice = ({ offset, length }: Slice) => new Uint8Array(batch.bytes, offset, length);
  return {
    trees: batch.trees.map((tree) => ({ id: tree.id, info: tree.info, bytes: slice(tree) })),
    plans: batch.plans.map((plan) => ({
      id: plan.id,
      treeId: plan.treeId,
      head: plan.head,
      steps: slice(plan),
    })),
  };
}
