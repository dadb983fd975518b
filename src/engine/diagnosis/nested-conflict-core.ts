/**
 * Conflict core with nested pid namespaces (namespaces.md, section 12 and theorem N2).
 *
 * In: an unreachable tree. Out: the smallest part of it, found by deleting processes, that is still unreachable.
 * A deleted process's children move to its parent if that lives in the same namespace, else to the namespace's init;
 * an init is deleted with its whole namespace. Both keep a reachable tree reachable.
 * Cost: about core size × log n plans of ever smaller trees; beyond the work limit the part is given as not minimal.
 */

import { DEFAULT_OPTIONS } from '../plan/plan-options.ts';
import { planTree } from '../planner/plan-tree.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { treePart } from '../tree/tree-part.ts';
import type { Conflict, Fact } from './conflict.ts';

/** Processes planned, over all decisions of one search. */
const WORK = 400_000;

export interface NestedConflict {
  readonly conflict: Conflict;
  /** Who is where, and what that comes to, a line each. */
  readonly derivation: readonly string[];
}

/** @param told why the whole tree was refused; the part's own reason goes before it */
export function nestedConflict(tree: ProcessTree, told: string): NestedConflict {
  const { kept, minimal } = shrink(tree);
  const text = reasonFor(tree, kept) ?? told;
  const facts: Fact[] = [];
  for (const i of kept) {
    const pid = tree.pid[i]!;
    const parent = tree.parent[i]!;
    facts.push({ pid, field: 'sid', value: tree.sid[i]! });
    if (tree.pgid[i] !== tree.sid[i]) facts.push({ pid, field: 'pgid', value: tree.pgid[i]! });
    if (i > 0) facts.push({ pid, field: 'ppid', value: parent === OUTSIDE ? 0 : tree.pid[parent]! });
    facts.push({ pid, field: 'pidns', value: tree.namespaces[tree.namespace[i]!]!.id });
  }
  const conflict = { rule: 'ORIGIN', pids: kept.map((i) => tree.pid[i]!), facts, text, minimal };
  return { conflict, derivation: [...kept.map((i) => placeOf(tree, i)), text] };
}

/** Why the part is refused; null where its own derivation is another kind of text. */
function reasonFor(tree: ProcessTree, kept: readonly number[]): string | null {
  const part = treePart(tree, kept);
  const draft = part && planTree(part, DEFAULT_OPTIONS, () => {});
  if (draft?.kind === 'rules') return draft.broken[0]!.text;
  return draft?.kind === 'unreachable' ? (draft.text ?? null) : null;
}

function placeOf(tree: ProcessTree, i: number): string {
  const pid = tree.pid[i]!;
  const sid = tree.sid[i]!;
  const n = tree.namespace[i]!;
  const { id, init } = tree.namespaces[n]!;
  const place = `${init === i ? 'is the init of' : 'lives in'} pid namespace "${id}"`;
  const parent = tree.parent[i]!;
  const below = parent === OUTSIDE ? 'its parent is outside the image' : `its parent is ${tree.pid[parent]}`;
  return `${pid} ${place}, ${below}, and it ${sessionOf(tree, pid, sid)}.`;
}

function sessionOf(tree: ProcessTree, pid: number, sid: number): string {
  if (sid === 0) return 'is in a session from outside';
  if (sid === pid) return 'leads its session';
  return `is in session ${sid}${tree.indexOf(sid) < 0 ? ', whose leader is gone' : ''}`;
}

function shrink(tree: ProcessTree): { kept: number[]; minimal: boolean } {
  let kept = Array.from({ length: tree.size }, (_, i) => i);
  let work = WORK;
  let run = kept.length >> 1 || 1;
  while (work > 0) {
    const before = kept.length;
    for (let from = kept.length - run; from > -run && work > 0; from -= run) {
      const first = Math.max(1, from);
      const smaller = withoutOrphanedNamespaces(
        tree,
        kept.filter((_, i) => i < first || i >= from + run),
      );
      if (smaller.length === kept.length) continue;
      work -= smaller.length;
      if (isUnreachable(tree, smaller)) kept = smaller;
    }
    if (run === 1 && kept.length === before) break;
    run = Math.min(run > 1 ? run >> 1 : 1, kept.length >> 1) || 1;
  }
  return { kept, minimal: work > 0 };
}

/** Drops whoever lives in a namespace whose init, or the init of one around it, is gone. */
function withoutOrphanedNamespaces(tree: ProcessTree, kept: readonly number[]): number[] {
  const inside = new Set(kept);
  const gone = tree.namespaces.map((n) => n.init !== OUTSIDE && !inside.has(n.init));
  for (const [n, namespace] of tree.namespaces.entries()) {
    if (n > 0 && gone[namespace.parent]) gone[n] = true;
  }
  return kept.filter((i) => !gone[tree.namespace[i]!]);
}

function isUnreachable(tree: ProcessTree, kept: readonly number[]): boolean {
  const part = treePart(tree, kept);
  if (!part) return false;
  const { kind } = planTree(part, DEFAULT_OPTIONS, () => {});
  return kind === 'unreachable' || kind === 'rules';
}
