/**
 * Small trees beside whose root, which is no init, processes were put in from outside: an enumeration of all calls, which shares
 * nothing with the planner, says which there are. What calls lead to is planned, and what is refused they do not lead to.
 *
 * Sessions: ROOTS came with the root, RESTORERS with whoever was put in; others are named after their leader. Any living ancestor
 * may adopt, or the init outside.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../full-size.ts';
import { planImage } from '../../histories/proven-plan.ts';

const OUTSIDE = -1;
const ROOTS = -1;
const RESTORERS = -2;

interface Living {
  readonly name: number;
  readonly parent: number;
  readonly session: number;
}

let names = 1;

function* successors(tree: readonly Living[], most: number): Generator<Living[]> {
  if (tree.length < most) {
    yield [...tree, { name: names++, parent: OUTSIDE, session: RESTORERS }];
    for (const { name, parent, session } of tree) {
      yield [...tree, { name: names++, parent: name, session }];
      yield [...tree, { name: names++, parent, session }];
    }
  }
  for (const one of tree) {
    if (!tree.some(({ session }) => session === one.name))
      yield tree.map((other) => (other === one ? { ...one, session: one.name } : other));
    if (one === tree[0]) continue;
    const adopters = [OUTSIDE];
    for (let a = one.parent; a !== OUTSIDE; a = tree.find(({ name }) => name === a)!.parent) adopters.push(a);
    for (const adopter of adopters)
      yield tree
        .filter((other) => other !== one)
        .map((other) => (other.parent === one.name ? { ...other, parent: adopter } : other));
  }
}

function* ordersOf<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [i, item] of items.entries())
    for (const rest of ordersOf(items.filter((_, j) => j !== i))) yield [item, ...rest];
}

/** Equal for trees that differ only in names. */
function codeOf([root, ...others]: readonly Living[]): string {
  const codes = [...ordersOf(others)].map((order) => {
    const places = new Map([root!, ...order].map(({ name }, i) => [name, i]));
    const gone: number[] = [];
    return [root!, ...order].map(({ parent, session }) => {
      if (session >= 0 && !places.has(session) && !gone.includes(session)) gone.push(session);
      return `${places.get(parent) ?? 'o'}:${session < 0 ? session : (places.get(session) ?? `d${gone.indexOf(session)}`)}`;
    });
  });
  return codes.map((code) => code.join(' ')).sort()[0]!;
}

function reachable(size: number, most: number): Map<string, readonly Living[]> {
  const start = [{ name: 0, parent: OUTSIDE, session: ROOTS }];
  const known = new Map<string, readonly Living[]>([[codeOf(start), start]]);
  // What is put into a map while it is walked is walked too.
  for (const tree of known.values())
    for (const next of successors(tree, most)) {
      const code = codeOf(next);
      if (!known.has(code)) known.set(code, next);
    }
  return new Map([...known].filter(([, tree]) => tree.length <= size));
}

/** A session of each kind for each process, and a parent before it; the root is in the session that it came with. */
function* allTrees(size: number, begun: readonly Living[] = []): Generator<readonly Living[]> {
  const name = begun.length;
  if (name === size) return yield begun;
  const sessions = name === 0 ? [ROOTS] : [ROOTS, RESTORERS, 1000, 1001, ...Array(size).keys()];
  const parents = name === 0 ? [OUTSIDE] : [OUTSIDE, ...Array(name).keys()];
  for (const session of sessions)
    for (const parent of parents) yield* allTrees(size, [...begun, { name, parent, session }]);
}

function imageOf(tree: readonly Living[]): TreeImage {
  const numbers = new Map(tree.map(({ name }, i) => [name, 5 + i]));
  const numberOf = (name: number): number => numbers.get(name) ?? 200 + name;
  const processes = tree.map(({ name, parent, session }) => {
    const sid = session === ROOTS ? 100 : session === RESTORERS ? 0 : numberOf(session);
    return { pid: numberOf(name), ppid: parent === OUTSIDE ? 0 : numberOf(parent), pgid: sid, sid };
  });
  return { root: 5, pidNamespaces: [{ id: '0', parent: null, init: null }], processes };
}

const SIZE = scaled(3, 4);
/** Processes that live at a time in the enumeration: enough for three. */
const AT_A_TIME = 5;

test(`trees of up to ${SIZE}: what calls lead to is planned, and all else refused by a proof`, (t) => {
  const known = reachable(SIZE, AT_A_TIME);
  for (const tree of known.values()) assert.equal(planImage(imageOf(tree)).outcome, 'restorable');
  const seen = new Set(known.keys());
  let refused = 0;
  for (let size = 1; size <= SIZE; size++)
    for (const tree of allTrees(size)) {
      const code = codeOf(tree);
      if (seen.has(code)) continue;
      seen.add(code);
      const { outcome, verification } = planImage(imageOf(tree));
      if (size > 3 && outcome === 'restorable') continue;
      assert.deepEqual([outcome, verification?.by], ['unrestorable', 'proof checker'], code);
      refused++;
    }
  t.diagnostic(
    `${known.size} reached, ${refused} refused, ${seen.size - known.size - refused} planned beside`,
  );
});
