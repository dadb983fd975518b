/**
 * Trees to measure with: six shapes at any size, made as columns and written as the contract's JSON text.
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
  /** Where there are nested pid namespaces: the one of each row, 0 for level 0, and its numbers inside. */
  readonly inside: Inside | null;
}

interface Inside {
  readonly namespace: Int32Array;
  readonly pid: Int32Array;
  readonly sid: Int32Array;
  /** Level-0 pid of each namespace's init, that of level 0 first. */
  readonly init: number[];
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
  containers: {
    title: 'Containers of a hundred processes below shims, each a pid namespace',
    make: containers,
  },
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
    inside: null,
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

const CONTAINER = 100;

/** A subreaper shim, the container's init, and then by turns: a leader, an orphan of its session, one exec'ed in. */
function containers(count: number): ImageColumns {
  const inside: Inside = {
    namespace: new Int32Array(count),
    pid: new Int32Array(count),
    sid: new Int32Array(count),
    init: [1],
  };
  const image = { ...columns(count), inside };
  put(image, 0, 1, 0, 1);
  for (let i = 1; i < count; i++) {
    const place = (i - 1) % CONTAINER;
    const shim = i + 1 - place;
    const leads = place < 2 || (place - 2) % 3 !== 1;
    const execed = place >= 2 && (place - 2) % 3 === 2;
    const parent = place === 0 ? 1 : place === 1 || execed ? shim : shim + 1;
    put(image, i, i + 1, parent, leads ? i + 1 : i);
    if (place === 0) {
      image.subreaper[i] = 1;
      continue;
    }
    if (place === 1) inside.init.push(i + 1);
    inside.namespace[i] = inside.init.length - 1;
    inside.pid[i] = place;
    inside.sid[i] = leads ? place : place - 1;
  }
  return image;
}

const ROWS_A_PIECE = 4096;

/** The image as JSON text in UTF-8, with the fields that a dump has of every process. */
export function imageText(image: ImageColumns): Buffer {
  const pieces: Buffer[] = [Buffer.from(`{"root":1,${namespacesText(image.inside)}"processes":[`)];
  for (let from = 0; from < image.count; from += ROWS_A_PIECE) {
    let piece = '';
    for (let i = from; i < Math.min(from + ROWS_A_PIECE, image.count); i++) {
      piece += `${i > 0 ? ',' : ''}{"pid":${image.pid[i]},"ppid":${image.ppid[i]},"pgid":${image.pgid[i]},"sid":${image.sid[i]},"state":"alive","childSubreaper":${image.subreaper[i] === 1}${numbersText(image, i)}}`;
    }
    pieces.push(Buffer.from(piece));
  }
  pieces.push(Buffer.from(']}'));
  return Buffer.concat(pieces);
}

function namespacesText(inside: Inside | null): string {
  if (!inside) return '';
  const namespaces = inside.init.map((init, n) => ({ id: String(n), parent: n === 0 ? null : '0', init }));
  return `"pidNamespaces":${JSON.stringify(namespaces)},`;
}

function numbersText({ inside, pid, sid }: ImageColumns, i: number): string {
  if (!inside) return '';
  const n = inside.namespace[i]!;
  const numbers = (outer: number, inner: number): string => (n === 0 ? `[${outer}]` : `[${outer},${inner}]`);
  const leader = numbers(sid[i]!, inside.sid[i]!);
  return `,"pidns":"${n}","nspid":${numbers(pid[i]!, inside.pid[i]!)},"nspgid":${leader},"nssid":${leader}`;
}
