/**
 * What can be asked of a state of the search: what a process or an owner may do, has still to do, or can no longer do.
 *
 * In: a sharing problem, and a state, which is what is held, the owner, and Q. Out: yes or no; a state without what nobody needs.
 * Cost: O(|Q| × kinds) a question.
 */

import { BornInNamespaces } from './born-in-namespaces.ts';
import { BornWithSignal } from './born-with-signal.ts';
import { HeldCircles } from './held-circles.ts';
import { type Held, NONE } from './moves.ts';
import { isPlain, PRIVATE, type SharingProblem } from './sharing-problem.ts';

/** No owner. */
export const NOBODY = -1;

export interface SearchOptions {
  /** May processes execute themselves to leave an address space? */
  readonly exec: boolean;
  /** May a process have threads for a while? Then what is found is not planned, only known to be possible. */
  readonly threads: boolean;
}

export class StateQuestions {
  private readonly problem: SharingProblem;
  readonly options: SearchOptions;
  private readonly kindCount: number;
  readonly signals: BornWithSignal;
  private readonly namespaces: BornInNamespaces;
  private readonly circles: HeldCircles;
  /** In what is `used`, beside a bit a kind: threads of the owner wait for its setsid. */
  readonly threadsWait: number;
  /** The owner was born with an exit signal that it has to lose. */
  readonly mustExec: number;
  /** By process: is it in the Q at hand (equal to `stamp`)? */
  private readonly inQ: Int32Array;
  private stamp = 0;

  constructor(problem: SharingProblem, options: SearchOptions) {
    this.problem = problem;
    this.options = options;
    this.kindCount = problem.kinds.length;
    this.threadsWait = 1 << this.kindCount;
    this.mustExec = 2 << this.kindCount;
    const { size, sessionCount } = problem.births;
    this.inQ = new Int32Array(size + sessionCount);
    this.signals = new BornWithSignal(problem, this.isInQ);
    this.namespaces = new BornInNamespaces(problem, this.isInQ);
    this.circles = new HeldCircles(problem, options.threads);
  }

  /** From now on this is the Q at hand. */
  mark(q: readonly number[]): void {
    this.stamp++;
    for (const p of q) this.inQ[p] = this.stamp;
  }

  readonly isInQ = (p: number): boolean => this.inQ[p] === this.stamp;

  /** Does the image show what p ends with? */
  isAsked(k: number, p: number): boolean {
    return this.problem.asked[k]![p] === 1;
  }

  /** Of vm, handlers and io: can the process not leave an object of this kind? */
  isFixed(k: number, p: number): boolean {
    const { kinds, space, handlers } = this.problem;
    if (isPlain(kinds[k]!) || !this.isAsked(k, p)) return false;
    return !(this.mayExec(p) && (k === space || k === handlers));
  }

  /** May p execute itself? That would make its exit signal SIGCHLD. */
  mayExec(p: number): boolean {
    return this.options.exec && !this.signals.has(p);
  }

  /** And with these still to be born below it? Leaves Q marked. */
  mayExecAbove(p: number, q: readonly number[]): boolean {
    if (!this.mayExec(p)) return false;
    this.mark(q);
    return this.signals.mayExec(p, this.signals.due(q));
  }

  leads(p: number): number {
    const { session, leader } = this.problem.births;
    return leader[session[p]!] === p ? session[p]! : NONE;
  }

  /** Session that an owner has still to make; NONE. */
  pending(held: Held, owner: number): number {
    const { size } = this.problem.births;
    if (owner === NOBODY) return NONE;
    const t = owner < size ? this.leads(owner) : owner - size;
    return t === NONE || held[0] === t ? NONE : t;
  }

