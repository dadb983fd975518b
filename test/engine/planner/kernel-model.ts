/**
 * An oracle for sessions that shares nothing with the planner: it does every call that the kernel allows, to small
 * trees of processes, and so enumerates which trees there are.
 *
 * A tree is a list of processes in which parents come before children: parent and session of each. Session 0 is
 * outside; session k > 0 with k ≤ n is led by process k − 1; larger numbers are sessions whose leader is dead. Numbers
 * say nothing else, so a tree stands for all trees of its shape, by a canonical code.
 * Calls: clone with and without CLONE_PARENT, setsid, exit with any living ancestor as the one who adopts (its
 * subreaper flag on, the others off), with the wait after it. The root is the init: it never exits and is no sibling.
 */

import { coloursOf, orders } from '../canonical-orders.ts';

export interface ModelTree {
  readonly parent: readonly number[];
  readonly session: readonly number[];
}

/** Codes of all trees of at most `most` processes that calls lead to, never with more than `most` at a time. */
export function reachableCodes(most: number): Set<string> {
  const start: ModelTree = { parent: [-1], session: [0] };
  const known = new Set<string>([codeOf(start)]);
  const open = [start];
  for (let tree = open.pop(); tree; tree = open.pop()) {
    for (const next of successors(tree, most)) {
      const code = codeOf(next);
      if (known.has(code)) continue;
      known.add(code);
      open.push(next);
    }
  }
  return known;
}

function* successors(tree: ModelTree, most: number): Generator<ModelTree> {
  const { parent, session } = tree;
  const n = parent.length;
  for (let p = 0; p < n; p++) {
    if (n < most) {
      yield withChild(tree, p, p);
      if (p > 0) yield withChild(tree, p, parent[p]!);
    }
    if (session[p] !== p + 1) {
      yield { parent, session: session.map((s, i) => (i === p ? p + 1 : s)) };
    }
    for (let adopter = p === 0 ? -1 : parent[p]!; adopter >= 0; adopter = parent[adopter]!) {
      yield without(tree, p, adopter);
    }
  }
}

function withChild({ parent, session }: ModelTree, creator: number, father: number): ModelTree {
  const n = parent.length;
  // Dead sessions have numbers above n; make room for process n.
  const sessions = session.map((s) => (s > n ? s + 1 : s));
  return { parent: [...parent, father], session: [...sessions, sessions[creator]!] };
}

/** The tree after p has died, its children being adopted. A session that it led goes on without it. */
function without({ parent, session }: ModelTree, p: number, adopter: number): ModelTree {
  const n = parent.length;
  const order = [...parent.keys()].filter((i) => i !== p);
  const father = order.map((i) => (parent[i] === p ? adopter : parent[i]!));
  const orphaned = Math.max(n, ...session) + 1;
  const renumbered = (s: number): number => {
    if (s === p + 1) return orphaned;
    if (s > n) return s - 1;
    return s > p + 1 ? s - 1 : s;
  };
  return {
    parent: father.map((f) => (f > p ? f - 1 : f)),
    session: order.map((i) => renumbered(session[i]!)),
  };
}

/** Equal for trees that differ only in numbers: the least of the texts of all orders worth trying. */
export function codeOf({ parent, session }: ModelTree): string {
  const n = parent.length;
  let least = '';
  for (const order of orders(parent, coloursOf(parent, session))) {
    const text = textOf(order, parent, session, n);
    if (least === '' || text < least) least = text;
  }
  return least;
}

function textOf(
  order: readonly number[],
  parent: readonly number[],
  session: readonly number[],
  n: number,
): string {
  const position: number[] = [];
  for (const [i, v] of order.entries()) position[v] = i;
  const dead: number[] = [];
  let text = '';
  for (const v of order) {
    const s = session[v]!;
    let name: string;
    if (s === 0) name = 'o';
    else if (s <= n) name = String(position[s - 1]!);
    else {
      if (!dead.includes(s)) dead.push(s);
      name = `d${dead.indexOf(s)}`;
    }
    text += `${v === 0 ? '' : position[parent[v]!]}:${name} `;
  }
  return text;
}

/** Every tree of n processes in which sessions that name a process name one that leads, one of each shape. */
export function validTrees(n: number): Map<string, ModelTree> {
  const found = new Map<string, ModelTree>();
  for (const parent of parentLists(n)) {
    for (const session of sessionLists(n)) {
      const tree = { parent, session };
      const code = codeOf(tree);
      if (!found.has(code)) found.set(code, tree);
    }
  }
  return found;
}

function* parentLists(n: number): Generator<number[]> {
  if (n === 1) {
    yield [-1];
    return;
  }
  for (const parent of parentLists(n - 1)) for (let p = 0; p < n - 1; p++) yield [...parent, p];
}

function* sessionLists(n: number): Generator<number[]> {
  const choices = 2 * n;
  for (let code = 0; code < choices ** n; code++) {
    const session = Array.from({ length: n }, (_, i) => Math.floor(code / choices ** i) % choices);
    const rootFits = session[0] === 0 || session[0] === 1;
    const leadersLead = session.every((s) => s === 0 || s > n || session[s - 1] === s);
    const deadInOrder = session.every(
      (s, i) => s <= n + 1 || (session.indexOf(s - 1) >= 0 && session.indexOf(s - 1) < i),
    );
    if (rootFits && leadersLead && deadInOrder) yield session;
  }
}
