/**
 * Entries of image files as messages, from protobuf and from crit JSON. The messages hold only what a tree needs
 * (proto/*.proto); everything else in an entry is skipped.
 */
import { fromBinary, fromJson, type JsonValue, type MessageShape } from '@bufbuild/protobuf';
import { readError } from '../read-error.ts';
import type { Place } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { isObject, plainCritEntry } from './crit-entry.ts';
import { CoreEntrySchema } from './gen/core_pb.ts';
import { TaskKobjIdsEntrySchema } from './gen/ids_pb.ts';
import { InventoryEntrySchema } from './gen/inventory_pb.ts';
import { NsEntrySchema } from './gen/ns_pb.ts';
import { PstreeEntrySchema } from './gen/pstree_pb.ts';
import type { ImageFileName } from './image-file-name.ts';
import { type ImageKind, imageEntries } from './image-framing.ts';

const SCHEMA = {
  pstree: PstreeEntrySchema,
  core: CoreEntrySchema,
  ids: TaskKobjIdsEntrySchema,
  inventory: InventoryEntrySchema,
  ns: NsEntrySchema,
} as const;

export type ImageEntry<K extends ImageKind> = MessageShape<(typeof SCHEMA)[K]>;

/** An entry and where it stands: file and byte offset, in crit JSON file and pointer. */
export type PlacedEntry = {
  [K in ImageKind]: { readonly kind: K; readonly entry: ImageEntry<K>; readonly place: Place };
}[ImageKind];

/** Entries of a binary image file. Throws ReadError. */
export function* binaryEntries(name: ImageFileName, file: string, bytes: Uint8Array): Generator<PlacedEntry> {
  for (const { body, offset } of imageEntries(file, name.kind, bytes)) {
    const place = { file, offset };
    try {
      const entry = fromBinary(SCHEMA[name.kind], body, { readUnknownFields: false });
      yield { kind: name.kind, entry, place } as PlacedEntry;
    } catch (cause) {
      const message = `${file} has an entry that is no ${name.kind} message: ${reason(cause)}.`;
      throw readError(400, 'IMAGE_MESSAGE', message, place);
    }
  }
}

/** Entries of the crit JSON of an image file: `{"magic": "PSTREE", "entries": [ … ]}`. Throws ReadError. */
export function* critEntries(
  name: ImageFileName,
  place: Place,
  value: unknown,
  limits: ReadLimits,
): Generator<PlacedEntry> {
  const at = (path: string): Place => ({ ...place, pointer: (place.pointer ?? '') + path });
  if (!isObject(value)) {
    throw readError(422, 'FIELD_INVALID', 'The crit JSON of an image file is an object.', at(''));
  }
  const { magic, entries } = value;
  if (magic !== undefined && magic !== name.kind.toUpperCase()) {
    throw readError(
      422,
      'IMAGE_MAGIC',
      `The magic of a ${name.kind} image is "${name.kind.toUpperCase()}".`,
      at('/magic'),
    );
  }
  if (!Array.isArray(entries)) {
    throw readError(422, 'FIELD_INVALID', 'The entries of an image file are an array.', at('/entries'));
  }
  if (entries.length > limits.maxProcesses) {
    throw readError(
      413,
      'LIMIT_EXCEEDED',
      `There are more than ${limits.maxProcesses} entries.`,
      at('/entries'),
    );
  }
  for (let i = 0; i < entries.length; i++) {
    const here = at(`/entries/${i}`);
    const plain = plainCritEntry(name.kind, entries[i], here);
    try {
      const entry = fromJson(SCHEMA[name.kind], plain as JsonValue, { ignoreUnknownFields: true });
      yield { kind: name.kind, entry, place: here } as PlacedEntry;
    } catch (cause) {
      const message = `This is no ${name.kind} entry: ${reason(cause)}.`;
      throw readError(422, 'FIELD_INVALID', message, here);
    }
  }
}

/** The library names our messages by their package, which says nothing to a reader. */
function reason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replaceAll('regraft.criu.', '');
}