  /** Who of Q can be born here: its parent is above, it leads a session or stays in this one, and it is in nobody's way. */
  startable(held: Held, q: readonly number[], due: readonly number[]): number[] {
    const { births, hints } = this.problem;
    const { parent, session } = births;
    return q.filter((p) => {
      if (hints && hints[p]! > 0 && this.isInQ(hints[p]!)) return false;
      if (this.isInQ(parent[p]!) || (this.leads(p) === NONE && session[p] !== held[0])) return false;
      return this.signals.mayStart(p, due, q, this.mayExec(p)) && this.namespaces.mayStart(p, q, held[0]!);
    });
  }

  /** Is somebody's given creator neither p nor one of these, so that it is not born below p? Leaves these marked. */
  areBornElsewhere(p: number, rest: readonly number[]): boolean {
    const { hints } = this.problem;
    if (hints === null) return false;
    this.mark(rest);
    return rest.some((other) => hints[other]! >= 0 && hints[other] !== p && !this.isInQ(hints[other]!));
  }

  /** Can the dead leader of session t be born here with all of Q below it? Leaves Q marked. */
  mayLead(t: number, q: readonly number[]): boolean {
    if (this.problem.pidNamespaces === null) return true;
    this.mark(q);
    return this.namespaces.mayLead(t, q);
  }

  /** Can a helper be? */
  mayHelp(due: readonly number[], q: readonly number[]): boolean {
    return this.signals.mayHelp(due, q) && this.namespaces.mayHelp(q);
  }

  /** Can p be born first without anybody being hindered, as far as exit signals and pid namespaces go? */
  isNeverInTheWay(p: number, due: readonly number[], q: readonly number[]): boolean {
    return this.signals.isNeverInTheWay(p, due) && this.namespaces.isNeverInTheWay(p, q);
  }

  /** Can nobody but who stands here hold something new for these, since a helper could not bear them all? */
  needHolder(q: readonly number[]): boolean {
    return !this.mayHelp(this.signals.due(q), q);
  }

  /** What p ends with is private or held, and its session is this one or nobody else's: then it can be born at once (M1). */
  needsNothingNew(held: Held, p: number, q: readonly number[]): boolean {
    const { births, classes, kinds } = this.problem;
    const t = births.session[p]!;
    if (t !== held[0]) {
      if (q.some((other) => other !== p && births.session[other] === t)) return false;
    }
    for (let k = 0; k < this.kindCount; k++) {
      const own = classes[k]![p]!;
      if (own !== PRIVATE && own !== held[k + 1]) return false;
      if (!isPlain(kinds[k]!) && this.isAsked(k, p) && held[k + 1] !== NONE && held[k + 1] !== own)
        return false;
    }
    return true;
  }

  /** What the only one of Q holds, where it can be born here and that is all; null: this is not so plain. */
  bornAlone(held: Held, q: readonly number[]): Held | null {
    const { births, hints, pidNamespaces, exitSignal } = this.problem;
    const [p] = q;
    if (p === undefined || q.length > 1 || hints || pidNamespaces || exitSignal) return null;
    if (this.leads(p) === NONE && births.session[p] !== held[0]) return null;
    const born = this.normalised(held, NOBODY, q);
    return this.needsNothingNew(born, p, q) ? born : null;
  }

  /** What p holds from its birth, and in which kinds it cannot keep that; null: it cannot be born here with these below it. */
  atBirth(
    held: Held,
    p: number,
    q: readonly number[],
    below: readonly number[],
  ): { readonly held: Held; readonly used: number } | null {
    const { classes, kinds, handlers, space } = this.problem;
    const born = [...held];
    let used = 0;
    for (let k = 0; k < this.kindCount; k++) {
      if (isPlain(kinds[k]!)) continue;
      const own = classes[k]![p]!;
      if (held[k + 1] !== NONE && held[k + 1] !== own) {
        const needed = below.some((other) => classes[k]![other] === held[k + 1]);
        if (!needed) born[k + 1] = NONE;
        else if (this.isFixed(k, p)) return null;
        else used |= 1 << k;
      }
      // An object that cannot be left is had from birth.
      if (born[k + 1] === NONE && this.isFixed(k, p)) born[k + 1] = own;
      // The address space of a zombie with handlers that others have: without execve it was born there.
      if (!this.isAsked(k, p) && !this.mayExec(p) && born[k + 1] === NONE && own !== PRIVATE)
        born[k + 1] = own;
    }
    if (handlers >= 0) {
      const h = born[handlers + 1]!;
      if (h !== NONE && born[space + 1] !== this.spaceOf(h, q)) return null;
    }
    return { held: born, used };
  }

