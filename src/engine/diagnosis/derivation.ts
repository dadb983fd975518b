/**
 * Derivation of a conflict: why a small tree is unreachable, one step a line, each following from facts of the image
 * and from steps before it.
 *
 * In: the origin problem of a tree, and a conflict core of it. Out: lines for people, the last of them the
 * contradiction; null where the rules do not reach one within the limit.
 * Two kinds of facts are chained forward: "p is above q by birth" and "the leader l was born in session c". A process
 * born in session c has c's leader above it, and between the two only processes born in c. So whoever else is above it
 *   and never was in c is above c's leader;
 *   and leads a session of its own, with c's leader above, was born in c.
 * Of two that are above a third, one is above the other. Where it cannot be told which, both cases are followed: the
 * lines of a case are indented below its "Suppose".
 * Invariant: only steps that the contradiction rests on are told, in an order in which each stands on earlier ones.
 * Cost: cores have few processes (up to ELEMENTS); cubic in them for each case. Kernel rules: A1–A3, C3, E7–E10.
 */

import {
  DEAD,
  elementLeads,
  elementSession,
  isElement,
  leaderElement,
  type OriginProblem,
  regionTop,
} from '../planner/origin-problem.ts';
import { partialProblem } from '../planner/partial-problem.ts';
import type { ConflictCore } from './conflict-core.ts';

/** Elements of a core that is explained, cases that are followed, and how deep they are nested. */
const ELEMENTS = 40;
const CASES = 64;
const DEPTH = 4;

interface Step {
  readonly text: string;
  /** Of how many suppositions it is a part. */
  readonly depth: number;
  readonly because: readonly number[];
}

/** Numbers of the steps known so far; copied where a case begins. */
interface Knowledge {
  /** Above[p][q]: the step that says that p is above q; −1. */
  readonly above: Int32Array;
  /** Birth session of the leader element, −1 unknown, and the step that says it. */
  readonly birth: Int32Array;
  readonly birthStep: Int32Array;
}

/** Lines for the core of a conflict in the problem of a whole tree, of which `pid` are the pids. */
export function derivationOf(
  problem: OriginProblem,
  { processes, parent }: ConflictCore,
  pid: Int32Array,
): string[] | null {
  const part = processes.length > ELEMENTS ? null : partialProblem(problem, processes, parent);
  if (!part || part.size + part.sessionCount > ELEMENTS) return null;
  const lifted = processes.map((v, i) => problem.parent[v] !== parent[i]);
  const pids = processes.map((v) => pid[v]!);
  return new Derivation(part, pids, lifted).run();
}

class Derivation {
  private readonly problem: OriginProblem;
  private readonly pid: readonly number[];
  /** True where the parent in the problem is a more distant ancestor in the image. */
  private readonly lifted: readonly boolean[];
  private readonly elements: number;
  private readonly steps: Step[] = [];
  private cases = CASES;
  private depth = 0;

  constructor(problem: OriginProblem, pid: readonly number[], lifted: readonly boolean[]) {
    this.problem = problem;
    this.pid = pid;
    this.lifted = lifted;
    this.elements = problem.size + problem.sessionCount;
  }

  run(): string[] | null {
    const { elements, problem } = this;
    const start: Knowledge = {
      above: new Int32Array(elements * elements).fill(-1),
      birth: new Int32Array(elements).fill(-1),
      birthStep: new Int32Array(elements).fill(-1),
    };
    if (problem.rootHasTwoRegions) {
      start.birth[0] = problem.outside;
      start.birthStep[0] = this.say(
        `${this.name(0)} leads session ${this.pid[0]}, and the outside session is in use: ${this.name(0)} was born in that one.`,
        [],
      );
    }
    for (let q = 1; q < problem.size; q++) this.given(start, q);
    const told = this.refute(start);
    if (!told) return null;
    const inOrder = [...told].sort((a, b) => a - b).map((i) => this.steps[i]!);
    return inOrder.map(({ text, depth }) => `${'  '.repeat(depth)}${text}`);
  }

