/**
 * Shared objects, exit signals and terminals of the rebuilt tree against those of the image.
 *
 * Partitions are compared, never numbers: two processes hold one object in the kernel exactly if they are of one class
 * in the image; who has no class is private. A difference names, of the image and of the kernel, the first process
 * that shares. An undo list or I/O context that is not there is nobody else's.
 * In: the tree beside the kernel (rebuilt.ts). Out: differences, into its list. Cost: O(processes · kinds) where anything
 * is shared.
 */
import { ZOMBIE } from '../tree/process-columns.ts';
import { int32s } from '../tree/scratch.ts';
import { handlersImplySpaces } from '../tree/sharing.ts';
import { KINDS, NOT_TOLD, SIGCHLD, SIGHAND, VM } from '../tree/sharing-columns.ts';
import type { Rebuilt } from './rebuilt.ts';

export function compareSharing(rebuilt: Rebuilt): void {
  const firstHolder = int32s((rebuilt.state.sharing?.made ?? 0) + 1);
  for (let kind = 0; kind < KINDS.length; kind++) compareKind(rebuilt, kind, firstHolder);
  compareTerminals(rebuilt);
}

/** A signal that is not in the image is SIGCHLD. Of a zombie it is what it was. */
export function compareExitSignals({ tree, state, rows, found }: Rebuilt): void {
  const wanted = tree.sharing?.exitSignal;
  for (let i = 0; i < tree.size; i++) {
    const expected = wanted?.[i] ?? SIGCHLD;
    const actual = state.processes.exitSignal[rows[i]!]!;
    if (rows[i] !== 0 && actual !== expected) found.field(tree.pid[i]!, 'exitSignal', expected, actual);
  }
}

function compareKind({ tree, state, rows, found }: Rebuilt, kind: number, firstHolder: Int32Array): void {
  const { sharing } = state;
  const given = tree.sharing;
  const names = given && (kind === VM ? handlersImplySpaces(tree, given, false) : given.classes[kind]!);
  if (sharing === null && names === null) return;
  for (let i = 0; i < tree.size; i++) {
    if (rows[i] === 0 || (tree.state[i] === ZOMBIE && (kind !== SIGHAND || names === null))) continue;
    const object = sharing === null ? 0 : sharing.held(rows[i]!, kind);
    // Objects of two kinds have different numbers.
    let first = object === 0 ? i : firstHolder[object]! - 1;
    if (first < 0) firstHolder[object] = (first = i) + 1;
    const name = names?.[i] ?? NOT_TOLD;
    // Of a zombie whose handlers are not told, nothing is known.
    if (tree.state[i] === ZOMBIE && name === NOT_TOLD) continue;
    const expected = name === NOT_TOLD ? i : name;
    if (first !== expected) found.field(tree.pid[i]!, KINDS[kind]!, tree.pid[expected]!, tree.pid[first]!);
  }
}

function compareTerminals({ tree, state, rows, found }: Rebuilt): void {
  const terminals = tree.sharing?.terminal;
  if (!terminals) return;
  for (let i = 0; i < tree.size; i++) {
    if (rows[i] === 0 || terminals[i] === NOT_TOLD || tree.state[i] === ZOMBIE) continue;
    const actual = state.sharing?.terminal[rows[i]!] ?? 0;
    if (actual !== terminals[i]) found.field(tree.pid[i]!, 'ttyNr', terminals[i]!, actual);
  }
}
