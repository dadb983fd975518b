/**
 * Orders of processes by which models are told apart that differ in more than numbers: of all texts in these orders the
 * least is the same for two models exactly if one is the other with other numbers.
 *
 * Siblings stand by colours, which tell them apart as far as their place in the tree and whoever shares a session or an
 * object with them do; where colours are the same, in every order.
 */

type Column = readonly number[];

/** @param objects further columns, in which equal numbers mean the same thing */
export function coloursOf(parent: Column, session: Column, objects: readonly Column[] = []): number[] {
  const n = parent.length;
  const all = [...parent.keys()];
  let colour: number[] = session.map((s, i) => (s === 0 ? 0 : s === i + 1 ? 1 : s > n ? 2 : 3));
  for (let round = 0; round < 3; round++) {
    const shade = colour;
    const hashOf = (items: Column): number =>
      items
        .map((i) => shade[i]!)
        .sort((a, b) => a - b)
        .reduce((hash, c) => mixed(hash, c), 7);
    colour = colour.map((c, i) => {
      let hash = mixed(c, i > 0 ? shade[parent[i]!]! : 5);
      hash = mixed(hash, hashOf(all.filter((j) => parent[j] === i)));
      for (const column of [session, ...objects])
        hash = mixed(hash, hashOf(all.filter((j) => column[j] === column[i])));
      return hash;
    });
  }
  return colour;
}

export function mixed(a: number, b: number): number {
  const h = Math.imul(a ^ (b + 0x9e3779b9 + (a << 6) + (a >>> 2)), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}

/** Breadth-first orders, the root first. */
export function orders(parent: Column, colour: Column): Generator<Column> {
  const children = parent.map((_, i) => [...parent.keys()].filter((c) => parent[c] === i));
  return goneOnWith([0], children, colour, 0);
}

function* goneOnWith(
  placed: Column,
  children: readonly Column[],
  colour: Column,
  at: number,
): Generator<Column> {
  if (at === placed.length) {
    yield placed;
    return;
  }
  for (const siblings of arrangements(children[placed[at]!]!, colour))
    yield* goneOnWith([...placed, ...siblings], children, colour, at + 1);
}

function* arrangements(items: Column, colour: Column): Generator<Column> {
  if (items.length === 0) {
    yield [];
    return;
  }
  const first = Math.min(...items.map((i) => colour[i]!));
  for (const i of items.filter((other) => colour[other] === first)) {
    const rest = items.filter((other) => other !== i);
    for (const others of arrangements(rest, colour)) yield [i, ...others];
  }
}
