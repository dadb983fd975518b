/**
 * Processes born with another exit signal than SIGCHLD (inherit-only resources, 5.8): who can bear them.
 *
 * Adoption and execve set the signal to SIGCHLD (I81, I82), so such a process is its parent's child from birth: its parent
 * bears it, or a child of its parent with this signal does, with CLONE_PARENT (C8). So in the state tree there are only
 * such children between the two, processes or helpers; and as siblings they adopt nobody from below each other. One of these
 * processes may have lost the signal since, by execve.
 * In: a sharing problem, and Q, what is to be placed below a place, marked by whoever asks. Out: whether somebody of Q, or a helper, can be born
 * there without being in the way. Who stands at the place need not be told: the rest of Q shows what it can still bear.
 * Cost: O(|Q|) a question.
 */
import { SIGCHLD } from '../tree/sharing-columns.ts';
import type { SharingProblem } from './sharing-problem.ts';

const ANY = 1;
const SUCH = 2;

/** In place of a signal: nothing is asked of it. */
export const ANY_SIGNAL = 255;

export class BornWithSignal {
  private readonly isInQ: (p: number) => boolean;
  private readonly parent: Int32Array;
  private readonly signal: Uint8Array | null;
  /** Has a process children, and children with such a signal? */
  private readonly children: Uint8Array;

  constructor({ births, exitSignal }: SharingProblem, isInQ: (p: number) => boolean) {
    this.isInQ = isInQ;
    this.parent = births.parent;
    this.signal = exitSignal;
    this.children = new Uint8Array(births.size);
    for (let p = 1; p < births.size; p++) this.children[births.parent[p]!]! |= this.has(p) ? SUCH | ANY : ANY;
  }

  has(p: number): boolean {
    return this.signal !== null && this.signal[p] !== SIGCHLD && this.signal[p] !== ANY_SIGNAL;
  }

  /** Is p born with the signal of those who are due, which it has to lose by execve? */
  losesSignal(p: number, due: readonly number[]): boolean {
    return this.signal !== null && this.signal[p] === SIGCHLD && due.some((other) => other !== p);
  }

  /** Can it execute a program, and bear nobody after that who is due for another parent? */
  mayExec(p: number, due: readonly number[]): boolean {
    return !this.has(p) && due.every((other) => this.parent[other] === p);
  }

  /**
   * Where p can be born at once, is nobody hindered by that? A child of that sort could want others born before p; and those
   * who are due are siblings of p, below whom none of its children can be.
   */
  isNeverInTheWay(p: number, due: readonly number[]): boolean {
    if (!this.has(p) && due.length > 0) return false;
    return this.children[p] === 0 || (this.children[p] === ANY && (!this.has(p) || due.length === 1));
  }

  /** Are they of several sorts, so that only their parent can bear them all? */
  private areUnlike(due: readonly number[]): boolean {
    return due.some((p) => !this.areAlike(p, due[0]!));
  }

  /** Those of Q who must be born below this place, with no other child of other parents or signals in between. */
  due(q: readonly number[]): number[] {
    if (this.signal === null) return [];
    return q.filter((p) => this.has(p) && !this.isInQ(this.parent[p]!));
  }

  /**
   * Can p be born here, with the rest of Q below it?
   * @param exec may p execute a program?
   */
  mayStart(p: number, due: readonly number[], q: readonly number[], exec: boolean): boolean {
    if (due.length === 0) return true;
    const isSuch = this.has(p) || this.signal![p] === ANY_SIGNAL || exec;
    if (!isSuch || this.parent[p] !== this.parent[due[0]!] || this.areUnlike(due)) return false;
    if (this.has(p) && !this.areAlike(p, due[0]!)) return false;
    return this.adoptsNothing(p, q);
  }

  /** Can a helper be born here with all of Q below it? It is then a child like those who are due. */
  mayHelp(due: readonly number[], q: readonly number[]): boolean {
    const [first] = due;
    if (first === undefined) return true;
    return !this.areUnlike(due) && this.adoptsNothing(first, q);
  }

  private areAlike(a: number, b: number): boolean {
    return this.parent[a] === this.parent[b] && this.signal![a] === this.signal![b];
  }

  /** No parent wanted in Q stands between this place and the parent of p: all who do are siblings of p. */
  private adoptsNothing(p: number, q: readonly number[]): boolean {
    return q.every((other) => {
      const wanted = this.parent[other]!;
      return (
        other === p ||
        this.isInQ(wanted) ||
        wanted === 0 ||
        wanted === p ||
        this.parent[wanted] !== this.parent[p]
      );
    });
  }
}
