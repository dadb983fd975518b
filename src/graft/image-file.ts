/**
 * An image file taken apart and put together again, whatever kind it is.
 *
 * In: the bytes of a file. Out: its magic words and the bytes of its entries; the same bytes again when put together.
 */

import { COMMON_MAGIC } from '../formats/criu/image-framing.ts';
import { GraftError } from './graft-error.ts';

export interface ImageFile {
  /** One word, or the common one and the kind's. */
  readonly magic: Uint8Array;
  readonly entries: readonly Uint8Array[];
}

const WORD = 4;

/** @throws GraftError where the file is cut off */
export function imageFile(name: string, bytes: Uint8Array): ImageFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cutOff = (at: number): GraftError => new GraftError(`${name} is cut off at byte ${at}`);
  if (bytes.length < WORD) throw cutOff(0);
  const start = view.getUint32(0, true) === COMMON_MAGIC ? 2 * WORD : WORD;
  if (bytes.length < start) throw cutOff(WORD);
  const entries: Uint8Array[] = [];
  for (let at = start; at < bytes.length; ) {
    if (at + WORD > bytes.length) throw cutOff(at);
    const end = at + WORD + view.getUint32(at, true);
    if (end > bytes.length) throw cutOff(at);
    entries.push(bytes.subarray(at + WORD, end));
    at = end;
  }
  return { magic: bytes.subarray(0, start), entries };
}

export function imageBytes({ magic, entries }: ImageFile): Uint8Array {
  const parts: Uint8Array[] = [magic];
  for (const entry of entries) {
    const length = new Uint8Array(WORD);
    new DataView(length.buffer).setUint32(0, entry.length, true);
    parts.push(length, entry);
  }
  return Buffer.concat(parts);
}
