/**
 * The problem of one pid namespace (namespaces.md, section 3.3 and section 7, step 3): births inside it, as a problem
 * of a single namespace that the ordinary procedure solves.
 *
 * Level 0 has the root as its root. A nested namespace has a virtual root that stands for its init as a parent, and
 * directly below it the tops, above which there is nothing of the namespace: its init, if that leads a session; every
 * process injected into it; dead leaders with members that hang from outside; and for every outer session that occurs
 * below the init a virtual leader (one a group class). Whoever was injected, is parent of nobody and leads nobody else
 * is no node: nothing depends on it. An injected process that leads a session is two nodes: its before phase leads what
 * it brings in, and below it the process leads its own session.
 * In: the nested tree, its boundary births and classes, a namespace. Out: an origin problem with, for every node of it,
 * what it stands for. Cost: O(elements of the namespace).
 */

import { itemsOf, type Rows } from '../../tree/adjacency.ts';
import { bytes, copyOf, int32s } from '../../tree/scratch.ts';
import { type OriginProblem, problemOfLeaders } from '../origin-problem.ts';
import { type BoundaryBirths, birthSession } from './boundary-births.ts';
import { FREE, type GroupClasses } from './group-classes.ts';
import { isInit, leadsSession, type NestedTree } from './nested-tree.ts';
import { type Residents, residentsOf } from './residents.ts';

/** Roles of a node: a process; `id` is its index. */
export const PROCESS = 0;
/** What an injected process makes before its setsid; `id` is the process. */
export const BEFORE_SETSID = 1;
/** A dead session leader; `id` is its session. */
export const DEAD_LEADER = 2;
/** An outer session below the init; `id` is the session, `cls` its group class. */
export const TOOL = 3;
/** The virtual root: the init as a parent. */
export const INIT = 4;

/** Leader of a node's session, where that is the outside session; below: −2 − place of a dead leader. */
const OUTER_SESSION = -1;
const NOT_PINNED = -1;

export interface NamespaceProblem {
  readonly namespace: number;
  readonly problem: OriginProblem;
  readonly role: Uint8Array;
  readonly id: Int32Array;
  readonly cls: Int32Array;
  /** Sessions whose leaders are dead and no nodes, as the problem numbers them: size + 1 + place. */
  readonly deadSessions: readonly number[];
  /** Could what an injected process brings in serve somewhere below the init, instead of a tool? */
  readonly hasChoice: boolean;
}

/** Session of the nested tree, of a session of the problem whose leader is dead and lived here. */
export function deadSession({ problem, deadSessions }: NamespaceProblem, session: number): number {
  return deadSessions[problem.sessionNumber[session]! - problem.size - 1]!;
}

/** The problems of all namespaces, made one after the other in the same columns. */
export class NamespaceProblems {
  private readonly nested: NestedTree;
  private readonly births: BoundaryBirths;
  private readonly classes: GroupClasses;
  private readonly residents: Residents;
  /** Nodes of processes: as themselves, and as what they bring in. */
  private readonly nodeOf: Int32Array;
  private readonly copyNode: Int32Array;

  private namespace = 0;
  /** Nodes: parent, and node that leads the session. */
  private count = 0;
  private readonly parent: Int32Array;
  private readonly leaderOf: Int32Array;
  private readonly pinnedUnder: Int32Array;
  private readonly role: Uint8Array;
  private readonly id: Int32Array;
  private readonly cls: Int32Array;
  private hasPinned = false;
  private hasChoice = false;
  /** Further nodes of an injected process, one a group class that it goes through. */
  private readonly classNodes = new Map<number, Map<number, number>>();
  private readonly deadTop = new Map<number, number>();
  private readonly tools = new Map<number, number[]>();
  private readonly deadAt = new Map<number, number>();
  private deadSessions: number[] = [];

  constructor(nested: NestedTree, births: BoundaryBirths, classes: GroupClasses) {
    this.nested = nested;
    this.births = births;
    this.classes = classes;
    this.residents = residentsOf(nested, births);
    const { size } = nested.tree;
    this.nodeOf = int32s(size);
    this.copyNode = int32s(size);
    const nodes = this.mostNodes();
    this.parent = int32s(nodes);
    this.leaderOf = int32s(nodes);
    this.pinnedUnder = int32s(nodes);
    this.role = bytes(nodes);
    this.id = int32s(nodes);
    this.cls = int32s(nodes);
  }

