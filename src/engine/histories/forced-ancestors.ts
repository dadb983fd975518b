/**
 * Forced ancestors (docs/caba.md, section 4, STATIC): what holds in every history of a tree, found without a search.
 *
 * In: the origin problem. Out: facts "p is above q by birth" among processes and dead leaders, forced birth sessions of
 * leaders, and for every process a set that its closest alive born ancestor is certainly in.
 * Going down to a process born in session c, the way runs from c's leader through c alone. So whoever else is above it
 *   and was never in c is above c's leader;
 *   and leads, with c's leader above, was born in c.
 * Invariant: sound, not sharp: what it excludes is impossible; what it keeps may be impossible.
 * Cost: O(elements² / 32) words a sweep, elements²/8 bytes, charged to the budget. Hints are not used: with them the sets
 * stay sound.
 */

import type { BirthProblem } from '../births/birth-problem.ts';
import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { DEAD, isLeader, regionOf, regionTop } from '../planner/origin-problem.ts';
import type { ColumnOf, ElementIndex, ProcessIndex, SessionIndex } from '../tree/index-kinds.ts';

/** Steps of these inner loops that are a unit of work. */
const STEPS = 16;

/** Elements for which these rules are worked out. */
export const STATIC_ELEMENTS = 3000;

export class ForcedAncestors {
  /** A process would be its own ancestor, or be born in two sessions: no history leads to the tree. */
  unreachable = false;
  private readonly problem: BirthProblem;
  private readonly budget: WorkBudget;
  private readonly elements: number;
  private readonly words: number;
  /** Row e: who is above e. */
  private readonly above: Uint32Array;
  private readonly birth: ColumnOf<SessionIndex>;
  private readonly upper: number[] = [];
  private readonly lower: number[] = [];
  private readonly members: ProcessIndex[][];
  private readonly deadSessions: SessionIndex[] = [];

  constructor(problem: BirthProblem, budget: WorkBudget) {
    const { size, sessionCount, session, leader, places } = problem;
    const ancestor = places?.ancestor ?? problem.parent;
    this.problem = problem;
    this.budget = budget;
    this.members = Array.from({ length: sessionCount }, () => []);
    for (let q = 1; q < size; q++) this.members[session[q]!]!.push(q);
    this.elements = size + sessionCount;
    this.words = (this.elements + 31) >>> 5;
    this.above = new Uint32Array(this.elements * this.words);
    this.birth = new Int32Array(sessionCount).fill(-1);
    for (let q = 1; q < size; q++) {
      this.edge(0, q);
      this.edge(ancestor[q]!, q);
      const c = session[q]!;
      const top = regionTop(problem, c);
      if (leader[c] === q) continue;
      this.edge(top, q);
    }
    for (let s = 0; s < sessionCount; s++) {
      if (leader[s] !== DEAD) continue;
      this.deadSessions.push(s);
      this.edge(places?.ancestor[size + s] ?? 0, size + s);
    }
    do this.close();
    while (!this.unreachable && this.derive());
  }

  /** Is p above q in every history? */
  isAbove(p: ElementIndex, q: ElementIndex): boolean {
    return ((this.above[q * this.words + (p >>> 5)]! >>> (p & 31)) & 1) === 1;
  }

  /** Processes that may be the closest alive born ancestor of q, ascending. Never empty for a reachable tree. */
  candidates(q: ProcessIndex): ProcessIndex[] {
    const { words, above } = this;
    const { size } = this.problem;
    const passed = new Uint32Array(words);
    let ancestors = 0;
    for (let y = 0; y < size; y++) {
      if (!this.isAbove(y, q)) continue;
      ancestors++;
      for (let w = 0; w < words; w++) passed[w]! |= above[y * words + w]!;
    }
    this.charge(4 * size + ancestors * words);
    const candidates: ProcessIndex[] = [];
    for (let x = 0; x < size; x++) {
      if (((passed[x >>> 5]! >>> (x & 31)) & 1) === 0 && this.mayBear(x, q)) candidates.push(x);
    }
    return candidates;
  }

