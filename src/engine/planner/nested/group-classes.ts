/**
 * Group classes (namespaces.md, section 5): which groups can only be inherited, and who must be born into which.
 *
 * A process can be set into a group by itself, if it sees the group's number, or by an outside parent of its session
 * that sees it. Otherwise the group is inherit-only: the creator must be in it at that moment. So members of an outer
 * session below one namespace fall into classes, one a group that must be inherited. Who those are is found out where the
 * creators are known (origin-classes.ts), or the parents (certain-classes.ts).
 * In: a nested tree with its boundary births. Out: what a class means for one process. Cost: O(1) a question.
 * Kernel rules: F17 to F20, F22 to F25.
 */

import type {
  ColumnOf,
  ElementIndex,
  GroupIndex,
  NamespaceIndex,
  ProcessIndex,
} from '../../tree/index-kinds.ts';
import { type BoundaryBirths, birthSession } from './boundary-births.ts';
import type { NestedTree } from './nested-tree.ts';

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

/** Nobody needs any group from birth. */
export function allFree(size: number): GroupClasses {
  return {
    of: new Int32Array(size).fill(FREE),
    broughtIn: new Int32Array(size).fill(FREE),
    alsoBroughtIn: new Map(),
    carried: [],
  };
}

/** x goes through group `cls`, for the sake of what is below it. */
export function bringIn(classes: GroupClasses, x: ProcessIndex, cls: GroupIndex): void {
  if (classes.broughtIn[x] === FREE) classes.broughtIn[x] = cls;
  if (classes.broughtIn[x] === cls) return;
  const more = classes.alsoBroughtIn.get(x);
  if (!more) classes.alsoBroughtIn.set(x, [cls]);
  else if (!more.includes(cls)) more.push(cls);
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
