/**
 * An oracle for shared objects that has nothing in common with the search: it does every call that the kernel allows, to
 * a few single-threaded processes, and so enumerates which images there are.
 *
 * An image has of each process its parent, its session (0 outside, k > 0 with k ≤ n led by process k − 1, larger ones
 * by somebody dead), and an object a kind; parents come before children. Equal but for numbers is equal.
 * Calls: clone with every set of flags, also with CLONE_PARENT; setsid; unshare; execve; exit, any living ancestor
 * being the one who adopts, and the wait after it. The root never exits and is nobody's sibling.
 */

import type { Kind } from '../../../src/engine/tree/sharing-columns.ts';
import { coloursOf, orders } from '../canonical-orders.ts';
import { validTrees } from '../planner/kernel-model.ts';

export interface ModelImage {
  readonly parent: readonly number[];
  readonly session: readonly number[];
  /** By place in the model's kinds, then by process: equal numbers are one object. */
  readonly objects: readonly (readonly number[])[];
  /** Signal to the parent at exit; left out: nobody asks. */
  readonly signal?: readonly number[];
}

export interface Model {
  readonly kinds: readonly Kind[];
  readonly sessions: boolean;
  readonly exec: boolean;
  /** Exit signals that children are born with. Left out: nobody asks. */
  readonly signals?: readonly number[];
}

const SIGCHLD = 17;

const LEFT_BY_UNSHARE: readonly Kind[] = ['files', 'fs', 'sysvsem'];
const LEFT_BY_EXEC: readonly Kind[] = ['vm', 'sighand', 'files'];

/** Codes of all images that calls lead to, never with more than `most` processes at a time. */
export function reachableImages(model: Model, most: number): Set<string> {
  const start: ModelImage = {
    ...{ parent: [-1], session: [0], objects: model.kinds.map(() => [0]) },
    ...(model.signals ? { signal: [SIGCHLD] } : {}),
  };
  const known = new Set<string>([codeOf(start)]);
  const open = [start];
  for (let image = open.pop(); image; image = open.pop()) {
    for (const next of successors(model, image, most)) {
      const code = codeOf(next);
      if (known.has(code)) continue;
      known.add(code);
      open.push(next);
    }
  }
  return known;
}

/** Without sessions everybody is in the one outside. */
export function treesOf(n: number, sessions: boolean): Pick<ModelImage, 'parent' | 'session'>[] {
  const trees = new Map<string, Pick<ModelImage, 'parent' | 'session'>>();
  for (const tree of validTrees(n).values()) {
    const { parent } = tree;
    const session = sessions ? tree.session : parent.map(() => 0);
    trees.set(codeOf({ parent, session, objects: [] }), { parent, session });
  }
  return [...trees.values()];
}

/** Every way to give the processes of a tree objects, K1 kept; once each, by code. */
export function* partitions(
  model: Model,
  tree: { readonly parent: readonly number[]; readonly session: readonly number[] },
): Generator<[string, ModelImage]> {
  const codes = new Set<string>();
  const space = model.kinds.indexOf('vm');
  const handlers = model.kinds.indexOf('sighand');
  const extend = function* (objects: readonly (readonly number[])[]): Generator<[string, ModelImage]> {
    if (objects.length < model.kinds.length) {
      for (const column of columns(tree.parent.length)) yield* extend([...objects, column]);
      return;
    }
    if (handlers >= 0 && space >= 0) {
      const [h, v] = [objects[handlers]!, objects[space]!];
      if (h.some((c, p) => h.some((d, q) => c === d && v[p] !== v[q]))) return;
    }
    const image = { ...tree, objects };
    const code = codeOf(image);
    if (codes.has(code)) return;
    codes.add(code);
    yield [code, image];
  };
  yield* extend([]);
}

/** Partitions of n, as numbers that grow by one at most. */
function* columns(n: number, given: readonly number[] = []): Generator<readonly number[]> {
  if (given.length === n) {
    yield given;
    return;
  }
  const next = given.length === 0 ? 0 : Math.max(...given) + 1;
  for (let c = 0; c <= next; c++) yield* columns(n, [...given, c]);
}

function* successors(model: Model, image: ModelImage, most: number): Generator<ModelImage> {
  const { parent, session, objects } = image;
  const n = parent.length;
  for (let p = 0; p < n; p++) {
    if (n < most) {
      for (let shared = 0; shared < 1 << model.kinds.length; shared++) {
        if (!goTogether(model, shared)) continue;
        for (const signal of model.signals ?? [SIGCHLD]) yield withChild(image, p, p, shared, signal);
        if (p > 0) yield withChild(image, p, parent[p]!, shared, image.signal?.[p]);
      }
    }
    if (model.sessions && session[p] !== p + 1)
      yield { ...image, session: session.map((s, i) => (i === p ? p + 1 : s)) };
    for (const [k, kind] of model.kinds.entries())
      if (LEFT_BY_UNSHARE.includes(kind)) yield { ...image, objects: renewed(objects, p, (at) => at === k) };
    if (model.exec)
      yield {
        ...image,
        objects: renewed(objects, p, (k) => LEFT_BY_EXEC.includes(model.kinds[k]!)),
        ...(image.signal ? { signal: image.signal.map((s, i) => (i === p ? SIGCHLD : s)) } : {}),
      };
    for (let adopter = p === 0 ? -1 : parent[p]!; adopter >= 0; adopter = parent[adopter]!)
      yield without(image, p, adopter);
  }
}