  /** What the image says of q alone. */
  private given(known: Knowledge, q: number): void {
    const { problem } = this;
    const p = problem.parent[q]!;
    if (p !== 0) {
      const place = this.lifted[q] ? 'an ancestor' : 'the parent';
      const text = `${this.name(p)} is ${place} of ${this.name(q)} in the tree, and a parent is always an ancestor by birth.`;
      this.setAbove(known, p, q, this.say(text, []));
    }
    const c = problem.session[q]!;
    const l = regionTop(problem, c);
    if (l === q || l === 0 || l === p) return;
    const text = `${this.name(q)} is in session ${this.number(c)}: it descends from ${this.leaderName(c)}.`;
    this.setAbove(known, l, q, this.say(text, []));
  }

  /** The steps that a contradiction rests on, or null. */
  private refute(known: Knowledge): Set<number> | null {
    const last = this.chain(known);
    if (last >= 0) return this.restsOn(last);
    if (this.depth === DEPTH) return null;
    for (const [a, b, q] of this.openPairs(known)) {
      if (this.cases-- <= 0) return null;
      const both = `${this.name(a)} and ${this.name(b)} are both above ${this.name(q)}, so one of them is above the other.`;
      const { above } = known;
      const because = [above[a * this.elements + q]!, above[b * this.elements + q]!];
      const comparable = this.say(both, because);
      const one = this.suppose(known, a, b, 'Suppose', comparable);
      const other = one && this.suppose(known, b, a, 'Suppose instead that', comparable);
      if (other) return new Set([...one, ...other]);
    }
    return null;
  }

  private suppose(known: Knowledge, p: number, q: number, word: string, because: number): Set<number> | null {
    const { above, birth, birthStep } = known;
    const supposed = { above: above.slice(), birth: birth.slice(), birthStep: birthStep.slice() };
    const step = this.say(`${word} ${this.name(p)} is above ${this.name(q)}.`, [because]);
    this.setAbove(supposed, p, q, step);
    this.depth++;
    const told = this.refute(supposed);
    this.depth--;
    return told;
  }

  /** Two elements above a third of which it is open who is above whom. */
  private *openPairs({ above }: Knowledge): Generator<[number, number, number]> {
    const { elements } = this;
    for (let a = 1; a < elements; a++) {
      for (let b = a + 1; b < elements; b++) {
        if (above[a * elements + b]! >= 0 || above[b * elements + a]! >= 0) continue;
        for (let q = 1; q < elements; q++) {
          if (above[a * elements + q]! < 0 || above[b * elements + q]! < 0) continue;
          yield [a, b, q];
          break;
        }
      }
    }
  }

  /** Chains forward; the step that contradicts, or −1. */
  private chain(known: Knowledge): number {
    for (;;) {
      const before = this.steps.length;
      const ring = this.closeAbove(known);
      if (ring >= 0) return ring;
      const last = this.applyRegions(known);
      if (last >= 0) return last;
      if (this.steps.length === before) return -1;
    }
  }

  private closeAbove(known: Knowledge): number {
    const { problem, elements } = this;
    const { above } = known;
    for (let y = 1; y < elements; y++) {
      for (let p = 1; p < elements; p++) {
        if (above[p * elements + y]! < 0) continue;
        for (let q = 1; q < elements; q++) {
          const lower = above[y * elements + q]!;
          if (lower < 0 || above[p * elements + q]! >= 0 || !isElement(problem, q)) continue;
          const upper = above[p * elements + y]!;
          if (p === q) {
            const text = `So ${this.name(p)} would descend from ${this.name(y)}, and ${this.name(y)} from ${this.name(p)}: nobody is an ancestor of its own ancestor.`;
            return this.say(text, [upper, lower]);
          }
          const text = `So ${this.name(q)} descends from ${this.name(p)}, by way of ${this.name(y)}.`;
          this.setAbove(known, p, q, this.say(text, [upper, lower]));
        }
      }
    }
    return -1;
  }

