/**
 * Owners of sessions and groups with the namespace they live or lived in (namespaces.md, sections 2 and 6).
 *
 * In: a tree with nested namespaces. Out: sessions and groups, each with its namespace and its numbers on all levels.
 * A dead leader's namespace is read off its members: a session number is visible down to the leader's namespace (N3);
 * a group number down to the deepest namespace that owner and member share, so the deepest member decides (N5).
 * Invariant: `outside` is session 0. Cost: O(numbers). Kernel rules: F17, F26, G21, G23.
 */

import type {
  ColumnOf,
  GroupIndex,
  NamespaceIndex,
  NestedSessionIndex,
  ProcessIndex,
} from '../../tree/index-kinds.ts';
import { NumberTable } from '../../tree/number-table.ts';
import { ownersByNumber } from '../../tree/owners-by-number.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { type NamespaceRelations, OUTER } from './namespace-relations.ts';

export const NOBODY = -1;

/** `K`: sessions, or groups. */
export interface Owners<K extends number = number> {
  readonly count: number;
  /** Number on level 0. */
  readonly number: Int32Array;
  /** Process that leads or owns it; NOBODY: dead, or outside. */
  readonly process: ColumnOf<ProcessIndex>;
  /** Namespace of the owner, OUTER where it is outside. */
  readonly namespace: ColumnOf<NamespaceIndex>;
  /** A process whose vector shows all numbers of the owner, and the process itself where it is present. */
  readonly witness: ColumnOf<ProcessIndex>;
  /** Session or group of a process. */
  readonly of: ColumnOf<K>;
}

/** Sessions; session 0 is the one from outside, in use or not. */
export function sessionOwners(tree: ProcessTree, relations: NamespaceRelations): Owners<NestedSessionIndex> {
  return ownersOf(tree, relations, tree.sid, tree.levels!.sid);
}

/** Groups; group 0 is the one from outside. A dead owner whose number is a session too lived where that session's leader did. */
export function groupOwners(
  tree: ProcessTree,
  relations: NamespaceRelations,
  sessions: Owners<NestedSessionIndex>,
): Owners<GroupIndex> {
  const groups = ownersOf(tree, relations, tree.pgid, tree.levels!.pgid);
  const dead = new NumberTable(64);
  for (let s = 1; s < sessions.count; s++)
    if (sessions.process[s] === NOBODY) dead.set(sessions.number[s]!, s);
  for (let g = 1; g < groups.count; g++) {
    if (groups.process[g] !== NOBODY) continue;
    const s = dead.get(groups.number[g]!);
    if (s >= 0) groups.namespace[g] = sessions.namespace[s]!;
  }
  return groups;
}

function ownersOf(
  tree: ProcessTree,
  relations: NamespaceRelations,
  numbers: Int32Array,
  vectors: Int32Array,
): Owners {
  const { size, namespace } = tree;
  const { offset } = tree.levels!;
  const { of, number, process } = ownersByNumber(tree, numbers);
  const count = number.length;
  const home = new Int32Array(count).fill(OUTER);
  for (let k = 1; k < count; k++) if (process[k] !== NOBODY) home[k] = namespace[process[k]!]!;
  const witness = process.slice();
  for (let i = 0; i < size; i++) {
    const k = of[i]!;
    if (k === 0 || process[k] !== NOBODY) continue;
    let visible = 0;
    for (let at = offset[i]!; at < offset[i + 1]! && vectors[at] !== 0; at++) visible++;
    const seen = relations.ancestorAt(namespace[i]!, visible - 1);
    if (home[k] !== OUTER && relations.level[seen]! <= relations.level[home[k]!]!) continue;
    home[k] = seen;
    witness[k] = i;
  }
  return { count, number, process, namespace: home, witness, of };
}

/** 1: a process whose own group somebody else is in. */
export function ownersWithOthers({ process, of }: Owners<GroupIndex>): Uint8Array {
  const owns = new Uint8Array(of.length);
  for (let q = 0; q < of.length; q++) {
    const owner = process[of[q]!]!;
    if (owner >= 0 && owner !== q) owns[owner] = 1;
  }
  return owns;
}

/** Numbers of a dead owner on levels 1 and deeper, by the vectors of sessions or groups that its members show. */
export function innerNumbersOf<K extends number>(
  tree: ProcessTree,
  relations: NamespaceRelations,
  owners: Owners<K>,
  k: K,
  shown: Int32Array,
): Int32Array {
  const from = tree.levels!.offset[owners.witness[k]!]! + 1;
  return shown.subarray(from, from + relations.level[owners.namespace[k]!]!);
}
