/**
 * Entries of crit JSON, put into the plain form that their protobuf JSON mapping has.
 *
 * crit writes enums, hex numbers and strings for people. `--pretty` of most releases names task states from a wrong
 * table: its "Zombie" is 3, a stopped task, its "Stopped" 6, and a real zombie shows as the number 2. Names in capitals
 * with TASK_ before them are those of CRIU's sources, and mean what they say.
 */
import { type ReadError, readError } from '../read-error.ts';
import type { Place } from '../read-image.ts';
import type { ImageKind } from './image-framing.ts';

const PRETTY_TASK_STATE: Readonly<Record<string, number>> = { alive: 1, dead: 2, zombie: 3, stopped: 6 };
const SOURCE_TASK_STATE: Readonly<Record<string, number>> = { alive: 1, dead: 2, stopped: 3, zombie: 6 };

export function plainCritEntry(kind: ImageKind, entry: unknown, place: Place): unknown {
  if (!isObject(entry)) throw readError(422, 'FIELD_INVALID', 'An entry is an object.', place);
  if (kind === 'pstree') {
    for (const [field, value] of Object.entries(entry)) {
      if (typeof value === 'string') throw invalid(place, field, `${field} is a number, not a string`);
    }
  }
  if (kind !== 'core' || entry.tc === undefined) return entry;
  if (!isObject(entry.tc)) throw invalid(place, 'tc', 'tc is an object');
  const { task_state, exit_code, comm } = entry.tc;
  const tc: Record<string, unknown> = { child_subreaper: entry.tc.child_subreaper };
  if (task_state !== undefined) {
    tc.task_state = typeof task_state === 'string' ? taskStateOf(task_state) : task_state;
    if (tc.task_state === undefined) {
      throw invalid(place, 'tc/task_state', 'task_state is a number, "Alive", "Dead", "Zombie" or "Stopped"');
    }
  }
  if (exit_code !== undefined) {
    tc.exit_code = typeof exit_code === 'string' && HEX.test(exit_code) ? Number(exit_code) : exit_code;
  }
  if (comm !== undefined) {
    if (typeof comm !== 'string') throw invalid(place, 'tc/comm', 'comm is a string');
    tc.comm = Buffer.from(comm, 'utf8').toString('base64');
  }
  if (tc.child_subreaper === undefined) delete tc.child_subreaper;
  return { ids: entry.ids ?? null, tc };
}

/** Names in any case, numbers as text. */
function taskStateOf(text: string): number | undefined {
  if (/^(?:0x[0-9a-f]{1,2}|[0-9]{1,3})$/i.test(text)) return Number(text);
  const name = text.trim().toLowerCase();
  const table = name.startsWith('task_') ? SOURCE_TASK_STATE : PRETTY_TASK_STATE;
  const plain = name.replace(/^task_/, '');
  return Object.hasOwn(table, plain) ? table[plain] : undefined;
}

const HEX = /^0x[0-9a-fA-F]{1,8}$/;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(place: Place, path: string, message: string): ReadError {
  return readError(422, 'FIELD_INVALID', `In crit JSON ${message}.`, {
    ...place,
    pointer: `${place.pointer ?? ''}/${path}`,
  });
}
