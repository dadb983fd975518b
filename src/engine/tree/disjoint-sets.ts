/**
 * Disjoint sets as one column: each element links to another one of its set, and who links to itself stands for the set.
 *
 * Who joins two sets says by the link that it makes which of the two stands for both. Cost: near-constant a look, because
 * each look halves the way.
 */

/** Who stands for the set of an element. */
export function setOf(link: Int32Array, element: number): number {
  let e = element;
  while (link[e] !== e) {
    link[e] = link[link[e]!]!;
    e = link[e]!;
  }
  return e;
}

/** Joins the sets of a and b; whoever stands for b's stands for both. */
export function joinSets(link: Int32Array, a: number, b: number): void {
  link[setOf(link, a)] = setOf(link, b);
}