/** Handlers need the address space (I5). */
function goTogether({ kinds }: Model, shared: number): boolean {
  const has = (kind: Kind): boolean => kinds.includes(kind) && (shared & (1 << kinds.indexOf(kind))) !== 0;
  return !kinds.includes('vm') || !has('sighand') || has('vm');
}

function renewed(
  objects: readonly (readonly number[])[],
  p: number,
  leaves: (kind: number) => boolean,
): readonly (readonly number[])[] {
  return objects.map((column, k) =>
    leaves(k) ? column.map((object, i) => (i === p ? Math.max(...column) + 1 : object)) : column,
  );
}

function withChild(
  image: ModelImage,
  creator: number,
  father: number,
  shared: number,
  born = SIGCHLD,
): ModelImage {
  const { parent, session, objects, signal } = image;
  const n = parent.length;
  // Dead sessions have numbers above n; make room for process n.
  const sessions = session.map((s) => (s > n ? s + 1 : s));
  return {
    parent: [...parent, father],
    session: [...sessions, sessions[creator]!],
    objects: objects.map((column, k) => [
      ...column,
      (shared & (1 << k)) !== 0 ? column[creator]! : Math.max(...column) + 1,
    ]),
    ...(signal ? { signal: [...signal, born] } : {}),
  };
}

/** p is dead and reaped, its children adopted. A session that it led goes on without it. */
function without({ parent, session, objects, signal }: ModelImage, p: number, adopter: number): ModelImage {
  const n = parent.length;
  const order = [...parent.keys()].filter((i) => i !== p);
  const orphaned = Math.max(n, ...session) + 1;
  const renumbered = (s: number): number => {
    if (s === p + 1) return orphaned;
    return s > p + 1 ? s - 1 : s;
  };
  return sorted({
    parent: order.map((i) => {
      const father = parent[i] === p ? adopter : parent[i]!;
      return father > p ? father - 1 : father;
    }),
    session: order.map((i) => renumbered(session[i]!)),
    objects: objects.map((column) => order.map((i) => column[i]!)),
    ...(signal ? { signal: order.map((i) => (parent[i] === p ? SIGCHLD : signal[i]!)) } : {}),
  });
}

/** Parents before children. */
function sorted(image: ModelImage): ModelImage {
  if (image.parent.every((father, i) => father < i)) return image;
  const depth = image.parent.map((_, i) => {
    let d = 0;
    for (let at = i; at > 0; at = image.parent[at]!) d++;
    return d;
  });
  const order = [...depth.keys()].sort((a, b) => depth[a]! - depth[b]! || a - b);
  return inOrder(image, order);
}

function inOrder({ parent, session, objects, signal }: ModelImage, order: readonly number[]): ModelImage {
  const n = parent.length;
  const place = new Map(order.map((i, at) => [i, at]));
  return {
    parent: order.map((i) => (parent[i]! < 0 ? -1 : place.get(parent[i]!)!)),
    session: order.map((i) =>
      session[i]! > 0 && session[i]! <= n ? place.get(session[i]! - 1)! + 1 : session[i]!,
    ),
    objects: objects.map((column) => order.map((i) => column[i]!)),
    ...(signal ? { signal: order.map((i) => signal[i]!) } : {}),
  };
}

/** The least text of all breadth-first orders in which siblings stand by what tells them apart. */
export function codeOf(image: ModelImage): string {
  const n = image.parent.length;
  const signals = image.signal ? [image.signal] : [];
  const colour = coloursOf(image.parent, image.session, [...image.objects, ...signals]);
  let least = '';
  for (const order of orders(image.parent, colour)) {
    const { parent, session, objects, signal } = inOrder(image, order);
    const sessions = named(
      session.map((s) => (s > n ? s : -s)),
      n,
    );
    const columns = objects.map((column) => named(column, 0));
    const text = [parent, sessions, ...columns, ...(signal ? [signal] : [])].join(';');
    if (least === '' || text < least) least = text;
  }
  return least;
}

/** Numbers above `kept` anew, by first appearance; what is not above 0 stands for itself where some are kept. */
function named(column: readonly number[], kept: number): string {
  const names = new Map<number, number>();
  return column
    .map((value) => {
      if (kept > 0 && value <= 0) return value;
      if (!names.has(value)) names.set(value, kept + 1 + names.size);
      return names.get(value)!;
    })
    .join(',');
}
