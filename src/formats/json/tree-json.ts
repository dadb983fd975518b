/**
 * The tree image as one JSON document, as text or as an already parsed value.
 *
 * Faults carry JSON pointers into the image (`/processes/3/ppid`), below `place.pointer` where the image is part of a
 * larger body.
 */
import { FaultList } from '../../engine/tree/tree-fault.ts';
import { ReadError, type ReadFault, readError } from '../read-error.ts';
import type { Place, ReadImage } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { ProcessImageSchema, type TreeImageHeader, TreeImageHeaderSchema } from '../tree-image-schema.ts';
import { duplicateMember, membersOf, type ParsedJson } from './json-text.ts';
import { ProcessRows } from './process-rows.ts';
import { schemaCheck } from './schema-faults.ts';

const headerCheck = schemaCheck(TreeImageHeaderSchema);
const processCheck = schemaCheck(ProcessImageSchema);

/**
 * Reads a parsed text and refuses members written twice.
 * @param value the image: the parsed value, or a part of it
 * @param members of the whole text
 * @param membersAround members of the parsed value that are not in the image
 */
export function readTreeJson(
  bytes: Uint8Array,
  { value, members, scanned }: ParsedJson,
  limits: ReadLimits,
  place: Place = {},
  membersAround = 0,
): ReadImage {
  const rows = scanned?.image === value ? scanned?.rows : undefined;
  const { image, members: kept } = treeValue(value, limits, place, rows);
  if (kept + membersAround !== members) throw duplicateMember(bytes);
  return image;
}

/** Reads a value that JSON.parse made. Throws ReadError. */
export function readTreeValue(value: unknown, limits: ReadLimits, place: Place = {}): ReadImage {
  return treeValue(value, limits, place).image;
}

/** @param scanned the rows, where the processes are not in the value */
function treeValue(
  value: unknown,
  limits: ReadLimits,
  place: Place,
  scanned?: ProcessRows,
): { image: ReadImage; members: number } {
  const at = (path: string): Place => ({ ...place, pointer: (place.pointer ?? '') + path });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw readError(422, 'FIELD_INVALID', 'A tree image is a JSON object.', at(''));
  }
  const { processes } = value as { processes?: unknown };
  const header = headerOf(value);
  const rows = scanned ?? rowsFor(header, Array.isArray(processes) ? processes.length : 0, limits, place);
  if (processes === undefined)
    throw readError(422, 'FIELD_MISSING', 'The field processes is required.', at('/processes'));
  if (!Array.isArray(processes))
    throw readError(422, 'FIELD_INVALID', 'The value must be an array.', at('/processes'));

  const faults: ReadFault[] = [];
  let refused = 0;
  for (let row = 0; row < processes.length; row++) {
    if (rows.append(processes[row])) continue;
    if (refused++ < FaultList.KEPT) faults.push(...processFaults(processes[row], at(`/processes/${row}`)));
  }
  if (refused > 0)
    throw new ReadError(422, faults.slice(0, FaultList.KEPT), Math.max(refused, faults.length));
  const locate = (row: number, field: string): Place =>
    at(row < 0 ? `/${field}` : `/processes/${row}/${field}`);
  return {
    image: finished(rows, limits, locate),
    members: 1 + membersOf(header) + rows.members,
  };
}

/** The image without its processes; of a million fields as many as there can be faults, which refuse it. */
export function headerOf(image: object): object {
  const header: Record<string, unknown> = Object.create(null);
  let fields = 0;
  for (const name in image) {
    if (name === 'processes') continue;
    header[name] = (image as Record<string, unknown>)[name];
    if (++fields > MOST_FIELDS) break;
  }
  return header;
}

const MOST_FIELDS = FaultList.KEPT + Object.keys(TreeImageHeaderSchema.properties).length;

/** Rows under a header: the image without its processes. */
export function rowsFor(header: unknown, capacity: number, limits: ReadLimits, place: Place): ProcessRows {
  if (!headerCheck.accepts(header)) throw new ReadError(422, headerCheck.faults(header, place));
  if (capacity > limits.maxProcesses) throw tooManyProcesses(limits, place);
  const { root = 0, pidNamespaces } = header as TreeImageHeader;
  return new ProcessRows(pidNamespaces, root, Math.max(capacity, 16));
}

/** Why a process object was refused. */
export function processFaults(value: unknown, place: Place): ReadFault[] {
  const faults = processCheck.faults(value, place);
  return faults.length > 0
    ? faults
    : [{ code: 'FIELD_INVALID', message: 'This is not a process of a tree image.', ...place }];
}

export function finished(rows: ProcessRows, limits: ReadLimits, locate: ReadImage['locate']): ReadImage {
  const { columns, uneven } = rows;
  if (columns.threadCount > limits.maxThreads) {
    throw readError(413, 'LIMIT_EXCEEDED', `The image has more than ${limits.maxThreads} thread ids.`);
  }
  if (uneven.length > 0) {
    const faults = uneven.slice(0, FaultList.KEPT).map(({ row, field }) => ({
      code: field === 'nspgid' || field === 'nssid' ? 'LEVELS_LENGTH' : 'THREAD_CLASSES_LENGTH',
      message: `The ${field} of ${columns.pid[row]} does not have as many numbers as its ${field === 'nspgid' || field === 'nssid' ? 'nspid' : 'threads'}.`,
      ...locate(row, field),
    }));
    throw new ReadError(422, faults, uneven.length);
  }
  return { columns, findings: [], locate };
}

export function tooManyProcesses(limits: ReadLimits, place: Place): ReadError {
  return readError(413, 'LIMIT_EXCEEDED', `The image has more than ${limits.maxProcesses} processes.`, place);
}
