/**
 * Strongly connected components: nodes that are on circles of arcs with each other (Tarjan's search, without recursion).
 *
 * In: the nodes that the arcs of a node lead to, asked for one by one. Out: components, each when it is closed: whatever
 * it leads to elsewhere has been told before. Whoever has seen enough stops asking.
 * Cost: O(nodes + arcs) of what is reached, whatever the nodes are numbered.
 */

import { NumberTable } from './number-table.ts';

/** More than any place in the order of coming: a node of a component that has been told. */
const TOLD = 0x7fffffff;

export class StrongComponents {
  /** Nodes on the way from the start to the component that was told last, each with an arc to the next. */
  readonly way: number[] = [];
  private readonly nextOf: (node: number) => number;
  /** Place of a node in the order of coming; the first place that is reached from it. */
  private readonly place: NumberTable;
  private readonly lowest: NumberTable;
  /** Nodes of components that are not told yet, as they came. */
  private readonly open: number[] = [];

  /** `nextOf`: where the next arc of a node leads, another one with each call; −1 after the last. */
  constructor(nextOf: (node: number) => number, expected: number) {
    this.nextOf = nextOf;
    this.place = new NumberTable(expected);
    this.lowest = new NumberTable(expected);
  }

  /** The components of all that is reached from a node, and of no node that was reached before. */
  *from(start: number): Generator<readonly number[]> {
    const { way, place, lowest } = this;
    if (!place.has(start)) this.enter(start);
    for (let node = way.at(-1); node !== undefined; node = way.at(-1)) {
      const next = this.nextOf(node);
      if (next >= 0) {
        if (place.has(next)) this.lower(node, place.get(next));
        else this.enter(next);
        continue;
      }
      way.pop();
      if (lowest.get(node) === place.get(node)) yield this.close(node);
      else this.lower(way.at(-1)!, lowest.get(node));
    }
  }

  private enter(node: number): void {
    const { place, lowest, open, way } = this;
    place.set(node, place.size);
    lowest.set(node, place.get(node));
    open.push(node);
    way.push(node);
  }

  private lower(node: number, to: number): void {
    if (to < this.lowest.get(node)) this.lowest.set(node, to);
  }

  private close(first: number): readonly number[] {
    const component = this.open.splice(this.open.lastIndexOf(first));
    for (const node of component) this.place.set(node, TOLD);
    return component;
  }
}
