/**
 * Where births can be, over nested pid namespaces: what a map of births must keep beside sessions (docs/caba.md,
 * section 12).
 *
 * In: a nested tree, and the sessions of its birth problem. Out: who must be above whom, and tests of single births.
 * A birth leads into the creator's namespace or below. The parent at birth is the creator, a helper of it that dies,
 * or, by CLONE_PARENT, the creator's parent. Orphans never leave the namespace that their parent lives in, and fall to
 * its init from anywhere in it. So
 *   an init, as a parent, need not be above its children by birth;
 *   any other parent is above them, with no boundary process of its namespace in between (the block);
 *   a creator inside a namespace that the child's parent lives outside of made it by CLONE_PARENT: it is a boundary
 *   process with the same parent, and no init.
 * Cost: O(1) a test. Kernel rules: A16–A19, C1–C7, G10, G26.
 */

import type { BoundaryBirths } from '../planner/nested/boundary-births.ts';
import { isInit, type NestedTree } from '../planner/nested/nested-tree.ts';
import { DEAD, type OriginProblem } from '../planner/origin-problem.ts';
import type {
  ColumnOf,
  NamespaceIndex,
  NestedSessionIndex,
  ProcessIndex,
  SessionIndex,
} from '../tree/index-kinds.ts';

const NO_PARENT = -1;

export class BirthPlaces {
  /** By element of the problem: a process that must be above it by birth; 0 where any place will do. */
  readonly ancestor: ColumnOf<ProcessIndex>;
  /** By session of the problem: the session of the nested tree. */
  readonly nestedSession: ColumnOf<NestedSessionIndex>;
  private readonly nested: NestedTree;
  /** By session of the problem: the parent outside that its dead leader must hang from, −1 where none is known. */
  readonly deadParent: ColumnOf<ProcessIndex>;

  constructor(nested: NestedTree, problem: OriginProblem, { deadLeaderParent }: BoundaryBirths) {
    const { size, sessionCount, session, leader } = problem;
    this.nested = nested;
    this.nestedSession = new Int32Array(sessionCount);
    for (let q = 0; q < size; q++) this.nestedSession[session[q]!] = nested.sessions.of[q]!;
    this.deadParent = this.nestedSession.map((s, c) =>
      leader[c] === DEAD ? deadLeaderParent[s]! : NO_PARENT,
    );
    this.ancestor = new Int32Array(size + sessionCount);
    for (let q = 1; q < size; q++) this.ancestor[q] = this.required(nested.parent[q]!);
    for (let c = 0; c < sessionCount; c++) this.ancestor[size + c] = this.required(this.deadParent[c]!);
  }

  isBoundary(q: ProcessIndex): boolean {
    return this.nested.boundary[q] === 1;
  }

  /** Can x have created q, as far as namespaces and wanted parents go? Blocks are the caller's business. */
  bears(x: ProcessIndex, q: ProcessIndex): boolean {
    const { tree, relations, mu, parent, boundary } = this.nested;
    const here = tree.namespace[x]!;
    const there = tree.namespace[q]!;
    if (!relations.isWithin(there, here) || (here === there && boundary[q] && isInit(this.nested, q)))
      return false;
    return !this.isSibling(x, q) || (mu[q]! >= 0 && this.sharesParent(x, parent[q]!));
  }

  /** Would x create q by CLONE_PARENT, its parent being further out than x lives? */
  isSibling(x: ProcessIndex, q: ProcessIndex): boolean {
    const { tree, relations, mu, boundary } = this.nested;
    return boundary[q] === 1 && !relations.isWithin(mu[q]!, tree.namespace[x]!);
  }

  /** The same for the dead leader of session c, which hangs from p outside its namespace, or from anybody (−1). */
  bearsDead(x: ProcessIndex, c: SessionIndex, p: ProcessIndex): boolean {
    const { tree, relations } = this.nested;
    if (!relations.isWithin(this.home(c), tree.namespace[x]!)) return false;
    return !this.isDeadSibling(x, p) || this.sharesParent(x, p);
  }

  /** Would x create a dead leader that hangs from p by CLONE_PARENT? */
  isDeadSibling(x: ProcessIndex, p: ProcessIndex): boolean {
    const { tree, relations } = this.nested;
    return p >= 0 && !relations.isWithin(tree.namespace[p]!, tree.namespace[x]!);
  }

  /** Can q be born of the dead leader of session c, which hangs from p and was born of x? */
  bearsThrough(x: ProcessIndex, c: SessionIndex, p: ProcessIndex, q: ProcessIndex): boolean {
    const { tree, relations, mu, parent, boundary } = this.nested;
    const home = this.home(c);
    const there = tree.namespace[q]!;
    if (!relations.isWithin(there, home)) return false;
    const free = this.ancestor[q] === 0;
    if (!boundary[q]) return free || (p < 0 && home === there && tree.namespace[x] === there);
    if (home === there && isInit(this.nested, q)) return false;
    if (!relations.isWithin(mu[q]!, home)) return p === parent[q];
    return free || (p < 0 && home === mu[q] && tree.namespace[x] === home);
  }

  /** The parent that the dead leader of session c must hang from if it is to bear q; −1: any. */
  parentForSibling(c: SessionIndex, q: ProcessIndex): ProcessIndex {
    return this.isSiblingOfDead(c, q) ? this.nested.parent[q]! : NO_PARENT;
  }

  /** Does the dead leader of session c make q by CLONE_PARENT? */
  isSiblingOfDead(c: SessionIndex, q: ProcessIndex): boolean {
    const { relations, mu, boundary } = this.nested;
    return boundary[q] === 1 && !relations.isWithin(mu[q]!, this.home(c));
  }

  /** Namespace that the leader of session c lived in. */
  home(c: SessionIndex): NamespaceIndex {
    return this.nested.sessions.namespace[this.nestedSession[c]!]!;
  }

  private sharesParent(x: ProcessIndex, p: ProcessIndex): boolean {
    const { boundary, parent } = this.nested;
    return x > 0 && boundary[x] === 1 && !isInit(this.nested, x) && parent[x] === p;
  }

  /** The process that must be above whoever hangs from p; 0: none. */
  required(p: ProcessIndex): ProcessIndex {
    return p <= 0 || isInit(this.nested, p) ? 0 : p;
  }
}
