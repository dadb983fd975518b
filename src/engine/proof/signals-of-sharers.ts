/**
 * What exit signals ask of a state on the way down from the root (ways-to-share.ts).
 *
 * A process with another signal than SIGCHLD was never adopted and executed nothing since its birth (I81, I82), so its parent bore
 * it, or somebody who was then a child of that parent with that signal, and used CLONE_PARENT (C8); that one came about in the
 * same way. So everybody between the two by birth was such a sibling then: in the image it is the parent's child, and has that
 * signal, or executed a program later. Siblings are not above each other by parents, so nobody below one of them is left to another.
 * In: who is still to be born. Out: yes or no. Cost: O(processes²) a question.
 */

import { SIGCHLD } from '../tree/sharing-columns.ts';
import type { SharedImage } from './needs-of-sharers.ts';

export class SignalsOfSharers {
  private readonly parent: readonly number[];
  private readonly childOf: readonly (number | null)[];
  private readonly signal: readonly (number | null)[];

  constructor({ parent, childOf, exitSignal }: SharedImage) {
    this.parent = parent;
    this.childOf = childOf;
    this.signal = exitSignal;
  }

  /** May it execute a program, with these below it still to be born? Its signal is SIGCHLD then. */
  mayExecute(p: number, rest: readonly number[]): boolean {
    const own = this.signal[p] ?? SIGCHLD;
    return own === SIGCHLD && this.waiting(rest).every((q) => this.parent[q] === p);
  }

  /** Can p be born here above these? If so, must it execute a program after that, to lose the signal that it needs for them? */
  birthAbove(p: number, left: readonly number[]): { readonly executes: boolean } | null {
    const waiting = this.waiting(left).filter((q) => this.parent[q] !== p);
    const own = this.signal[p] ?? null;
    const isSibling = waiting.length > 0 || (own !== null && own !== SIGCHLD);
    const [first = p] = waiting;
    if (isSibling && !this.leavesNobody(this.parent[first]!, p, left)) return null;
    if (waiting.length > 0 && (this.childOf[p] ?? this.parent[first]) !== this.parent[first]) return null;
    if (!waiting.every((q) => this.parent[q] === this.parent[first] && this.signal[q] === this.signal[first]))
      return null;
    if (waiting.length === 0 || own === null) return { executes: false };
    if (own === this.signal[waiting[0]!]) return { executes: false };
    return own === SIGCHLD ? { executes: true } : null;
  }

  /** Can a helper be born here above these? */
  mayHelp(rest: readonly number[]): boolean {
    const waiting = this.waiting(rest);
    const [first] = waiting;
    if (first === undefined) return true;
    const father = this.parent[first]!;
    if (!waiting.every((q) => this.parent[q] === father && this.signal[q] === this.signal[first]))
      return false;
    return this.leavesNobody(father, -1, rest);
  }

  /** Who must be born below here, of a parent that has been. */
  private waiting(rest: readonly number[]): number[] {
    return rest.filter((q) => (this.signal[q] ?? SIGCHLD) !== SIGCHLD && !rest.includes(this.parent[q]!));
  }

  /** Below a child of `father`: does nobody want another child of it, that stands above, for a parent? */
  private leavesNobody(father: number, self: number, rest: readonly number[]): boolean {
    return rest.every((q) => {
      const wanted = this.parent[q]!;
      return wanted === self || wanted <= 0 || rest.includes(wanted) || this.parent[wanted] !== father;
    });
  }
}
