/** The forms in which a tree image comes, found by content type and, where that is generic, by magic number. */
import { looksLikeTar } from './archive/image-members.ts';
import { COMMON_MAGIC, TYPE_MAGIC } from './criu/image-framing.ts';
import { BRACE, BRACE_END, isSpace } from './json/json-bytes.ts';
import { LINE_FEED } from './json/line-blocks.ts';
import { GZIP_MAGIC, startsWith, ZSTD_MAGIC } from './magic.ts';

/**
 * - `json`: a tree image, crit JSON of one file, or a combined object of crit JSON by file name
 * - `ndjson`: a tree image, a process a line
 * - `archive`: a tar, plain or compressed (or one of the other forms, compressed)
 * - `pstree`: a lone pstree.img
 * - `multipart`: one part a file; the parts go to `readTreeParts`
 */
export type UploadForm = 'json' | 'ndjson' | 'archive' | 'pstree' | 'multipart';

export const FORM_OF_MEDIA_TYPE: Readonly<Record<string, Exclude<UploadForm, 'pstree'>>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  'application/x-tar': 'archive',
  'application/tar': 'archive',
  'application/tar+gzip': 'archive',
  'application/gzip': 'archive',
  'application/x-gzip': 'archive',
  'application/x-gtar': 'archive',
  'application/x-tgz': 'archive',
  'application/x-compressed-tar': 'archive',
  'application/tar+zstd': 'archive',
  'application/zstd': 'archive',
  'application/x-zstd': 'archive',
  'multipart/form-data': 'multipart',
};

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** The last is what curl says of any body. */
const GENERIC_MEDIA_TYPES = new Set([
  '',
  'application/octet-stream',
  'binary/octet-stream',
  'application/x-www-form-urlencoded',
]);

/** Bytes of a body's head that tell its form: the first line of NDJSON has all pid namespaces, some sixty bytes each. */
export const HEAD_LENGTH = 65_536;

/** Null: a form that is not read (415). `head` is looked at where the content type is generic. */
export function sniffForm(contentType: string | undefined, head: Uint8Array): UploadForm | null {
  const mediaType = mediaTypeOf(contentType);
  if (Object.hasOwn(FORM_OF_MEDIA_TYPE, mediaType)) return FORM_OF_MEDIA_TYPE[mediaType]!;
  return GENERIC_MEDIA_TYPES.has(mediaType) ? formOfHead(head) : null;
}

/** What is said of a form that is not read: of its bytes, or of the type that they are said to have. */
export function unknownFormInWords(contentType: string | undefined): string {
  return GENERIC_MEDIA_TYPES.has(mediaTypeOf(contentType))
    ? 'This is no tree image: neither JSON nor NDJSON, no tar (plain, gzip or zstd) with CRIU images in it, no pstree.img.'
    : `${contentType} is no form of a tree image. Send application/json, application/x-ndjson, application/x-tar, multipart/form-data, or application/octet-stream: then the first bytes tell.`;
}

function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** The form that the first bytes show. */
export function formOfHead(head: Uint8Array): UploadForm | null {
  if (startsWith(head, GZIP_MAGIC) || startsWith(head, ZSTD_MAGIC) || looksLikeTar(head)) return 'archive';
  if (isPstree(head)) return 'pstree';
  const begin = nextAfterSpace(head, startsWith(head, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0);
  if (head[begin] !== BRACE) return null;
  return isObjectLine(head, begin) ? 'ndjson' : 'json';
}

/** Does a line end with the object that begins here, and another object come next? In one JSON text there is a comma in between. */
function isObjectLine(head: Uint8Array, begin: number): boolean {
  const feed = head.indexOf(LINE_FEED, begin);
  if (feed < 0) return false;
  let last = feed - 1;
  while (isSpace(head[last])) last--;
  return head[last] === BRACE_END && head[nextAfterSpace(head, feed)] === BRACE;
}

function nextAfterSpace(head: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(head[at])) at++;
  return at;
}

/** Cut off after the common magic number too: the reader says where. */
function isPstree(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const first = view.getUint32(0, true);
  if (first === TYPE_MAGIC.pstree) return true;
  return first === COMMON_MAGIC && (head.length < 8 || view.getUint32(4, true) === TYPE_MAGIC.pstree);
}
