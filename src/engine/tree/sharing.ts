/**
 * Sharing: which processes of a tree hold the same kernel objects, in canonical form.
 *
 * In: the sharing columns of an upload and the canonical order. Out: one class column a kind. A class is named by the
 * index of its first member, a class that only threads hold by `size` and up: so the columns say the partition and
 * nothing of the numbers in the upload.
 * Invariant: of a zombie only the class of signal handlers is kept (K6): its other objects are gone.
 * Cost: linear in the columns that are there; null where the image says nothing of any of it.
 */
import { type CanonicalOrder, whereSaid } from './canonical-order.ts';
import { NumberTable } from './number-table.ts';
import type { ProcessColumns } from './process-columns.ts';
import { ZOMBIE } from './process-columns.ts';
import { FILES, FS, KINDS, NOT_TOLD, SIGCHLD, SIGHAND, VM } from './sharing-columns.ts';

export interface Sharing {
  /** By kind (`KINDS`): index of the first member of the process's class, NOT_TOLD; null: not told for all. */
  readonly classes: readonly (Int32Array | null)[];
  /** Signal to the parent at exit; null: SIGCHLD for all. */
  readonly exitSignal: Uint8Array | null;
  /** Device number of the controlling terminal, 0 none, NOT_TOLD; null: not told for all. */
  readonly terminal: Int32Array | null;
  /** By place in `threadId`: the class of a thread's own files or fs; NOT_TOLD: its process's. Null: all so. */
  readonly threadFiles: Int32Array | null;
  readonly threadFs: Int32Array | null;
}

/**
 * @param threadPlace for each place in the tree's `threadId` its place in the upload's
 */
export function canonicalSharing(
  columns: ProcessColumns,
  order: CanonicalOrder,
  threadPlace: Int32Array,
): Sharing | null {
  const given = columns.sharing;
  if (given === null) return null;
  const { count } = columns;
  const names = given.classes.map((column, kind) => {
    if (column === null) return null;
    const named = new Int32Array(count).fill(NOT_TOLD);
    const nameOf = new NumberTable(64);
    let told = 0;
    for (let index = 0; index < count; index++) {
      const row = order.row[index]!;
      const number = column[row]!;
      if (number === NOT_TOLD || (columns.state[row] === ZOMBIE && kind !== SIGHAND)) continue;
      told++;
      let name = nameOf.get(number);
      if (name < 0) nameOf.set(number, (name = index));
      named[index] = name;
    }
    return told > 0 ? { named, nameOf } : null;
  });
  const ofThreads = (column: Int32Array | null, kind: number): Int32Array | null => {
    if (column === null) return null;
    const nameOf = names[kind]?.nameOf ?? new NumberTable(16);
    let next = count;
    let told = 0;
    const named = threadPlace.map((place) => {
      const number = place < column.length ? column[place]! : NOT_TOLD;
      if (number === NOT_TOLD) return NOT_TOLD;
      told++;
      let name = nameOf.get(number);
      if (name < 0) nameOf.set(number, (name = next++));
      return name;
    });
    return told > 0 ? named : null;
  };
  const sharing: Sharing = {
    classes: names.map((kind) => kind?.named ?? null),
    exitSignal: whereSaid(given.exitSignal, order, (signal) => signal !== SIGCHLD),
    terminal: whereSaid(given.terminal, order, (device) => device !== NOT_TOLD),
    threadFiles: ofThreads(given.threadFiles, FILES),
    threadFs: ofThreads(given.threadFs, FS),
  };
  return saysNothing(sharing) ? null : sharing;
}

/** Exit signals, and nothing that is shared. */
export function signalsAlone(exitSignal: Uint8Array | null | undefined): Sharing | null {
  if (!exitSignal) return null;
  return { classes: KINDS.map(() => null), exitSignal, terminal: null, threadFiles: null, threadFs: null };
}

function saysNothing({ classes, exitSignal, terminal, threadFiles, threadFs }: Sharing): boolean {
  const columns = [...classes, exitSignal, terminal, threadFiles, threadFs];
  return columns.every((column) => column === null);
}

/**
 * Address spaces, with those that shared signal handlers imply (K1): who shares handlers is in one address space.
 * @param withZombies also of zombies, which had one. Null: nothing is told, and nobody shares handlers.
 */
export function handlersImplySpaces(
  { size, state }: { readonly size: number; readonly state: Uint8Array },
  { classes }: Sharing,
  withZombies: boolean,
): Int32Array | null {
  const spaces = classes[VM]!;
  const handlers = classes[SIGHAND]!;
  if (handlers === null) return spaces;
  const members = classSizes(handlers);
  const told = new Int32Array(size).fill(NOT_TOLD);
  for (let i = 0; i < size; i++) {
    const space = spaces?.[i] ?? NOT_TOLD;
    if (handlers[i] !== NOT_TOLD && space !== NOT_TOLD && told[handlers[i]!] === NOT_TOLD)
      told[handlers[i]!] = space;
  }
  // A zombie may come first in its class: then the class of the space begins with it.
  const result = spaces ? spaces.slice() : new Int32Array(size).fill(NOT_TOLD);
  const firstOf = new Map<number, number>();
  let any = spaces !== null;
  for (let i = 0; i < size; i++) {
    const name = handlers[i]!;
    if (
      name !== NOT_TOLD &&
      members[name]! > 1 &&
      result[i] === NOT_TOLD &&
      (withZombies || state[i] !== ZOMBIE)
    ) {
      if (told[name] === NOT_TOLD) told[name] = i;
      result[i] = told[name]!;
      any = true;
    }
    if (result[i] === NOT_TOLD) continue;
    const first = firstOf.get(result[i]!);
    if (first === undefined) firstOf.set(result[i]!, i);
    result[i] = first ?? i;
  }
  return any ? result : null;
}

/** By the name of a class: how many processes are in it. */
export function classSizes(names: Int32Array): Int32Array {
  const members = new Int32Array(names.length);
  for (const name of names) if (name !== NOT_TOLD) members[name]!++;
  return members;
}

/** Kinds of which at least one class has two members. */
export function sharedKinds(sharing: Sharing | null): number[] {
  const shared: number[] = [];
  for (let kind = 0; sharing !== null && kind < KINDS.length; kind++) {
    const column = sharing.classes[kind];
    if (column?.some((name, index) => name !== NOT_TOLD && name !== index)) shared.push(kind);
  }
  return shared;
}
