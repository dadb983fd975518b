/**
 * A batch of records on its way to the store's thread: all their bytes in one buffer that is transferred, all their
 * texts in a few long ones. What is cloned costs by the value more than by the byte.
 *
 * The bytes of a record start at a multiple of 8, so that its columns can be read in place. What lies in a file already
 * does not travel.
 */

import type { PlanRecord, TreeRecord } from './store.ts';
import type { UnfinishedFile } from './unfinished-files.ts';

/** Where the bytes of a record are: with it, or in a file of the store's directory. */
export type Body = Uint8Array | UnfinishedFile;

export type TreeToWrite = Omit<TreeRecord, 'bytes'> & { readonly bytes: Body };
export type PlanToWrite = Omit<PlanRecord, 'steps'> & { readonly steps: Body };

/** Records by columns: `ids` of 64 characters each, `texts` a line each; where the bytes of each begin and end. */
interface PackedRecords {
  readonly ids: string;
  readonly texts: string;
  readonly spans: Float64Array;
  /** Of each record, where there are any. */
  readonly files?: readonly (UnfinishedFile | null)[];
}

export interface PackedBatch {
  readonly trees: PackedRecords;
  readonly plans: PackedRecords;
  /** The tree of each plan. */
  readonly treeIds: string;
  readonly bytes: ArrayBuffer;
}

const ID_LENGTH = 64;

const NO_BYTES = new Uint8Array();

/** @param files of records, by their ids */
export function packBatch(
  trees: Iterable<TreeRecord>,
  plans: Iterable<PlanRecord>,
  files: ReadonlyMap<string, UnfinishedFile>,
): PackedBatch {
  const allTrees = [...trees];
  const allPlans = [...plans];
  const parts = [
    ...allTrees.map(({ id, bytes }) => (files.has(id) ? NO_BYTES : bytes)),
    ...allPlans.map(({ id, steps }) => (files.has(id) ? NO_BYTES : steps)),
  ];
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
      ...filesOf(allTrees, files),
    },
    plans: {
      ids: allPlans.map(({ id }) => id).join(''),
      texts: allPlans.map(({ head }) => head).join('\n'),
      spans: spans.slice(2 * allTrees.length),
      ...filesOf(allPlans, files),
    },
    treeIds: allPlans.map(({ treeId }) => treeId).join(''),
    bytes: all.buffer,
  };
}

export function unpackBatch(batch: PackedBatch): { trees: TreeToWrite[]; plans: PlanToWrite[] } {
  const trees = unpacked(batch.trees, batch.bytes);
  const plans = unpacked(batch.plans, batch.bytes);
  return {
    trees: trees.map(({ id, text, body }) => ({ id, info: text, bytes: body })),
    plans: plans.map(({ id, text, body }, i) => ({
      id,
      treeId: idAt(batch.treeIds, i),
      head: text,
      steps: body,
    })),
  };
}

function filesOf(
  records: readonly { readonly id: string }[],
  files: ReadonlyMap<string, UnfinishedFile>,
): Pick<PackedRecords, 'files'> {
  return files.size === 0 ? {} : { files: records.map(({ id }) => files.get(id) ?? null) };
}

function unpacked({ ids, texts, spans, files }: PackedRecords, bytes: ArrayBuffer) {
  if (spans.length === 0) return [];
  // JSON has no line feeds unless it is laid out for people, which these texts are not.
  return texts.split('\n').map((text, i) => {
    const [start, end] = [spans[2 * i]!, spans[2 * i + 1]!];
    const body: Body = files?.[i] ?? new Uint8Array(bytes, start, end - start);
    return { id: idAt(ids, i), text, body };
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
