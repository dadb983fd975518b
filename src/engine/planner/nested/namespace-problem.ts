/**
 * The problem of one pid namespace (namespaces.md, section 3.3 and section 7, step 3): births inside it, as a problem
 * of a single namespace that the ordinary procedure solves.
 *
 * Level 0 has the root as its root. A nested namespace has a virtual root that stands for its init as a parent, and
 * directly below it the tops, above which there is nothing of the namespace: its init, if that leads a session; every
 * process injected into it; dead leaders with members that hang from outside; and for every outer session that occurs
 * below the init a virtual leader (one a group class). An injected process that leads a session is two nodes: its
 * before phase leads what it brings in, and below it the process leads its own session.
 * In: the nested tree, its boundary births and classes, a namespace. Out: an origin problem with, for every node of it,
 * what it stands for. Cost: O(elements of the namespace).
 */

import { type OriginProblem, originProblem } from '../origin-problem.ts';
import { type BoundaryBirths, birthSession } from './boundary-births.ts';
import { FREE, type GroupClasses } from './group-classes.ts';
import { isInit, leadsSession, type NestedTree } from './nested-tree.ts';

export type NodeRole =
  /** A process; `id` is its index. */
  | 'process'
  /** What an injected process makes before its setsid; `id` is the process. */
  | 'before'
  /** A dead session leader; `id` is its session. */
  | 'dead leader'
  /** An outer session below the init; `id` is the session, `cls` its group class. */
  | 'tool'
  /** The virtual root: the init as a parent. */
  | 'init';

export interface NamespaceProblem {
  readonly namespace: number;
  readonly problem: OriginProblem;
  readonly role: readonly NodeRole[];
  readonly id: readonly number[];
  readonly cls: readonly number[];
  /** Global session of a local session whose leader is dead and lived here. */
  deadSession(local: number): number;
  /** Could what an injected process brings in serve somewhere below the init, instead of a tool? */
  readonly hasChoice: boolean;
}

/** Who belongs to a namespace's problem. */
export interface Residents {
  /** Processes that live there with a parent there, and boundary processes that hang from there; parents first. */
  readonly elements: readonly number[];
  /** Processes injected into it. */
  readonly injected: readonly number[];
  /** Dead leaders of P-children that lived there, as tops. */
  readonly deadTops: readonly number[];
  /** Dead leaders of P-children that hang from there. */
  readonly deadLeaves: readonly number[];
}

export function residentsOf(nested: NestedTree, births: BoundaryBirths): Residents[] {
  const { tree, relations, sessions, boundary, mu } = nested;
  const residents = Array.from({ length: relations.count }, () => ({
    elements: [] as number[],
    injected: [] as number[],
    deadTops: [] as number[],
    deadLeaves: [] as number[],
  }));
  for (let q = 1; q < tree.size; q++) {
    if (!boundary[q]) residents[tree.namespace[q]!]!.elements.push(q);
    else {
      if (!births.siblingOfLeader[q]) residents[mu[q]!]!.elements.push(q);
      if (!isInit(nested, q)) residents[tree.namespace[q]!]!.injected.push(q);
    }
  }
  for (let s = 1; s < sessions.count; s++) {
    const p = births.deadLeaderParent[s]!;
    if (p < 0) continue;
    residents[sessions.namespace[s]!]!.deadTops.push(s);
    residents[tree.namespace[p]!]!.deadLeaves.push(s);
  }
  return residents;
}

export function namespaceProblem(
  nested: NestedTree,
  births: BoundaryBirths,
  classes: GroupClasses,
  namespace: number,
  residents: Residents,
): NamespaceProblem {
  return new ProblemBuilder(nested, births, classes, namespace, residents).build();
}

class ProblemBuilder {
  private readonly nested: NestedTree;
  private readonly births: BoundaryBirths;
  private readonly classes: GroupClasses;
  private readonly namespace: number;
  private readonly residents: Residents;

