/**
 * Splits what is to be placed into parts that have nothing in common but what is held: each is placed on its own.
 *
 * In: a state of the search. Out: its parts, those without the owner first. Two processes are of one part where one is the other's
 * parent or given creator, or where they end in one session or class that is not held. Cost: O(|Q| × kinds).
 */
import { joinSets, setOf } from '../tree/disjoint-sets.ts';
import { type Held, NONE } from './moves.ts';
import type { SharingProblem } from './sharing-problem.ts';
import { NOBODY, type StateQuestions } from './state-questions.ts';

export interface Part {
  readonly q: number[];
  withOwner: boolean;
}

export class IndependentParts {
  private readonly problem: SharingProblem;
  private readonly ask: StateQuestions;
  private readonly link: Int32Array;
  /** The first member seen of each session, and of each class of each kind. */
  private readonly firstOf: Int32Array[];

  constructor(problem: SharingProblem, ask: StateQuestions) {
    this.problem = problem;
    this.ask = ask;
    const { size, sessionCount } = problem.births;
    this.link = new Int32Array(size + sessionCount);
    this.firstOf = [sessionCount, ...problem.classCount].map((count) => new Int32Array(count));
  }

  /**
   * Where p is born next: who of the rest is placed beside it, before it, as another creator is given to them, and who below.
   * Null: some are not born of p, and cannot be placed without it. Leaves what is marked undefined.
   */
  besideNext(
    held: Held,
    p: number,
    rest: readonly number[],
  ): { readonly beside: readonly (readonly number[])[]; readonly below: readonly number[] } | null {
    const { births, hints } = this.problem;
    if (hints === null || !this.ask.areBornElsewhere(p, rest)) return { beside: [], below: rest };
    const beside: number[][] = [];
    const below: number[] = [];
    for (const { q, withOwner } of this.of(held, p, rest)) {
      const needsIt = withOwner || q.some((other) => births.parent[other] === p || hints[other] === p);
      if (!needsIt && this.ask.areBornElsewhere(p, q)) beside.push(q);
      else below.push(...q);
    }
    below.sort((a, b) => a - b);
    return this.ask.areBornElsewhere(p, below) ? null : { beside, below };
  }

  /** Q and the owner in parts that have nothing in common but what is held. Leaves Q marked. */
  of(held: Held, owner: number, q: readonly number[]): Part[] {
    const { births, ends, hints } = this.problem;
    const { parent, size } = births;
    const { link } = this;
    this.ask.mark(q);
    // Threads place the members of an owner's session without it.
    const unpaired = this.ask.options.threads ? this.ask.pending(held, owner) : NONE;
    // A helper or a thread that is still to lead a session asks nothing for itself.
    const all = owner === NOBODY || owner >= size ? q : [...q, owner];
    for (const p of all) link[p] = p;
    for (const [slot, column] of ends.entries()) {
      const first = this.firstOf[slot]!;
      for (const p of all) if (column[p]! >= 0) first[column[p]!] = NOBODY;
      for (const p of all) {
        const value = column[p]!;
        if (value < 0 || value === held[slot] || (slot === 0 && value === unpaired)) continue;
        if (first[value] === NOBODY) first[value] = p;
        else joinSets(link, p, first[value]!);
      }
    }
    for (const p of q) {
      if (this.ask.isInQ(parent[p]!)) joinSets(link, p, parent[p]!);
      if (hints && hints[p]! > 0 && this.ask.isInQ(hints[p]!)) joinSets(link, p, hints[p]!);
    }
    const partOf = new Map<number, Part>();
    for (const p of q) {
      const root = setOf(link, p);
      let part = partOf.get(root);
      if (!part) partOf.set(root, (part = { q: [], withOwner: false }));
      part.q.push(p);
    }
    if (owner >= size && partOf.size === 1) for (const part of partOf.values()) part.withOwner = true;
    if (owner !== NOBODY && owner < size) {
      const root = setOf(link, owner);
      const part = partOf.get(root);
      if (part) part.withOwner = true;
      else partOf.set(root, { q: [], withOwner: true });
    }
    // Parts without the owner first: it changes only when nobody else needs what it holds.
    const parts = [...partOf.values()].sort(
      (a, b) => Number(a.withOwner) - Number(b.withOwner) || a.q.length - b.q.length,
    );
    return parts.length > 2 && this.problem.pidNamespaces ? this.initsFirst(parts) : parts;
  }

  /** Of the parts without the owner those first that have the init of a pid namespace where others live, as far as that goes. */
  private initsFirst(parts: readonly Part[]): Part[] {
    const { of, above, isInit } = this.problem.pidNamespaces!;
    const partOfInit = new Map<number, Part>();
    for (const part of parts) {
      if (part.withOwner) continue;
      for (const p of part.q) if (isInit[p]) partOfInit.set(of[p]!, part);
    }
    if (partOfInit.size === 0) return [...parts];
    const ordered = new Set<Part>();
    const begun = new Set<Part>();
    const left = [...parts].reverse();
    while (left.length > 0) {
      const part = left.at(-1)!;
      const missing: Part[] = [];
      if (!begun.has(part) && !part.withOwner) {
        for (const p of part.q) {
          const first = partOfInit.get(isInit[p] ? above[of[p]!]! : of[p]!);
          if (first && !begun.has(first) && first !== part) missing.push(first);
        }
      }
      begun.add(part);
      if (missing.length > 0) left.push(...missing);
      else {
        left.pop();
        ordered.add(part);
      }
    }
    return [...ordered];
  }
}
