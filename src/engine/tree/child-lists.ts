/**
 * Child lists: who hangs from whom, and in which order, where that changes all the time.
 *
 * In: nodes that are hung below each other and taken out again. Out: columns that are read as they are.
 * Invariant: a node is in the list of its parent only; who hangs from NONE is in none. Cost: O(1) a change.
 */

export const NONE = -1;

export class ChildLists {
  readonly parent: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  private readonly lastChild: Int32Array;
  private readonly previousSibling: Int32Array;

  /** @param columnOf makes a column in which all is NONE */
  constructor(columnOf: () => Int32Array) {
    this.parent = columnOf();
    this.firstChild = columnOf();
    this.lastChild = columnOf();
    this.nextSibling = columnOf();
    this.previousSibling = columnOf();
  }

  hangInFront(node: number, parent: number): void {
    this.put(node, parent, NONE, parent === NONE ? NONE : this.firstChild[parent]!);
  }

  hangBehind(node: number, parent: number): void {
    this.put(node, parent, parent === NONE ? NONE : this.lastChild[parent]!, NONE);
  }

  takeOut(node: number): void {
    this.join(this.parent[node]!, this.previousSibling[node]!, this.nextSibling[node]!);
  }

  private put(node: number, parent: number, previous: number, next: number): void {
    this.parent[node] = parent;
    this.join(parent, previous, node);
    this.join(parent, node, next);
  }

  /** Two that stand next to each other, or one at an end of the list. */
  private join(parent: number, previous: number, next: number): void {
    if (previous !== NONE) this.nextSibling[previous] = next;
    else if (parent !== NONE) this.firstChild[parent] = next;
    if (next !== NONE) this.previousSibling[next] = previous;
    else if (parent !== NONE) this.lastChild[parent] = previous;
  }
}
