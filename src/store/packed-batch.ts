/**
 * A batch of records on its way to the store's thread: all their bytes in one buffer that is transferred, all their
 * texts in a few long ones. What is cloned costs by the value more than by the byte.
 *
 * The bytes of a record start at a multiple of 8, so that its columns can be read in place.
 */

import type { PlanRecord, TreeRecord } from './store.ts';

/** Records by columns: `ids` of 64 characters each, `texts` a line each; where the bytes of each begin and end. */
interface PackedRecords {
  readonly ids: string;
  readonly texts: string;
  readonly spans: Float64Array;
}

export interface PackedBatch {
  readonly trees: PackedRecords;
  readonly plans: PackedRecords;
  /** The tree of each plan. */
  readonly treeIds: string;
  readonly bytes: ArrayBuffer;
}

const ID_LENGTH = 64;

export function packBatch(trees: Iterable<TreeRecord>, plans: Iterable<PlanRecord>): PackedBatch {
  const allTrees = [...trees];
  const allPlans = [...plans];
  const parts = [...allTrees.map(({ bytes }) => bytes), ...allPlans.map(({ steps }) => steps)];
  const spans = spansOf(parts);
  const all = new Uint8Array(filled(spans.at(-1) ?? 0));
  parts.forEach((bytes, i) => {
    all.set(bytes, spans[2 * i]);
  });
  return {
    trees: {
      ids: allTrees.map(({ id }) => id).join(''),
      texts: allTrees.map(({ info }) => info).join('\n'),
      spans: spans.slice(0, 2 * allTrees.length),
    },
    plans: {
      ids: allPlans.map(({ id }) => id).join(''),
      texts: allPlans.map(({ head }) => head).join('\n'),
      spans: spans.slice(2 * allTrees.length),
    },
    treeIds: allPlans.map(({ treeId }) => treeId).join(''),
    bytes: all.buffer,
  };
}

export function unpackBatch(batch: PackedBatch): { trees: TreeRecord[]; plans: PlanRecord[] } {
  const trees = unpacked(batch.trees, batch.bytes);
  const plans = unpacked(batch.plans, batch.bytes);
  return {
    trees: trees.map(({ id, text, bytes }) => ({ id, info: text, bytes })),
    plans: plans.map(({ id, text, bytes }, i) => ({
      id,
      treeId: idAt(batch.treeIds, i),
      head: text,
      steps: bytes,
    })),
  };
}

function unpacked({ ids, texts, spans }: PackedRecords, bytes: ArrayBuffer) {
  if (spans.length === 0) return [];
  // JSON has no line feeds unless it is laid out for people, which these texts are not.
  return texts.split('\n').map((text, i) => {
    const [start, end] = [spans[2 * i]!, spans[2 * i + 1]!];
    return { id: idAt(ids, i), text, bytes: new Uint8Array(bytes, start, end - start) };
  });
}

function spansOf(parts: readonly Uint8Array[]): Float64Array {
  const spans = new Float64Array(2 * parts.length);
  let end = 0;
  for (let i = 0; i < parts.length; i++) {
    spans[2 * i] = filled(end);
    end = filled(end) + parts[i]!.length;
    spans[2 * i + 1] = end;
  }
  return spans;
}

function idAt(ids: string, i: number): string {
  return ids.slice(ID_LENGTH * i, ID_LENGTH * (i + 1));
}

/** Up to the next multiple of 8; not by bits, which end at 2 GiB. */
function filled(length: number): number {
  return 8 * Math.ceil(length / 8);
}
