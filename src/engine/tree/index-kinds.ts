/**
 * What an index counts. Processes of a tree, elements of its tree of births, sessions, groups and namespaces are all
 * numbers from 0 on; where two kinds meet in one function these types keep them apart.
 *
 * A plain number, as a loop counts or a column of unknown contents holds, may become any kind; a number of one kind may
 * not become another: it can be neither passed, nor returned, nor kept as one. At run time there are numbers only.
 * What is not checked: which kind a column is read with, since an index signature takes every number.
 */

declare const kind: unique symbol;
type IndexOf<K> = number & { readonly [kind]?: K };

export type ProcessIndex = IndexOf<'process'>;
/** A process, a dead leader, a tool or a carrier in a tree of births; every process is an element. */
export type ElementIndex = IndexOf<'process' | 'element'>;

/** Processes are the first elements, as many as the tree has. */
export function isProcess(element: ElementIndex, size: number): element is ProcessIndex {
  return element < size;
}

/** A session of an origin problem, and the region of the tree of births that is born in it. */
export type SessionIndex = IndexOf<'session'>;
/** A session of a nested tree, which counts them in an order of its own. */
export type NestedSessionIndex = IndexOf<'nested session'>;
export type GroupIndex = IndexOf<'group'>;
export type NamespaceIndex = IndexOf<'namespace'>;

/** A column whose entries are of one kind. */
export type ColumnOf<V extends number> = Int32Array & { readonly [i: number]: V };
