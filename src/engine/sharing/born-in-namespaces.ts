/**
 * Where somebody can be born as far as pid namespaces go: a namespace is one more thing that is held, and that only
 * goes down.
 *
 * In: a sharing problem, and a state, which is Q: those who are still to be placed below. Out: who of them, or which
 * dead leader or helper, may come next, with all others below.
 * Whoever is born below a process lives in its namespace or further in (I58 to I62), and after the init there. A parent
 * outside of a process's namespace comes from CLONE_PARENT alone, which goes through everybody in between (C2, C3); and
 * what dies there while it hangs from outside leaves its children to the init (A17, A18). With one namespace every
 * answer is yes.
 * Cost: O(|Q| × depth of namespaces) a question.
 */
import { DEAD } from '../planner/origin-problem.ts';
import type { SharingProblem } from './sharing-problem.ts';

export class BornInNamespaces {
  private readonly problem: SharingProblem;
  private readonly isInQ: (p: number) => boolean;

  constructor(problem: SharingProblem, isInQ: (p: number) => boolean) {
    this.problem = problem;
    this.isInQ = isInQ;
  }

  /**
   * Can p be above all others of Q? Where its own parent is outside, no orphan below p falls to anybody above p but to
   * an init.
   * @param session the one that is held: its leader is above
   */
  mayStart(p: number, q: readonly number[], session: number): boolean {
    const { births, pidNamespaces } = this.problem;
    if (pidNamespaces === null) return true;
    const { of, parent, isInit, ofLeader } = pidNamespaces;
    const here = of[p]!;
    const hangsOutside = of[parent[p]!] !== here;
    return q.every((other) => {
      if (other === p) return true;
      const above = parent[other]!;
      const isSibling = isInit[p] === 0 && above === parent[p];
      if (hangsOutside && !isSibling && above !== p && !this.isInQ(above) && isInit[above] === 0)
        return false;
      if (!this.livesBelow(other, here)) return false;
      const s = births.session[other]!;
      if (s !== session && births.leader[s] === DEAD && !this.isWithin(ofLeader[s]!, here)) return false;
      return isSibling || this.isWithin(of[above]!, here);
    });
  }

  /**
   * Does p, who can be born, take nothing from others by being the first? Where another could be above it that hangs
   * from outside, the children of p could be below that one only as long as p is too.
   */
  isNeverInTheWay(p: number, q: readonly number[]): boolean {
    const { pidNamespaces } = this.problem;
    if (pidNamespaces === null || pidNamespaces.isInit[p] === 1) return true;
    const { of, parent, isInit } = pidNamespaces;
    if (!q.some((other) => parent[other] === p)) return true;
    return !q.some((above) => {
      if (above === p || of[parent[above]!] === of[above] || !this.livesBelow(p, of[above]!)) return false;
      return isInit[parent[p]!] === 1 || (isInit[above] === 0 && parent[above] === parent[p]);
    });
  }

  /** Can the dead leader of session t be above all of Q? Where one of them hangs from outside of its namespace, so does it. */
  mayLead(t: number, q: readonly number[]): boolean {
    const { pidNamespaces } = this.problem;
    if (pidNamespaces === null) return true;
    const { of, parent, isInit, ofLeader } = pidNamespaces;
    const here = ofLeader[t]!;
    if (!q.every((p) => this.livesBelow(p, here))) return false;
    const hanging = q.find((p) => !this.isWithin(of[parent[p]!]!, here));
    if (hanging === undefined) return true;
    return q.every((p) => {
      const above = parent[p]!;
      if (above === parent[hanging] || this.isInQ(above)) return true;
      return isInit[above] === 1 && this.isWithin(of[above]!, here);
    });
  }

  /**
   * Can a helper be above all of Q? It is below each of their parents that is above, where that is no init, so in the
   * namespace of the innermost of these or further in; and where another parent is outside of that one it hangs from
   * there, and nobody below it comes to the innermost.
   */
  mayHelp(q: readonly number[]): boolean {
    const { pidNamespaces } = this.problem;
    if (pidNamespaces === null) return true;
    const { of, parent, isInit } = pidNamespaces;
    const above = q.map((p) => parent[p]!).filter((p) => !this.isInQ(p));
    let innermost = -1;
    for (const p of above) if (isInit[p] === 0) innermost = Math.max(innermost, of[p]!);
    if (innermost < 0) return true;
    return above.every((p) => of[p] === innermost || !this.isWithin(innermost, of[p]!));
  }

  /** May p be born below somebody of that namespace? Its init is there before. */
  private livesBelow(p: number, namespace: number): boolean {
    const { of, isInit } = this.problem.pidNamespaces!;
    return this.isWithin(of[p]!, namespace) && !(isInit[p] === 1 && of[p] === namespace);
  }

  private isWithin(namespace: number, outer: number): boolean {
    const { above } = this.problem.pidNamespaces!;
    let n = namespace;
    while (n > outer) n = above[n]!;
    return n === outer;
  }
}
