/**
 * The image as a proof sees it: one process at a time, by its number on level 0.
 *
 * In: a process tree, and what the request gives of births. Out: look-ups that tell what the image says, and nothing
 * that was concluded from it.
 * A pid namespace is the index of its row in the tree; OUTER is whatever lies outside level 0. The root's parent, and
 * that of whoever was put into level 0 from outside, lives there; where the init of level 0 is not in the image it is
 * the parent of whoever hangs from outside, and lives in level 0.
 */

import { ZOMBIE } from '../tree/process-columns.ts';
import { onLevels, type ProcessTree, parentPid, rootIsInit, threadsOf } from '../tree/process-tree.ts';
import { KINDS, type Kind, SIGCHLD } from '../tree/sharing-columns.ts';

export const OUTER = -1;

/** What a request may say of births; its `births` go before those of the image. */
export interface BirthsGiven {
  readonly respectCaba: boolean;
  readonly births: Readonly<Record<string, number>>;
}

export const NOTHING_GIVEN: BirthsGiven = { respectCaba: false, births: {} };

/** Levels from 0 down on which a number is visible. */
export function visibleLevels(shown: readonly number[]): number {
  const hidden = shown.indexOf(0);
  return hidden < 0 ? shown.length : hidden;
}

export class Image {
  readonly tree: ProcessTree;
  readonly root: number;
  /** True where the init of level 0 is the root. */
  readonly rootIsInit: boolean;
  private readonly given: BirthsGiven;

  constructor(tree: ProcessTree, given: BirthsGiven) {
    this.tree = tree;
    this.given = given;
    this.root = tree.pid[0]!;
    this.rootIsInit = rootIsInit(tree);
  }

  has(pid: number): boolean {
    return pid > 0 && this.tree.indexOf(pid) >= 0;
  }

  index(pid: number): number {
    return pid > 0 ? this.tree.indexOf(pid) : -1;
  }

  /** 0 outside, −1 where there is no such process. */
  parent(pid: number): number {
    const i = this.index(pid);
    return i < 0 ? -1 : parentPid(this.tree, i);
  }

  session(pid: number): number {
    const i = this.index(pid);
    return i < 0 ? -1 : this.tree.sid[i]!;
  }

  group(pid: number): number {
    const i = this.index(pid);
    return i < 0 ? -1 : this.tree.pgid[i]!;
  }

  /** Namespace of a process of the image. */
  namespace(pid: number): number {
    return this.tree.namespace[this.index(pid)]!;
  }

  /** Namespace that its next child would be born in; negative where the image does not name one. */
  namespaceForChildren(pid: number): number {
    return this.tree.forChildren?.[this.index(pid)] ?? OUTER;
  }

  /** Namespace of whoever is the parent of a process: it is the same for its whole life (namespaces.md, lemma A). */
  parentNamespace(pid: number): number {
    const p = this.parent(pid);
    if (p > 0) return this.namespace(p);
    return pid === this.root || this.rootIsInit ? OUTER : 0;
  }

  namespaceId(n: number): string {
    return this.tree.namespaces[n]!.id;
  }

  /** OUTER − 1 where there is none of that name. */
  namespaceOf(id: string): number {
    const n = this.tree.namespaces.findIndex((namespace) => namespace.id === id);
    return n < 0 ? OUTER - 1 : n;
  }

  level(n: number): number {
    return n === OUTER ? -1 : this.tree.namespaces[n]!.level;
  }

  /** Is n the namespace m, or one within it? */
  isWithin(n: number, m: number): boolean {
    if (m === OUTER) return true;
    let at = n;
    while (at > m) at = this.tree.namespaces[at]!.parent;
    return at === m;
  }

  isStrictlyWithin(n: number, m: number): boolean {
    return n !== m && this.isWithin(n, m);
  }

  /** The namespace around n, or n itself, on that level. */
  namespaceAt(n: number, level: number): number {
    let at = n;
    while (this.level(at) > level) at = this.tree.namespaces[at]!.parent;
    return at;
  }

  /** Is it the init of its pid namespace? */
  isInit(pid: number): boolean {
    const i = this.index(pid);
    return i >= 0 && this.tree.namespaces[this.tree.namespace[i]!]!.init === i;
  }

  isZombie(pid: number): boolean {
    return this.has(pid) && this.tree.state[this.index(pid)] === ZOMBIE;
  }

  /** Threads besides the first one; none where there is no such process. */
  threads(pid: number): Int32Array {
    const i = this.index(pid);
    return i < 0 ? new Int32Array(0) : threadsOf(this.tree, i);
  }

  /** Numbers of a process on all levels, level 0 first. */
  numbers(pid: number, of: 'process' | 'session' | 'group'): readonly number[] {
    const field = of === 'process' ? 'pid' : of === 'session' ? 'sid' : 'pgid';
    return Array.from(onLevels(this.tree, this.index(pid), field));
  }

  /** The deepest namespace in which a number is visible that a process shows like this, level 0 first. */
  deepestShowing(pid: number, shown: readonly number[]): number {
    return this.namespaceAt(this.namespace(pid), visibleLevels(shown) - 1);
  }

  /** Did session c exist before anybody of the image but the root was born? */
  isFromOutside(c: number): boolean {
    if (c === 0) return true;
    if (c === this.session(this.root)) return c !== this.root;
    return c === 1 && !this.rootIsInit && !this.has(1);
  }

  /** Names the object of a kind that a process holds; −1 where the image does not tell. */
  object(pid: number, kind: Kind): number {
    const i = this.index(pid);
    return i < 0 ? -1 : (this.tree.sharing?.classes[KINDS.indexOf(kind)]?.[i] ?? -1);
  }

  /** Device number of the controlling terminal, 0 none; −1 where the image does not tell. */
  terminal(pid: number): number {
    const i = this.index(pid);
    return i < 0 ? -1 : (this.tree.sharing?.terminal?.[i] ?? -1);
  }

  /** Signal to the parent at exit; −1 where there is no such process, or nobody in the image has it for a child. */
  exitSignal(pid: number): number {
    const i = this.index(pid);
    if (i < 0 || pid === this.root) return -1;
    return this.tree.sharing?.exitSignal?.[i] ?? SIGCHLD;
  }

  /** Given closest alive born ancestor: 0 outside; −1: nothing is said. */
  givenBirth(pid: number): number {
    const wished = this.given.births[String(pid)];
    if (wished !== undefined) return wished;
    const i = this.index(pid);
    const { caba } = this.tree;
    return this.given.respectCaba && caba && i >= 0 ? caba[i]! : -1;
  }
}
