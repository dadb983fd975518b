/** Texts of image members: bytes that need not be UTF-8, and may be of any length. */

/** Longest path of Linux. */
const LONGEST = 4096;

const DECODER = new TextDecoder();

export function textOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined || bytes.length === 0) return '';
  const text = DECODER.decode(bytes.subarray(0, LONGEST));
  return text.endsWith('\0') ? text.replace(/\0+$/, '') : text;
}
