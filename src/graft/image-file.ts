/** An image file taken apart, whatever kind it is; image-framing.ts makes the same bytes of it again. */

import { COMMON_MAGIC, type ImageFile } from '../formats/criu/image-framing.ts';
import { GraftError } from './graft-error.ts';

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
