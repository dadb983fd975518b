/**
 * The files of a CRIU image set that make its process tree, and whatever was read on into a tree.
 *
 * In: the files of an image directory. Out: columns, findings, and the place of every field for later faults; or the
 * HTTP status and faults of what cannot be read. No JSON schema is loaded for it, and nothing about files, mounts and
 * machines (read-image-files.ts): commands that only need the tree start without.
 */
import type { Diagnostic } from '../engine/answer-types/diagnostic.ts';
import type { Log, Surroundings } from '../engine/requirements/surroundings.ts';
import { buildTree } from '../engine/tree/build-tree.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { imageFileName } from './criu/image-file-name.ts';
import { CriuImageSet } from './criu/image-set.ts';
import { ReadError, type ReadFault, type ReadStatus } from './read-error.ts';
import type { ReadImage } from './read-image.ts';
import { DEFAULT_READ_LIMITS } from './read-limits.ts';

/** `faults` has the first of `total`. */
export interface NotRead {
  readonly ok: false;
  readonly status: ReadStatus;
  readonly faults: readonly ReadFault[];
  readonly total: number;
  /** Logs of CRIU that are there nevertheless. */
  readonly logs: readonly Log[];
}
export type ReadResult = ({ readonly ok: true } & ReadImage) | NotRead;

export interface UploadPart {
  /** File name of the part: `pstree.img`, `core-7.img`, … */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads the process tree of a CRIU image set; other files are skipped. */
export function readProcessFiles(parts: Iterable<UploadPart>): Promise<ReadResult> {
  return result(async () => {
    const images = new CriuImageSet(DEFAULT_READ_LIMITS);
    for (const { name, bytes } of parts) {
      const image = imageFileName(name);
      if (image !== null) images.add(image, name, bytes);
    }
    return images.finish();
  });
}

export type LoadedTree =
  | {
      readonly ok: true;
      readonly tree: ProcessTree;
      readonly findings: readonly Diagnostic[];
      readonly surroundings: Surroundings | null;
    }
  | NotRead;

/** What was read, made a tree; the faults of what is none (422) get their places in the upload. */
export function loadTree(read: ReadResult): LoadedTree {
  if (!read.ok) return read;
  const built = buildTree(read.columns);
  if (built.ok) {
    const { findings, surroundings = null } = read;
    return { ok: true, tree: built.tree, findings, surroundings };
  }
  const faults = built.faults.map(({ code, row, field, message }) => ({
    code,
    message,
    ...read.locate(row, field),
  }));
  return { ok: false, status: 422, faults, total: built.total, logs: read.surroundings?.logs ?? [] };
}

/** What a reader throws for a bad upload, as its answer. */
export async function result(read: () => Promise<ReadImage>): Promise<ReadResult> {
  try {
    return { ok: true, ...(await read()) };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    const { status, faults, total, logs } = error;
    return { ok: false, status, faults, total, logs };
  }
}
