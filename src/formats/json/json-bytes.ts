/** What JSON is written with, as bytes. */
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const POINT = 0x2e;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const BRACKET_END = 0x5d;
export const SMALL_E = 0x65;
export const BRACE = 0x7b;
export const BRACE_END = 0x7d;

/** JSON's; false at the end of the bytes. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