  private readonly parent: number[] = [];
  /** Node that leads the session of a node; −1: the outside session; below: a dead leader, −2 − session. */
  private readonly sessionLeader: number[] = [];
  private readonly role: NodeRole[] = [];
  private readonly id: number[] = [];
  private readonly cls: number[] = [];
  private readonly pinnedUnder = new Map<number, number>();
  private readonly nodeOf = new Map<number, number>();
  private readonly copyNode = new Map<number, number>();
  /** Further nodes of an injected process, one a group class that it goes through. */
  private readonly classNodes = new Map<number, Map<number, number>>();
  private readonly deadTop = new Map<number, number>();
  private readonly tools = new Map<number, number[]>();
  private hasChoice = false;

  constructor(
    nested: NestedTree,
    births: BoundaryBirths,
    classes: GroupClasses,
    namespace: number,
    residents: Residents,
  ) {
    this.nested = nested;
    this.births = births;
    this.classes = classes;
    this.namespace = namespace;
    this.residents = residents;
  }

  build(): NamespaceProblem {
    if (this.namespace === 0) this.addRoot();
    else this.addTops();
    this.addElements();
    for (const s of this.residents.deadLeaves) {
      const node = this.add('dead leader', s, this.parentNode(this.births.deadLeaderParent[s]!));
      this.sessionLeader[node] = node;
    }
    return this.finish();
  }

  private add(role: NodeRole, id: number, parent: number, cls = FREE): number {
    this.role.push(role);
    this.id.push(id);
    this.cls.push(cls);
    this.sessionLeader.push(-1);
    return this.parent.push(parent) - 1;
  }

  /** A node that leads a session of its own. */
  private addLeader(role: NodeRole, id: number, parent: number, cls = FREE): number {
    const node = this.add(role, id, parent, cls);
    this.sessionLeader[node] = node;
    return node;
  }

  private addTop(role: NodeRole, id: number, cls = FREE): number {
    const node = this.addLeader(role, id, 0, cls);
    this.pinnedUnder.set(node, 0);
    return node;
  }

  private addRoot(): void {
    const { nested } = this;
    this.add('process', 0, -1);
    this.nodeOf.set(0, 0);
    if (leadsSession(nested, 0)) this.sessionLeader[0] = 0;
  }

  private addTops(): void {
    const { nested, births, residents } = this;
    this.add('init', nested.relations.init[this.namespace]!, -1);
    const init = nested.relations.init[this.namespace]!;
    if (leadsSession(nested, init)) this.nodeOf.set(init, this.addTop('process', init));
    for (const x of residents.injected) {
      if (leadsSession(nested, x) && births.of[x]! >= 0) {
        const before = this.addTop('before', x);
        const node = this.addLeader('process', x, before);
        this.pinnedUnder.set(node, before);
        this.nodeOf.set(x, node);
        this.copyNode.set(x, before);
      } else {
        const node = this.addTop('process', x);
        this.nodeOf.set(x, node);
        this.copyNode.set(x, node);
      }
      this.addClassNodes(x);
    }
    for (const s of residents.deadTops) this.deadTop.set(s, this.addTop('dead leader', s));
  }

  private addClassNodes(x: number): void {
    const more = this.classes.alsoBroughtIn.get(x);
    if (!more) return;
    const role = leadsSession(this.nested, x) ? 'before' : 'process';
    const nodes = new Map([[this.classes.broughtIn[x]!, this.copyNode.get(x)!]]);
    for (const cls of more) nodes.set(cls, this.addTop(role, x, cls));
    this.classNodes.set(x, nodes);
  }

  private addElements(): void {
    const { nested, classes } = this;
    const { elements } = this.residents;
    const late: number[] = [];
    for (const q of elements) {
      const cls = classes.of[q]!;
      const node = this.add('process', q, this.parentNode(nested.parent[q]!, cls));
      this.nodeOf.set(q, node);
      if (this.leadsHere(q)) this.sessionLeader[node] = node;
    }
    for (const q of elements) {
      if (this.leadsHere(q)) continue;
      if (this.namespace > 0 && classes.of[q] === FREE) late.push(q);
      else this.sessionLeader[this.nodeOf.get(q)!] = this.sessionNode(q);
    }
    for (const q of late) this.sessionLeader[this.nodeOf.get(q)!] = this.sessionNode(q);
  }