  /** Is x among the candidates of q? Cost: O(processes), less than all of them. */
  isCandidate(x: ProcessIndex, q: ProcessIndex): boolean {
    this.charge(this.problem.size);
    for (let y = 0; y < this.problem.size; y++) if (this.isAbove(y, q) && this.isAbove(x, y)) return false;
    return this.mayBear(x, q);
  }

  private mayBear(x: ProcessIndex, q: ProcessIndex): boolean {
    const { problem } = this;
    if (x === q || this.isAbove(q, x)) return false;
    if (problem.places?.bears(x, q) === false && !this.mayBearThroughDead(x, q)) return false;
    return isLeader(problem, q) || this.mayOffer(x, problem.session[q]!);
  }

  /** Can somebody be born of x in session c? */
  private mayOffer(x: ProcessIndex, c: SessionIndex): boolean {
    const { problem } = this;
    const { session, leader } = problem;
    const top = regionTop(problem, c);
    if (session[x] === c || x === top) return true;
    if (x > 0 && isLeader(problem, x)) {
      const birth = this.birth[session[x]!]!;
      if (birth === c || (birth < 0 && !this.isAbove(x, top))) return true;
    }
    if (leader[c] !== DEAD || this.isAbove(top, x)) return false;
    this.charge(this.members[c]!.length);
    return !this.members[c]!.some((y) => this.isAbove(y, x));
  }

  /** Can the dead leader of q's session, or of any where q leads, stand between x and q? */
  private mayBearThroughDead(x: ProcessIndex, q: ProcessIndex): boolean {
    const { places, session, leader } = this.problem;
    const fits = (c: SessionIndex): boolean => {
      if (leader[c] !== DEAD) return false;
      const p = places!.deadParent[c]! >= 0 ? places!.deadParent[c]! : places!.parentForSibling(c, q);
      return places!.bearsDead(x, c, p) && places!.bearsThrough(x, c, p, q);
    };
    if (!isLeader(this.problem, q)) return fits(session[q]!);
    this.charge(STEPS * this.deadSessions.length);
    return this.deadSessions.some(fits);
  }

  private charge(steps: number): void {
    spend(this.budget, Math.ceil(steps / STEPS));
  }

  private edge(upper: ElementIndex, lower: ElementIndex): void {
    this.upper.push(upper);
    this.lower.push(lower);
  }

  /** Transitive closure of the edges. */
  private close(): void {
    const { words, above, upper, lower } = this;
    for (let changed = true; changed; ) {
      changed = false;
      this.charge(2 * upper.length * words);
      for (let i = 0; i < upper.length; i++) {
        const p = upper[i]!;
        const from = p * words;
        const to = lower[i]! * words;
        for (let w = 0; w < words; w++) {
          const own = w === p >>> 5 ? 1 << (p & 31) : 0;
          const joined = (above[to + w]! | above[from + w]! | own) >>> 0;
          if (joined === above[to + w]) continue;
          above[to + w] = joined;
          changed = true;
        }
      }
    }
    for (let e = 0; e < this.elements; e++) if (this.isAbove(e, e)) this.unreachable = true;
  }

  /** One sweep of the rules; false where nothing new follows. */
  private derive(): boolean {
    const { problem, birth } = this;
    const { size, session } = problem;
    this.charge(size * size);
    let changed = false;
    for (let q = 1; q < size && !this.unreachable; q++) {
      const c = regionOf(problem, birth, q);
      if (c < 0) continue;
      const top = regionTop(problem, c);
      for (let p = 1; p < size; p++) {
        if (p === top || session[p] === c || !this.isAbove(p, q)) continue;
        const born = isLeader(problem, p) ? birth[session[p]!]! : session[p]!;
        if (born === c) continue;
        if (born >= 0) {
          if (top === 0) {
            this.unreachable = true;
            break;
          }
          if (this.isAbove(p, top)) continue;
          this.edge(p, top);
          changed = true;
        } else if (top === 0 || this.isAbove(top, p)) {
          birth[session[p]!] = c;
          changed = true;
        }
      }
    }
    return changed;
  }
}
