/**
 * Uploads in any form into process columns, and on into a tree.
 *
 * In: bytes, whole or as they arrive. Out: columns, findings, and the place of every field for later faults; or the
 * HTTP status and faults of what cannot be read. Nothing is thrown for what an upload contains.
 * Memory: JSON is held whole; NDJSON a line, archives a wanted member at a time.
 */
import { DecodeMeter, decompressed } from './archive/decompress.ts';
import { imageMembers } from './archive/image-members.ts';
import { type ByteStream, collected, withHead } from './byte-stream.ts';
import { isObject } from './criu/crit-entry.ts';
import { type ImageFileName, imageFileName } from './criu/image-file-name.ts';
import { CriuImageSet } from './criu/image-set.ts';
import { ImageSets } from './criu/image-sets.ts';
import { foreignForm } from './foreign-forms.ts';
import { duplicateMember, membersOf, type ParsedJson } from './json/json-text.ts';
import { parseImageJson } from './json/scanned-image.ts';
import { readTreeJson } from './json/tree-json.ts';
import { readTreeNdjson } from './json/tree-ndjson.ts';
import { readError } from './read-error.ts';
import type { Place, ReadImage } from './read-image.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './read-limits.ts';
import { type ReadResult, result } from './read-process-files.ts';
import { formOfHead, HEAD_LENGTH, type UploadForm } from './upload-form.ts';

export { readTreeParts } from './read-image-files.ts';
export {
  type LoadedTree,
  loadTree,
  type NotRead,
  type ReadResult,
  type UploadPart,
} from './read-process-files.ts';

/**
 * Reads a body of any form but multipart.
 * @param set directory of the image set that is wanted of an archive; null: the only one
 */
export function readTree(
  form: Exclude<UploadForm, 'multipart'>,
  source: Uint8Array | ByteStream,
  limits: ReadLimits = DEFAULT_READ_LIMITS,
  set: string | null = null,
): Promise<ReadResult> {
  const stream = source instanceof Uint8Array ? single(source) : source;
  return result(() => imageOf(form, stream, limits, set));
}

/**
 * Reads the image in a JSON text that is parsed already.
 * @param parsed with the image as its value: what the text says, or a part of it at `pointer`
 * @param membersAround members of the text that are not in the image
 */
export function readParsedTree(
  bytes: Uint8Array,
  parsed: ParsedJson,
  limits: ReadLimits = DEFAULT_READ_LIMITS,
  pointer = '',
  membersAround = 0,
): Promise<ReadResult> {
  return result(async () => parsedImage(bytes, parsed, limits, pointer ? { pointer } : {}, membersAround));
}

async function imageOf(
  form: Exclude<UploadForm, 'multipart'>,
  source: ByteStream,
  limits: ReadLimits,
  set: string | null,
): Promise<ReadImage> {
  if (set !== null && form !== 'archive') {
    throw readError(422, 'SET_ABSENT', `Only archives have image sets; "${set}" is named for another form.`);
  }
  switch (form) {
    case 'json':
      return jsonTextImage(await whole(source, limits), limits);
    case 'ndjson':
      return readTreeNdjson(source, limits);
    case 'pstree': {
      const images = new CriuImageSet(limits);
      images.add({ kind: 'pstree', pid: 0 }, 'pstree.img', await whole(source, limits));
      return images.finish();
    }
    case 'archive':
      return archiveImage(source, limits, set);
  }
}

/** A tar, or another form that came compressed. */
async function archiveImage(source: ByteStream, limits: ReadLimits, set: string | null): Promise<ReadImage> {
  const meter = new DecodeMeter();
  const { head, stream } = await withHead(decompressed(source, limits, meter), HEAD_LENGTH);
  if (head.length === 0)
    throw readError(400, 'IMAGE_EMPTY', 'There is nothing in the upload.', { offset: 0 });
  const foreign = foreignForm(head);
  if (foreign) throw readError(415, 'FORM_UNKNOWN', foreign);
  const inner = formOfHead(head);
  if (inner !== 'archive' && inner !== 'multipart' && inner !== null)
    return imageOf(inner, stream, limits, set);
  const sets = new ImageSets(limits, set);
  for await (const member of imageMembers(stream, limits, meter)) sets.add(member);
  return sets.finish();
}

function jsonTextImage(bytes: Uint8Array, limits: ReadLimits): ReadImage {
  if (bytes.length === 0)
    throw readError(400, 'IMAGE_EMPTY', 'There is nothing in the upload.', { offset: 0 });
  return parsedImage(bytes, parseImageJson(bytes, limits, false), limits, {}, 0);
}

function parsedImage(
  bytes: Uint8Array,
  parsed: ParsedJson,
  limits: ReadLimits,
  place: Place,
  membersAround: number,
): ReadImage {
  const files = critFiles(parsed.value);
  if (files === null) return readTreeJson(bytes, parsed, limits, place, membersAround);
  if (membersOf(parsed.value) + membersAround !== parsed.members) throw duplicateMember(bytes);
  const images = new CriuImageSet(limits);
  for (const { name, pointer, content } of files) {
    images.addCrit(name, { ...place, pointer: (place.pointer ?? '') + pointer }, content);
  }
  return images.finish();
}

interface CritFile {
  readonly name: ImageFileName;
  readonly pointer: string;
  readonly content: unknown;
}

/** Files of crit JSON: one (it has `entries`), or all in one object by file name. Null: the value is no crit JSON. */
function critFiles(value: unknown): CritFile[] | null {
  if (!isObject(value) || 'processes' in value) return null;
  if ('entries' in value) return [{ name: { kind: 'pstree', pid: 0 }, pointer: '', content: value }];
  const names = Object.keys(value);
  const isCombined = names.some((name) => imageFileName(name, true)?.kind === 'pstree');
  if (!isCombined) return null;
  return names.flatMap((name) => {
    const image = imageFileName(name, true);
    return image === null ? [] : [{ name: image, pointer: `/${name}`, content: value[name] }];
  });
}

function whole(source: ByteStream, limits: ReadLimits): Promise<Uint8Array> {
  return collected(source, limits.maxDecodedBytes, () =>
    readError(413, 'LIMIT_EXCEEDED', `The upload has more than ${limits.maxDecodedBytes} bytes.`),
  );
}

async function* single(bytes: Uint8Array): ByteStream {
  yield bytes;
}
