/** Recorded births put into a stored tree, which gives a tree of its own: on the main thread or in a worker. */

import type { Limits } from '../config.ts';
import { recordFindings } from '../engine/record/record-findings.ts';
import { BirthRecord, type RecordedBirths, treeWithBirths } from '../engine/record/recorded-births.ts';
import { Problem } from '../errors.ts';
import { type BirthEventForm, readBirthEvents } from '../formats/births/read-birth-events.ts';
import { joined } from '../formats/byte-stream.ts';
import { ReadError } from '../formats/read-error.ts';
import { FORM_OF_MEDIA_TYPE } from '../formats/upload-form.ts';
import type { TreeRecord } from '../store/store.ts';
import { treeFromBytes } from '../store/tree-bytes.ts';
import { bodyProblem } from './read-problems.ts';
import { withoutEncoding } from './read-upload.ts';
import { infoOf, treeRecord } from './tree-record.ts';
import type { BodyUpload, Upload } from './upload.ts';

export interface BirthsAdded {
  /** The tree with what the record knows. */
  readonly record: TreeRecord;
  /** What the record knows, as JSON. */
  readonly births: string;
}

/** Processes whose bounded sets are listed, and numbers that are listed of each set. */
const SETS_LISTED = 1000;
const NUMBERS_LISTED = 100;

/** @throws Problem saying what is wrong with the events, and where */
export async function addBirths(
  stored: Pick<TreeRecord, 'bytes' | 'info'>,
  upload: Upload,
  limits: Limits,
): Promise<BirthsAdded> {
  const tree = treeFromBytes(stored.bytes);
  const record = new BirthRecord(tree);
  let events = 0;
  try {
    const { form, source } = await eventsIn(upload, limits);
    for await (const some of readBirthEvents(form, source, limits)) {
      for (const event of some) record.add(event);
      events += some.length;
    }
  } catch (error) {
    throw error instanceof ReadError ? bodyProblem(error) : error;
  }
  const recorded = record.births();
  const all = [...infoOf(stored).findings, ...recordFindings(tree, recorded)];
  return {
    record: treeRecord(treeWithBirths(tree, recorded), all),
    births: birthsJson(recorded, events),
  };
}

function birthsJson({ counts, bounded, exited }: RecordedBirths, events: number): string {
  const sets = [...bounded].slice(0, SETS_LISTED).map(([pid, pids]) => ({
    pid,
    among: pids.slice(0, NUMBERS_LISTED),
    count: pids.length,
  }));
  return JSON.stringify({ events, ...counts, exited: exited.length, sets });
}

async function eventsIn(
  upload: Upload,
  limits: Limits,
): Promise<{ form: BirthEventForm; source: AsyncIterable<Uint8Array> }> {
  const body = 'parts' in upload ? null : await withoutEncoding(upload, limits);
  const form = body && formOf(body);
  if (!form) {
    throw new Problem('FORM_UNKNOWN', 'Events are application/x-ndjson, an event a line, or a JSON array.');
  }
  return { form, source: joined(body.head, body.rest) };
}

/** By content type; where that is generic, an array begins with a bracket. */
function formOf({ contentType = '', head }: BodyUpload): BirthEventForm | null {
  const mediaType = contentType.split(';', 1)[0]!.trim().toLowerCase();
  const known = Object.hasOwn(FORM_OF_MEDIA_TYPE, mediaType) ? FORM_OF_MEDIA_TYPE[mediaType] : undefined;
  if (known === 'json' || known === 'ndjson') return known;
  if (!GENERIC.includes(mediaType)) return null;
  const first = head.find((byte) => byte > 0x20);
  return first === OPEN_BRACKET ? 'json' : first === OPEN_BRACE ? 'ndjson' : null;
}

const GENERIC = ['', 'application/octet-stream', 'application/x-www-form-urlencoded'];
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
