/**
 * Group classes (namespaces.md, section 5): which groups can only be inherited, and who must be born into which.
 *
 * A process can be set into a group by itself, if it sees the group's number, or by an outside parent of its session
 * that sees it. Otherwise the group is inherit-only: the creator must be in it at that moment. So members of an outer
 * session below one namespace fall into classes, one a group that must be inherited; a class is passed on between
 * parent and child within the session.
 * In: a nested tree with its boundary births. Out: a class for every process (a group, or FREE), and for every injected
 * process the classes that it must bring in; or a contradiction.
 * Cost: O(n). Kernel rules: F17 to F20, F22 to F25.
 */

import type {
  ColumnOf,
  ElementIndex,
  GroupIndex,
  NamespaceIndex,
  NestedSessionIndex,
  ProcessIndex,
} from '../../tree/index-kinds.ts';
import { type BirthContradiction, type BoundaryBirths, birthSession } from './boundary-births.ts';
import { isInit, leadsSession, type NestedTree } from './nested-tree.ts';

export const FREE = -1;

export interface GroupClasses {
  /** Group that a process must be born into, as seen from the namespace that it hangs from; FREE: any. */
  readonly of: ColumnOf<GroupIndex>;
  /** Group that an injected process must be born into for the sake of what is below it. */
  readonly broughtIn: ColumnOf<GroupIndex>;
  /** Groups that an injected process goes through after that, by process. */
  readonly alsoBroughtIn: Map<ProcessIndex, GroupIndex[]>;
  /** Elements that a carrier in their session must make, because it is to set their siblings into groups. */
  readonly carried: ElementIndex[];
}

export function groupClasses(nested: NestedTree, births: BoundaryBirths): GroupClasses | BirthContradiction {
  const { tree, relations, boundary } = nested;
  const search = new ClassSearch(nested, births);
  const byNamespace: number[][] = Array.from({ length: relations.count }, () => []);
  for (let q = 1; q < tree.size; q++) byNamespace[boundary[q] ? nested.mu[q]! : tree.namespace[q]!]!.push(q);
  for (let n = relations.count - 1; n > 0; n--) {
    const contradiction = search.lookBelow(n, byNamespace[n]!);
    if (contradiction) return contradiction;
  }
  return search.classes;
}

/** Nobody needs any group from birth. */
export function allFree(size: number): GroupClasses {
  return {
    of: new Int32Array(size).fill(FREE),
    broughtIn: new Int32Array(size).fill(FREE),
    alsoBroughtIn: new Map(),
    carried: [],
  };
}

/** Goes through the namespaces, innermost first; elements are in it, or hang from there, parents first. */
class ClassSearch {
  readonly classes: GroupClasses;
  private readonly nested: NestedTree;
  private readonly births: BoundaryBirths;
  private readonly cls: ColumnOf<GroupIndex>;
  /** Nothing is above whoever brings an outer session in, so a leader above a member of it was born in it. −1: none. */
  private readonly bornIn: ColumnOf<NestedSessionIndex>;
  private namespace: NamespaceIndex = 0;

  constructor(nested: NestedTree, births: BoundaryBirths) {
    this.nested = nested;
    this.births = births;
    this.classes = allFree(nested.tree.size);
    this.cls = this.classes.of;
    this.bornIn = new Int32Array(nested.tree.size).fill(-1);
  }

  lookBelow(n: NamespaceIndex, elements: readonly ProcessIndex[]): BirthContradiction | null {
    this.namespace = n;
    for (const q of elements) this.ownClass(q);
    this.passOn(elements);
    const contradiction =
      this.neverLeft(elements) ??
      this.bringInClasses(elements) ??
      bornIntoOneOnly(this.nested, this.births, this.classes, n);
    if (contradiction === null) this.takeWhatIsThere(elements);
    return contradiction;
  }

  private sessionOf(q: ProcessIndex): NestedSessionIndex {
    if (this.nested.boundary[q]) return birthSession(this.nested, this.births, q);
    return leadsSession(this.nested, q) ? this.bornIn[q]! : this.nested.sessions.of[q]!;
  }

  private isOuter(t: NestedSessionIndex): boolean {
    const { relations, sessions } = this.nested;
    return t >= 0 && relations.isStrictlyWithin(this.namespace, sessions.namespace[t]!);
  }

  /** A group from further out, for its own sake or for that of whom it brings in. */
  private ownClass(q: ProcessIndex): void {
    const { groups, boundary, relations } = this.nested;
    if (!this.isOuter(this.sessionOf(q))) return;
    let g = groups.of[q]!;
    if (boundary[q]) {
      if (this.classes.broughtIn[q] !== FREE) g = this.classes.broughtIn[q]!;
      else if (leadsSession(this.nested, q)) return;
    }
    if (g === 0 || !relations.isWithin(groups.namespace[g]!, this.namespace)) this.cls[q] = g;
  }

  /** From child to parent, then to the other children. */
  private passOn(elements: readonly ProcessIndex[]): void {
    const { boundary, parent, tree } = this.nested;
    const { cls, bornIn } = this;
    const passesOn = (p: ProcessIndex, q: ProcessIndex): boolean =>
      boundary[p] === 0 && this.sessionOf(p) === this.sessionOf(q) && tree.namespace[p] === this.namespace;
    for (let i = elements.length - 1; i >= 0; i--) {
      const q = elements[i]!;
      const p = parent[q]!;
      const t = this.sessionOf(q);
      if (this.isOuter(t) && boundary[p] === 0 && leadsSession(this.nested, p) && bornIn[p]! < 0)
        bornIn[p] = t;
      if (cls[q] !== FREE && passesOn(p, q) && cls[p] === FREE) cls[p] = cls[q]!;
    }
    for (const q of elements) {
      const p = parent[q]!;
      if (cls[q] === FREE && this.isOuter(this.sessionOf(q)) && passesOn(p, q)) cls[q] = cls[p]!;
    }
  }