  /** Does q lead a session in this problem? A boundary process with a known birth session is a member of that. */
  private leadsHere(q: number): boolean {
    if (!leadsSession(this.nested, q)) return false;
    return !this.nested.boundary[q] || this.births.of[q]! < 0;
  }

  private parentNode(p: number, cls = FREE): number {
    if (this.namespace > 0 && p === this.nested.relations.init[this.namespace]) return 0;
    return this.classNodes.get(p)?.get(cls) ?? this.nodeOf.get(p)!;
  }

  /** What `sessionLeader` holds for a member q: the node that leads its session here. */
  private sessionNode(q: number): number {
    const { nested, births } = this;
    const { sessions, relations, boundary, parent, top } = nested;
    const t = boundary[q] ? birthSession(nested, births, q) : sessions.of[q]!;
    const home = sessions.namespace[t]!;
    if (this.namespace === 0) {
      if (t === 0) return -1;
      return home === 0 ? this.leaderNode(t) : this.deadTopOrLeader(t);
    }
    const x = top[parent[q]!]!;
    if (!isInit(nested, x) && birthSession(nested, births, x) === t) {
      return this.classNodes.get(x)?.get(this.classes.of[q]!) ?? this.copyNode.get(x)!;
    }
    if (home === this.namespace) return this.deadTopOrLeader(t);
    if (relations.isStrictlyWithin(home, this.namespace)) return this.deadTopOrLeader(t);
    this.hasChoice ||= this.couldBeBroughtIn(t);
    return this.toolNode(t, this.classes.of[q]!);
  }

  private leaderNode(t: number): number {
    const l = this.nested.sessions.process[t]!;
    return l >= 0 ? this.nodeOf.get(l)! : -2 - t;
  }

  private deadTopOrLeader(t: number): number {
    return this.deadTop.get(t) ?? this.leaderNode(t);
  }

  private toolNode(t: number, cls: number): number {
    let nodes = this.tools.get(t);
    if (!nodes) this.tools.set(t, (nodes = []));
    const node = nodes.find((v) => cls === FREE || this.cls[v] === cls);
    if (node !== undefined) return node;
    const added = this.addTop('tool', t, cls);
    nodes.push(added);
    return added;
  }

  /** Was an injected process born in session t, or may it have been? */
  private couldBeBroughtIn(t: number): boolean {
    const { nested, births, residents } = this;
    return residents.injected.some((x) => {
      const own = birthSession(nested, births, x);
      return own === t || own < 0;
    });
  }

  private finish(): NamespaceProblem {
    const size = this.parent.length;
    const deadBase = size + 1;
    const pid = Int32Array.from({ length: size }, (_, v) => v + 1);
    const sid = Int32Array.from(this.sessionLeader, (l) =>
      l === -1 ? 0 : l >= 0 ? l + 1 : deadBase - 2 - l,
    );
    const plain = originProblem(size, Int32Array.from(this.parent), pid, sid)!;
    const pinned = new Uint8Array(size);
    const knownBirth = new Int32Array(plain.sessionCount).fill(-1);
    for (const [node, under] of this.pinnedUnder) {
      pinned[node] = 1;
      knownBirth[plain.session[node]!] = plain.session[under]!;
    }
    return {
      namespace: this.namespace,
      problem: this.pinnedUnder.size > 0 ? { ...plain, pinned, knownBirth } : plain,
      role: this.role,
      id: this.id,
      cls: this.cls,
      deadSession: (local) => plain.sessionNumber[local]! - deadBase,
      hasChoice: this.hasChoice,
    };
  }
}