  of(namespace: number): NamespaceProblem {
    this.namespace = namespace;
    this.count = 0;
    this.hasPinned = false;
    this.hasChoice = false;
    for (const map of [this.classNodes, this.deadTop, this.tools, this.deadAt]) map.clear();
    this.deadSessions = [];
    if (namespace === 0) this.addRoot();
    else this.addTops();
    this.addElements();
    for (const s of itemsOf(this.residents.deadLeaves, namespace))
      this.addLeader(DEAD_LEADER, s, this.parentNode(this.births.deadLeaderParent[s]!));
    return this.finish();
  }

  /** Of any namespace: an element and a tool for it, an injected process twice, and once for each class. */
  private mostNodes(): number {
    const { elements, injected, deadTops, deadLeaves } = this.residents;
    let most = 0;
    for (let n = 0; n < this.nested.relations.count; n++) {
      const length = ({ offset }: Rows): number => offset[n + 1]! - offset[n]!;
      most = Math.max(
        most,
        2 * (length(elements) + length(injected)) + length(deadTops) + length(deadLeaves),
      );
    }
    for (const more of this.classes.alsoBroughtIn.values()) most += more.length;
    return most + 2;
  }

  private add(role: number, id: number, parent: number, cls = FREE): number {
    const node = this.count++;
    if (node === this.role.length) throw new Error('A namespace has more nodes than were counted.');
    this.role[node] = role;
    this.id[node] = id;
    this.parent[node] = parent;
    this.cls[node] = cls;
    this.leaderOf[node] = OUTER_SESSION;
    this.pinnedUnder[node] = NOT_PINNED;
    return node;
  }

  /** A node that leads a session of its own. */
  private addLeader(role: number, id: number, parent: number, cls = FREE): number {
    const node = this.add(role, id, parent, cls);
    this.leaderOf[node] = node;
    return node;
  }

  private addTop(role: number, id: number, cls = FREE): number {
    return this.pinned(this.addLeader(role, id, 0, cls), 0);
  }

  private pinned(node: number, under: number): number {
    this.pinnedUnder[node] = under;
    this.hasPinned = true;
    return node;
  }

  private addRoot(): void {
    const { nested } = this;
    this.nodeOf[0] = this.add(PROCESS, 0, -1);
    if (leadsSession(nested, 0)) this.leaderOf[0] = 0;
  }

  private addTops(): void {
    const { nested, births, residents, nodeOf, copyNode, namespace } = this;
    const init = nested.relations.init[namespace]!;
    this.add(INIT, init, -1);
    if (leadsSession(nested, init)) nodeOf[init] = this.addTop(PROCESS, init);
    for (const x of itemsOf(residents.injected, namespace)) {
      if (!residents.hasOthers[x]) continue;
      if (leadsSession(nested, x) && births.of[x]! >= 0) {
        copyNode[x] = this.addTop(BEFORE_SETSID, x);
        nodeOf[x] = this.pinned(this.addLeader(PROCESS, x, copyNode[x]), copyNode[x]);
      } else {
        nodeOf[x] = this.addTop(PROCESS, x);
        copyNode[x] = nodeOf[x];
      }
      this.addClassNodes(x);
    }
    for (const s of itemsOf(residents.deadTops, namespace)) this.deadTop.set(s, this.addTop(DEAD_LEADER, s));
  }

  private addClassNodes(x: number): void {
    const more = this.classes.alsoBroughtIn.get(x);
    if (!more) return;
    const role = leadsSession(this.nested, x) ? BEFORE_SETSID : PROCESS;
    const nodes = new Map([[this.classes.broughtIn[x]!, this.copyNode[x]!]]);
    for (const cls of more) nodes.set(cls, this.addTop(role, x, cls));
    this.classNodes.set(x, nodes);
  }