  /** Somebody was born in a group below a process that is in another one for ever. */
  private neverLeft(elements: readonly ProcessIndex[]): BirthContradiction | null {
    const { tree, groups, boundary, parent } = this.nested;
    for (const q of elements) {
      const p = parent[q]!;
      if (this.cls[q] === FREE || boundary[p] || isInit(this.nested, p) || leadsSession(this.nested, p))
        continue;
      const own = groups.of[p]!;
      if (own === this.cls[q] || !mustInherit(this.nested, this.births, p, own)) continue;
      return {
        processes: [p, q],
        text: `${tree.pid[p]} can never have left group ${groups.number[own]}, so whatever is born below it in its pid namespace is in that group or in one of that namespace, but ${tree.pid[q]} below it was born in group ${groups.number[this.cls[q]!]}.`,
      };
    }
    return null;
  }

  /** What processes that were injected bring in for whom is below them; one of them may be unable to. */
  private bringInClasses(elements: readonly ProcessIndex[]): BirthContradiction | null {
    const { tree, groups, parent, top } = this.nested;
    for (const q of elements) {
      const x = top[parent[q]!]!;
      if (this.cls[q] === FREE || isInit(this.nested, x)) continue;
      const own = groups.of[x]!;
      const mayLeave = own === this.cls[q] || leadsSession(this.nested, x);
      if (!mayLeave && mustInherit(this.nested, this.births, x, own)) {
        return {
          processes: [x, q],
          text: `${tree.pid[x]} was put into its namespace from outside and can never leave group ${groups.number[own]}, but ${tree.pid[q]} below it was born in another group from outside.`,
        };
      }
      bringIn(this.classes, x, this.cls[q]!);
    }
    return null;
  }

  /** Whoever needs none has what is brought in anyway. */
  private takeWhatIsThere(elements: readonly ProcessIndex[]): void {
    const { parent, top } = this.nested;
    for (const q of elements) {
      const x = top[parent[q]!]!;
      if (this.cls[q] === FREE && this.isOuter(this.sessionOf(q)) && !isInit(this.nested, x))
        this.cls[q] = this.classes.broughtIn[x]!;
    }
  }
}

/** x goes through group `cls`, for the sake of what is below it. */
export function bringIn(classes: GroupClasses, x: ProcessIndex, cls: GroupIndex): void {
  if (classes.broughtIn[x] === FREE) classes.broughtIn[x] = cls;
  if (classes.broughtIn[x] === cls) return;
  const more = classes.alsoBroughtIn.get(x);
  if (!more) classes.alsoBroughtIn.set(x, [cls]);
  else if (!more.includes(cls)) more.push(cls);
}

function bornIntoOneOnly(
  nested: NestedTree,
  births: BoundaryBirths,
  classes: GroupClasses,
  n: number,
): BirthContradiction | null {
  const { tree, groups } = nested;
  for (const x of classes.alsoBroughtIn.keys()) {
    if (tree.namespace[x] !== n) continue;
    const inherited = settleBroughtIn(nested, births, classes, x);
    if (inherited.length < 2) continue;
    const numbers = inherited.map((g) => groups.number[g]);
    return {
      processes: [x],
      text: `${tree.pid[x]} was put into its namespace from outside, so it was born in one group, but what is below it was born in groups ${numbers.join(' and ')}, which can only be had from birth.`,
    };
  }
  return null;
}

/**
 * Of the groups that x goes through it is born into the one that nobody can set it into. Out: those that it must have
 * from birth; two are too many, and nothing is settled then.
 */
export function settleBroughtIn(
  nested: NestedTree,
  births: BoundaryBirths,
  { broughtIn, alsoBroughtIn }: GroupClasses,
  x: ProcessIndex,
): readonly GroupIndex[] {
  const all = [broughtIn[x]!, ...alsoBroughtIn.get(x)!];
  const inherited = all.filter((g) => mustInherit(nested, births, x, g));
  if (inherited.length > 1) return inherited;
  const first = inherited[0] ?? all[0]!;
  broughtIn[x] = first;
  alsoBroughtIn.set(
    x,
    all.filter((g) => g !== first),
  );
  return inherited;
}

/** Can process q see group g by its number? */
export function seesGroup(nested: NestedTree, q: ProcessIndex, g: GroupIndex): boolean {
  return isSeenFrom(nested, nested.tree.namespace[q]!, g);
}

/** Can whoever lives in namespace n see group g by its number? */
export function isSeenFrom({ relations, groups }: NestedTree, n: NamespaceIndex, g: GroupIndex): boolean {
  return g !== 0 && relations.isWithin(groups.namespace[g]!, n);
}

/** Is there no way into group g for q, in the session it was born in, but to be born in the group too? */
export function mustInherit(
  nested: NestedTree,
  births: BoundaryBirths,
  q: ProcessIndex,
  g: GroupIndex,
): boolean {
  const { relations, sessions, groups, mu, boundary } = nested;
  if (g === 0) return true;
  if (seesGroup(nested, q, g)) return false;
  if (!boundary[q] || births.siblingOfLeader[q] || q === 0) return true;
  const t = birthSession(nested, births, q);
  if (t < 0 || !relations.isWithin(groups.namespace[g]!, mu[q]!)) return true;
  return !relations.isWithin(mu[q]!, sessions.namespace[t]!);
}
