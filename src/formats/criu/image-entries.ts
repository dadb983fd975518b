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
import { type PstreeEntry, pstreeEntryOf, readPstreeEntry } from './pstree-entry.ts';

const SCHEMA = {
  pstree: PstreeEntrySchema,
  core: CoreEntrySchema,
  ids: TaskKobjIdsEntrySchema,
  inventory: InventoryEntrySchema,
  ns: NsEntrySchema,
} as const;

type Message<K extends ImageKind> = MessageShape<(typeof SCHEMA)[K]>;
export type ImageEntry<K extends ImageKind> = K extends 'pstree' ? PstreeEntry : Message<K>;

/** An entry and where it stands: its byte offset in the file, in crit JSON its index among the entries. */
export type PlacedEntry = {
  [K in ImageKind]: { readonly kind: K; readonly entry: ImageEntry<K>; readonly at: number };
}[ImageKind];

/** Entries of an image file, read as they are asked for. Asking throws ReadError. */
export interface ImageFileEntries {
  readonly entries: Iterable<PlacedEntry>;
  /** Where the entry with this `at` stands. */
  readonly placeOf: (at: number) => Place;
}

/** Entries of a binary image file. */
export function binaryEntries(name: ImageFileName, file: string, bytes: Uint8Array): ImageFileEntries {
  const placeOf = (offset: number): Place => ({ file, offset });
  return { entries: binaryMessages(name.kind, file, bytes, placeOf), placeOf };
}

function* binaryMessages(
  kind: ImageKind,
  file: string,
  bytes: Uint8Array,
  placeOf: (at: number) => Place,
): Generator<PlacedEntry> {
  for (const { body, offset } of imageEntries(file, kind, bytes)) {
    try {
      const entry =
        kind === 'pstree'
          ? readPstreeEntry(body)
          : fromBinary(SCHEMA[kind], body, { readUnknownFields: false });
      yield { kind, entry, at: offset } as PlacedEntry;
    } catch (cause) {
      const message = `${file} has an entry that is no ${kind} message: ${reason(cause)}.`;
      throw readError(400, 'IMAGE_MESSAGE', message, placeOf(offset));
    }
  }
}

/** Entries of the crit JSON of an image file: `{"magic": "PSTREE", "entries": [ … ]}`. Throws ReadError. */
export function critEntries(
  name: ImageFileName,
  place: Place,
  value: unknown,
  limits: ReadLimits,
): ImageFileEntries {
  const under = (path: string): Place => ({ ...place, pointer: (place.pointer ?? '') + path });
  if (!isObject(value)) {
    throw readError(422, 'FIELD_INVALID', 'The crit JSON of an image file is an object.', under(''));
  }
  const { magic, entries } = value;
  if (magic !== undefined && magic !== name.kind.toUpperCase()) {
    throw readError(
      422,
      'IMAGE_MAGIC',
      `The magic of a ${name.kind} image is "${name.kind.toUpperCase()}".`,
      under('/magic'),
    );
  }
  if (!Array.isArray(entries)) {
    throw readError(422, 'FIELD_INVALID', 'The entries of an image file are an array.', under('/entries'));
  }
  if (entries.length > limits.maxProcesses) {
    throw readError(
      413,
      'LIMIT_EXCEEDED',
      `There are more than ${limits.maxProcesses} entries.`,
      under('/entries'),
    );
  }
  const placeOf = (index: number): Place => under(`/entries/${index}`);
  return { entries: critMessages(name.kind, entries, placeOf), placeOf };
}

function* critMessages(
  kind: ImageKind,
  entries: readonly unknown[],
  placeOf: (at: number) => Place,
): Generator<PlacedEntry> {
  for (let at = 0; at < entries.length; at++) {
    const plain = plainCritEntry(kind, entries[at], placeOf(at)) as JsonValue;
    try {
      const entry =
        kind === 'pstree'
          ? pstreeEntryOf(fromJson(PstreeEntrySchema, plain, { ignoreUnknownFields: true }))
          : fromJson(SCHEMA[kind], plain, { ignoreUnknownFields: true });
      yield { kind, entry, at } as PlacedEntry;
    } catch (cause) {
      const message = `This is no ${kind} entry: ${reason(cause)}.`;
      throw readError(422, 'FIELD_INVALID', message, placeOf(at));
    }
  }
}

/** The library names our messages by their package, which says nothing to a reader. */
function reason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replaceAll('regraft.criu.', '');
}
