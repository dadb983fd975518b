/**
 * The tops that a component may have, each one number: an element, and where that is a dead leader, the parent outside
 * its namespace that it hangs from. Numbers in order are elements in order, those that hang from nobody in particular first.
 */

/** A dead leader that hangs from nobody in particular, or a process. */
const FROM_NOBODY = -1;

export class Tops {
  private readonly elementCount: number;

  constructor(elementCount: number) {
    this.elementCount = elementCount;
  }

  hanging(element: number, parent: number): number {
    return element + (parent + 1) * this.elementCount;
  }

  element(top: number): number {
    return top % this.elementCount;
  }

  hangsFrom(top: number): number {
    return Math.floor(top / this.elementCount) + FROM_NOBODY;
  }
}
