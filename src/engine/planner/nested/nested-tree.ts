/**
 * Nested tree: what every step of the planner for nested namespaces reads (namespaces.md, sections 3.1 and 6).
 *
 * In: a process tree with several pid namespaces. Out: relations, owners, and for each process its μ (the namespace
 * that its parent lives in) and its top (the nearest boundary process at or above it within its namespace).
 * Invariant: μ of a process never changes in its life (namespaces.md, lemma A). Cost: O(n).
 */

import type {
  ColumnOf,
  ElementIndex,
  GroupIndex,
  NamespaceIndex,
  NestedSessionIndex,
  ProcessIndex,
} from '../../tree/index-kinds.ts';
import { OUTSIDE, type ProcessTree } from '../../tree/process-tree.ts';
import { NamespaceRelations, OUTER } from './namespace-relations.ts';
import { groupOwners, NOBODY, type Owners, sessionOwners } from './owners.ts';

export interface NestedTree {
  readonly tree: ProcessTree;
  readonly relations: NamespaceRelations;
  readonly sessions: Owners<NestedSessionIndex>;
  readonly groups: Owners<GroupIndex>;
  /** Parent, −1 for the root. Whatever else hangs from outside hangs from an init beside the root: from the root, here. */
  readonly parent: ColumnOf<ProcessIndex>;
  /** Namespace of the parent, OUTER for the root. */
  readonly mu: ColumnOf<NamespaceIndex>;
  /** 1: its parent lives in another namespace. The root counts as one. */
  readonly boundary: Uint8Array;
  readonly top: ColumnOf<ProcessIndex>;
  /** Number of the group that the root starts in, 0 where it has none: it is there before step 0. */
  readonly outsideGroup: number;
}

export function nestedTree(tree: ProcessTree, outsideGroup = 0): NestedTree {
  const relations = new NamespaceRelations(tree.namespaces);
  const sessions = sessionOwners(tree, relations);
  const groups = groupOwners(tree, relations, sessions);
  const { size, namespace } = tree;
  const parent = tree.parent.slice();
  const mu = new Int32Array(size).fill(OUTER);
  const boundary = new Uint8Array(size);
  const top = new Int32Array(size);
  boundary[0] = 1;
  for (let i = 1; i < size; i++) {
    if (parent[i] === OUTSIDE) parent[i] = 0;
    mu[i] = namespace[parent[i]!]!;
    boundary[i] = mu[i] === namespace[i] ? 0 : 1;
    top[i] = boundary[i] ? i : top[parent[i]!]!;
  }
  return { tree, relations, sessions, groups, parent, mu, boundary, top, outsideGroup };
}

/** Does process i lead its session? */
export function leadsSession({ sessions }: NestedTree, i: ProcessIndex): boolean {
  return sessions.process[sessions.of[i]!] === i;
}

/** Is process i the init of its namespace, or the root, which stands for one? */
export function isInit({ tree, relations }: NestedTree, i: ProcessIndex): boolean {
  return i === 0 || relations.init[tree.namespace[i]!] === i;
}

/** The element that leads session s; the root for the one from outside. */
export function leadingElement({ tree, sessions }: NestedTree, s: NestedSessionIndex): ElementIndex {
  if (s === 0) return 0;
  const l = sessions.process[s]!;
  return l >= 0 ? l : tree.size + s;
}

/** Where a process or a dead leader lives or lived. */
export function homeOf({ tree, sessions }: NestedTree, e: ElementIndex): NamespaceIndex {
  return e < tree.size ? tree.namespace[e]! : sessions.namespace[e - tree.size]!;
}

/** Is session s led by somebody who is gone? */
export function isDeadSession({ sessions }: NestedTree, s: NestedSessionIndex): boolean {
  return s !== 0 && sessions.process[s] === NOBODY;
}