  /** Handlers are shared in their address space only (K1). */
  handlersFit(held: Held, k: number, c: number, members: readonly number[]): boolean {
    const { handlers, space } = this.problem;
    return k !== handlers || held[space + 1] === this.spaceOf(c, members);
  }

  spaceOf(handlerClass: number, members: readonly number[]): number {
    const { classes, handlers, space } = this.problem;
    const member = members.find((p) => classes[handlers]![p] === handlerClass);
    return member === undefined ? NONE : classes[space]![member]!;
  }

  /** Slots that nobody below ends with are free. */
  normalised(held: Held, owner: number, q: readonly number[]): Held {
    const { births, ends } = this.problem;
    const image = owner !== NOBODY && owner < births.size;
    let result: number[] | null = null;
    for (let slot = 0; slot < held.length; slot++) {
      const value = held[slot]!;
      if (value === NONE) continue;
      const column = ends[slot]!;
      if ((image && column[owner] === value) || q.some((p) => column[p] === value)) continue;
      result ??= [...held];
      result[slot] = NONE;
    }
    return result ?? held;
  }

  hasFinished(held: Held, owner: number, used: number, q: readonly number[]): boolean {
    const { births, classes } = this.problem;
    const t = this.pending(held, owner);
    if (t !== NONE && q.some((p) => births.session[p] === t)) return false;
    if (owner >= births.size) return true;
    if ((used & this.mustExec) !== 0) return false;
    for (let k = 0; k < this.kindCount; k++) {
      const own = classes[k]![owner]!;
      if (own !== PRIVATE && held[k + 1] !== own) return false;
      if ((used & (1 << k)) !== 0 && this.isAsked(k, owner)) return false;
    }
    return true;
  }

  /**
   * Forced births: the pending ancestors of whoever needs what is held are born with it. Two of them in one other class
   * (one of them could be its top), or one that can never leave, or a member of another session: no. Nor where what is
   * held closes a circle.
   */
  isHopeless(held: Held, owner: number, q: readonly number[]): boolean {
    const { births, ends } = this.problem;
    const { parent, leader } = births;
    this.mark(q);
    for (let slot = 0; slot < held.length; slot++) {
      const value = held[slot]!;
      if (value === NONE) continue;
      const column = ends[slot]!;
      const seen = new Set<number>();
      const others = new Set<number>();
      for (const member of q) {
        if (column[member] !== value) continue;
        for (let p = member; this.isInQ(p) && !seen.has(p); p = parent[p]!) {
          seen.add(p);
          const own = column[p]!;
          if (own === value) continue;
          if (slot === 0) {
            if (leader[own] !== p) return true;
          } else {
            if (this.isFixed(slot - 1, p)) return true;
            if (own !== PRIVATE && others.has(own)) return true;
            others.add(own);
          }
        }
      }
    }
    return this.circles.has(held, owner === NOBODY || owner >= births.size ? null : owner, q);
  }
}

/** Values of the column in Q, each once, most members first: what many need is opened first. */
export function classesIn(column: Int32Array, q: readonly number[]): number[] {
  const members = new Map<number, number>();
  for (const p of q) if (column[p]! >= 0) members.set(column[p]!, (members.get(column[p]!) ?? 0) + 1);
  return [...members.keys()].sort((a, b) => members.get(b)! - members.get(a)! || a - b);
}