  private applyRegions(known: Knowledge): number {
    const { problem, elements } = this;
    for (let q = 1; q < problem.size; q++) {
      const c = this.bornIn(known, q);
      if (c < 0) continue;
      const top = regionTop(problem, c);
      for (let p = 1; p < elements; p++) {
        const stands = known.above[p * elements + q]!;
        if (p === top || !isElement(problem, p) || stands < 0) continue;
        if (elementSession(problem, p) === c) continue;
        const born = this.bornIn(known, p);
        if (born === c) continue;
        const because = [stands, ...this.birthSteps(known, q), ...this.birthSteps(known, p)];
        if (born >= 0) {
          if (top !== 0 && known.above[p * elements + top]! >= 0) continue;
          const never = `${this.name(p)} was never in session ${this.number(c)} (${this.sessionsOf(known, p)}), but ${this.name(q)} below it was born in that session`;
          if (top === 0) {
            const whose =
              c === problem.outside
                ? 'that session is there before anybody is born'
                : `its leader is the root ${this.pid[0]}`;
            return this.say(`${never}: ${whose}, so it would have to pass through ${this.name(p)}.`, because);
          }
          this.setAbove(
            known,
            p,
            top,
            this.say(`${never}: so ${this.leaderName(c)} is below ${this.name(p)} too.`, because),
          );
        } else if (top === 0 || known.above[top * elements + p]! >= 0) {
          const upper = top === 0 ? [] : [known.above[top * elements + p]!];
          const text = `${this.name(p)} stands between ${this.leaderName(c)} and ${this.name(q)}, which was born in session ${this.number(c)}: so ${this.name(p)} was born in session ${this.number(c)}.`;
          known.birth[p] = c;
          known.birthStep[p] = this.say(text, [...because, ...upper]);
        }
      }
    }
    return -1;
  }

  /** Session that e was born in, −1 where that is open. */
  private bornIn(known: Knowledge, e: number): number {
    if (!elementLeads(this.problem, e)) return this.problem.session[e]!;
    return known.birth[e]!;
  }

  private birthSteps(known: Knowledge, e: number): number[] {
    return known.birthStep[e]! >= 0 ? [known.birthStep[e]!] : [];
  }

  private setAbove(known: Knowledge, p: number, q: number, step: number): void {
    const at = p * this.elements + q;
    if (known.above[at]! < 0) known.above[at] = step;
  }

  private say(text: string, because: readonly number[]): number {
    return this.steps.push({ text: text.replaceAll(',.', '.'), because, depth: this.depth }) - 1;
  }

  /** A step and all that it rests on. */
  private restsOn(last: number): Set<number> {
    const needed = new Set<number>([last]);
    for (let i = last; i >= 0; i--) {
      if (needed.has(i)) for (const step of this.steps[i]!.because) needed.add(step);
    }
    return needed;
  }

  private name(e: number): string {
    if (e < this.problem.size) return `${this.pid[e]}`;
    return `the vanished leader ${this.number(e - this.problem.size)}`;
  }

  private leaderName(c: number): string {
    const { problem } = this;
    const top = regionTop(problem, c);
    if (top === 0) return `the root ${this.pid[0]}`;
    if (problem.leader[c] === DEAD) return `the leader of session ${this.number(c)}, which is gone,`;
    return `${this.pid[leaderElement(problem, c)]}, the leader of session ${this.number(c)},`;
  }

  private number(c: number): number {
    return this.problem.sessionNumber[c]!;
  }

  private sessionsOf(known: Knowledge, e: number): string {
    const own = elementSession(this.problem, e);
    if (!elementLeads(this.problem, e)) return `it has session ${this.number(own)} from birth`;
    return `born in ${this.number(known.birth[e]!)}, it leads ${this.number(own)}`;
  }
}
