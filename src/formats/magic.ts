/** First bytes by which compressed uploads are known. */

export const GZIP_MAGIC = [0x1f, 0x8b, 0x08];
export const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

export function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => head[at] === byte);
}
