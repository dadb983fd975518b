/**
 * Circles through what is held: two of the classes that a place of the search has, which others connect in another way.
 *
 * In: a sharing problem, and a state, which is what is held, the owner, and Q. Out: is there such a circle? Then they
 * cannot be placed here, whatever their parents: what is held is one more vector of the state tree, and the graph of
 * the classes of two kinds, an edge for each pair that a vector has, is a forest (class-cycle.ts). Sessions are classes
 * too, but for threads, which keep what they have over the setsid of another. All that is held is needed below, so each
 * class has a member there. An owner is in two sessions at most, the one that is held and its own, which are one
 * connected part of the tree with its way from what it holds to what it ends with.
 * Cost: near-linear in |Q| for each pair of slots in which something is held.
 */
import { joinSets, setOf } from '../tree/disjoint-sets.ts';
import { type Held, NONE } from './moves.ts';
import type { SharingProblem } from './sharing-problem.ts';

const SESSION = 0;

export class HeldCircles {
  private readonly ends: readonly Int32Array[];
  private readonly link: Int32Array;
  /** By slot: the first of its classes in `link`. */
  private readonly first: readonly number[];
  private readonly withThreads: boolean;

  constructor({ births, classCount, ends }: SharingProblem, withThreads: boolean) {
    this.ends = ends;
    this.withThreads = withThreads;
    let next = 0;
    this.first = [births.sessionCount, ...classCount].map((count) => {
      next += count;
      return next - count;
    });
    this.link = new Int32Array(next);
  }

  /** @param owner a process, or nobody */
  has(held: Held, owner: number | null, q: readonly number[]): boolean {
    for (let a = this.withThreads ? 1 : SESSION; a < held.length; a++) {
      const isOwners = a === SESSION && owner !== null;
      const x = this.had(a, held, isOwners ? owner : null);
      for (let b = a + 1; x.length > 0 && b < held.length; b++) {
        const y = this.had(b, held, isOwners ? owner : null);
        if (y.length > 0 && this.areConnected(a, x, b, y, owner, q)) return true;
      }
    }
    return false;
  }

  /** Classes of a slot that are held, and that the owner ends with. */
  private had(slot: number, held: Held, owner: number | null): number[] {
    const own = owner === null ? NONE : this.ends[slot]![owner]!;
    const all = held[slot] === own ? [own] : [held[slot]!, own];
    return all.filter((name) => name >= 0);
  }

  /** Is there a way between two of the classes but for the pairs of one of `x`, which are one, and one of `y`? */
  private areConnected(
    a: number,
    x: readonly number[],
    b: number,
    y: readonly number[],
    owner: number | null,
    q: readonly number[],
  ): boolean {
    const { link } = this;
    const ofA = this.ends[a]!;
    const ofB = this.ends[b]!;
    const firstA = this.first[a]!;
    const firstB = this.first[b]!;
    const connect = (p: number): void => {
      if (ofA[p]! < 0 || ofB[p]! < 0 || (x.includes(ofA[p]!) && y.includes(ofB[p]!))) return;
      joinSets(link, firstA + ofA[p]!, firstB + ofB[p]!);
    };
    for (const name of x) link[firstA + name] = firstA + x[0]!;
    for (const name of y) link[firstB + name] = firstB + name;
    const isIn = (names: readonly number[], name: number): boolean => name < 0 || names.includes(name);
    const begin = (p: number): void => {
      if (!isIn(x, ofA[p]!)) link[firstA + ofA[p]!] = firstA + ofA[p]!;
      if (!isIn(y, ofB[p]!)) link[firstB + ofB[p]!] = firstB + ofB[p]!;
    };
    if (owner !== null) begin(owner);
    for (const p of q) begin(p);
    if (owner !== null) connect(owner);
    for (const p of q) connect(p);
    const ways = [setOf(link, firstA + x[0]!), ...y.map((name) => setOf(link, firstB + name))];
    return new Set(ways).size < ways.length;
  }
}