  private addElements(): void {
    const { nested, classes, nodeOf, leaderOf } = this;
    const elements = itemsOf(this.residents.elements, this.namespace);
    for (const q of elements) {
      nodeOf[q] = this.add(PROCESS, q, this.parentNode(nested.parent[q]!, classes.of[q]!));
      if (this.leadsHere(q)) leaderOf[nodeOf[q]] = nodeOf[q];
    }
    // A tool without a class serves those who need none; with one of a class there is none.
    const isLate = (q: number): boolean => this.namespace > 0 && classes.of[q] === FREE;
    for (const late of [false, true])
      for (const q of elements)
        if (isLate(q) === late && !this.leadsHere(q)) leaderOf[nodeOf[q]!] = this.sessionNode(q);
  }

  /** Does q lead a session in this problem? A boundary process with a known birth session is a member of that. */
  private leadsHere(q: number): boolean {
    if (!leadsSession(this.nested, q)) return false;
    return !this.nested.boundary[q] || this.births.of[q]! < 0;
  }

  private parentNode(p: number, cls = FREE): number {
    if (this.namespace > 0 && p === this.nested.relations.init[this.namespace]) return 0;
    return this.classNodes.get(p)?.get(cls) ?? this.nodeOf[p]!;
  }

  /** Node that leads the session of a member q here, or what stands for it. */
  private sessionNode(q: number): number {
    const { nested, births } = this;
    const { sessions, relations, boundary, parent, top } = nested;
    const t = boundary[q] ? birthSession(nested, births, q) : sessions.of[q]!;
    // Whoever hangs from level 0 in a session from further in is a sibling of its leader, and no element here.
    if (this.namespace === 0) return t === 0 ? OUTER_SESSION : this.leaderNode(t);
    const x = top[parent[q]!]!;
    if (!isInit(nested, x) && birthSession(nested, births, x) === t) {
      return this.classNodes.get(x)?.get(this.classes.of[q]!) ?? this.copyNode[x]!;
    }
    if (relations.isWithin(sessions.namespace[t]!, this.namespace))
      return this.deadTop.get(t) ?? this.leaderNode(t);
    this.hasChoice ||= this.couldBeBroughtIn(t);
    return this.toolNode(t, this.classes.of[q]!);
  }

  private leaderNode(t: number): number {
    const l = this.nested.sessions.process[t]!;
    if (l >= 0) return this.nodeOf[l]!;
    let at = this.deadAt.get(t);
    if (at === undefined) {
      at = this.deadSessions.push(t) - 1;
      this.deadAt.set(t, at);
    }
    return -2 - at;
  }

  private toolNode(t: number, cls: number): number {
    let nodes = this.tools.get(t);
    if (!nodes) this.tools.set(t, (nodes = []));
    const node = nodes.find((v) => cls === FREE || this.cls[v] === cls);
    if (node !== undefined) return node;
    const added = this.addTop(TOOL, t, cls);
    nodes.push(added);
    return added;
  }

  /** Was an injected process born in session t, or may it have been? */
  private couldBeBroughtIn(t: number): boolean {
    const { nested, births, residents, namespace } = this;
    return itemsOf(residents.injected, namespace).some((x) => {
      const own = birthSession(nested, births, x);
      return own === t || own < 0;
    });
  }

  private finish(): NamespaceProblem {
    const { count, namespace, deadSessions, hasChoice } = this;
    const parent = copyOf(this.parent, count);
    const plain = problemOfLeaders(parent, this.leaderOf.subarray(0, count), deadSessions.length)!;
    const role = bytes(count);
    role.set(this.role.subarray(0, count));
    return {
      namespace,
      problem: this.hasPinned ? { ...plain, ...this.pins(plain) } : plain,
      role,
      id: copyOf(this.id, count),
      cls: copyOf(this.cls, count),
      deadSessions,
      hasChoice,
    };
  }

  private pins({ size, session, sessionCount }: OriginProblem): Pick<OriginProblem, 'pinned' | 'knownBirth'> {
    const pinned = bytes(size);
    const knownBirth = int32s(sessionCount, -1);
    for (let node = 0; node < size; node++) {
      const under = this.pinnedUnder[node]!;
      if (under === NOT_PINNED) continue;
      pinned[node] = 1;
      knownBirth[session[node]!] = session[under]!;
    }
    return { pinned, knownBirth };
  }
}
