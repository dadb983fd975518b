/**
 * Trees to measure with: five shapes at any size, made as columns and written as the contract's JSON text.
 *
 * In: a shape's name, the number of processes. Out: the same tree every time. Every shape is reachable.
 * Cost: linear; a million processes take a second or two, random histories some more.
 */

import { REAPED, ROOT, SUBREAPER } from '../src/engine/kernel/process-table.ts';
import { WITH_SUBREAPERS } from '../test/histories/history-shape.ts';
import { randomHistory } from '../test/histories/random-history.ts';

/** One row a process, the root first, all alive. `subreaper` is the final flag. */
export interface ImageColumns {
  readonly count: number;
  readonly pid: Int32Array;
  readonly ppid: Int32Array;
  readonly pgid: Int32Array;
  readonly sid: Int32Array;
  readonly subreaper: Uint8Array;
}

export const SHAPES = {
  flat: { title: 'Flat: everybody a child of init, one session', make: flat },
  leaders: {
    title: 'Half of them session leaders, each with an orphan of its session at init',
    make: leadersWithOrphans,
  },
  'dead-leaders': { title: 'All session leaders dead', make: deadLeaders },
  chain: { title: 'A deep chain of leaders, each with a child from before its setsid', make: deepChain },
  histories: { title: 'Random histories with subreapers', make: histories },
} as const;
export type ShapeName = keyof typeof SHAPES;

function columns(count: number): ImageColumns {
  return {
    count,
    pid: new Int32Array(count),
    ppid: new Int32Array(count),
    pgid: new Int32Array(count),
    sid: new Int32Array(count),
    subreaper: new Uint8Array(count),
  };
}

/** In the group of its session. */
function put(image: ImageColumns, row: number, pid: number, ppid: number, sid: number): void {
  image.pid[row] = pid;
  image.ppid[row] = ppid;
  image.pgid[row] = sid;
  image.sid[row] = sid;
}

function flat(count: number): ImageColumns {
  const image = columns(count);
  for (let i = 0; i < count; i++) put(image, i, i + 1, i === 0 ? 0 : 1, 1);
  return image;
}

function leadersWithOrphans(count: number): ImageColumns {
  const image = columns(count);
  put(image, 0, 1, 0, 1);
  for (let i = 1; i < count; i++) put(image, i, i + 1, 1, i % 2 === 1 ? i + 1 : i);
  return image;
}

/** Sessions of two members at init; their numbers are those between the pids. */
function deadLeaders(count: number): ImageColumns {
  const image = columns(count);
  put(image, 0, 1, 0, 1);
  for (let i = 1; i < count; i++) {
    const session = Math.floor((i - 1) / 2);
    put(image, i, 4 + 3 * session + ((i - 1) % 2), 1, 3 + 3 * session);
  }
  return image;
}

/** Leader below leader; each has one more child, born before its setsid and so in the session above. */
function deepChain(count: number): ImageColumns {
  const image = columns(count);
  put(image, 0, 1, 0, 1);
  for (let i = 1; i < count; i++) {
    const leader = i % 2 === 1 ? i + 1 : i;
    const above = Math.max(1, leader - 2);
    if (i % 2 === 1) put(image, i, leader, above, leader);
    else put(image, i, i + 1, leader, above);
  }
  return image;
}

function histories(count: number): ImageColumns {
  const { kernel } = randomHistory({ ...WITH_SUBREAPERS, seed: 11, alive: count, churn: 3 });
  const { number, parent, group, session, state, flags, count: rows } = kernel.state.processes;
  const image = columns(count);
  let row = 0;
  for (let at = ROOT; at < rows; at++) {
    if (state[at] === REAPED) continue;
    put(image, row, number[at]!, number[parent[at]!]!, number[session[at]!]!);
    image.pgid[row] = number[group[at]!]!;
    if ((flags[at]! & SUBREAPER) !== 0) image.subreaper[row] = 1;
    row++;
  }
  if (row !== count) throw new Error(`${row} processes were alive at the end, not ${count}.`);
  return image;
}

const ROWS_A_PIECE = 4096;

/** The image as JSON text in UTF-8, with the fields that a dump has of every process. */
export function imageText(image: ImageColumns): Buffer {
  const pieces: Buffer[] = [Buffer.from('{"root":1,"processes":[')];
  for (let from = 0; from < image.count; from += ROWS_A_PIECE) {
    let piece = '';
    for (let i = from; i < Math.min(from + ROWS_A_PIECE, image.count); i++) {
      piece += `${i > 0 ? ',' : ''}{"pid":${image.pid[i]},"ppid":${image.ppid[i]},"pgid":${image.pgid[i]},"sid":${image.sid[i]},"state":"alive","childSubreaper":${image.subreaper[i] === 1}}`;
    }
    pieces.push(Buffer.from(piece));
  }
  pieces.push(Buffer.from(']}'));
  return Buffer.concat(pieces);
}
