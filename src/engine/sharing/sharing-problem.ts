/**
 * The sharing problem: sessions and shared objects over one tree of parents (inherit-only resources, 5.1).
 *
 * In: a tree, its origin problem, and births that are given. Out: for each kind that anybody shares the
 * class of every process, PRIVATE for a class of one. Sessions are those of the origin problem.
 * Invariant: whoever shares signal handlers shares the address space (K1); a zombie's handlers are in the address space
 * that it had, and of its other objects nothing is asked.
 * What the image does not tell is taken to be private.
 * Cost: O(processes · kinds).
 */
import { DEAD, type OriginProblem } from '../planner/origin-problem.ts';
import { UNKNOWN, ZOMBIE } from '../tree/process-columns.ts';
import { onLevels, type ProcessTree } from '../tree/process-tree.ts';
import { classSizes, handlersImplySpaces, type Sharing } from '../tree/sharing.ts';
import { FILES, IO, KINDS, NOT_TOLD, SIGHAND, VM } from '../tree/sharing-columns.ts';
import type { SpacesOfHandlers } from './spaces-of-handlers.ts';

/** A class of one, or none that is told. */
export const PRIVATE = -1;

export interface SharingProblem {
  readonly births: OriginProblem;
  /** Places in `KINDS`, ascending: who shares something of them. */
  readonly kinds: readonly number[];
  /** By place in `kinds`: class of each process, PRIVATE, or a number from 0. */
  readonly classes: readonly Int32Array[];
  /** By slot of what is held: the session that each process ends in, then `classes`. */
  readonly ends: readonly Int32Array[];
  /** By place in `kinds`: number of classes. */
  readonly classCount: readonly number[];
  /** By place in `kinds`: 1 for who shows what it ends with. Of others nothing is asked beyond their class. */
  readonly asked: readonly Uint8Array[];
  /** Places in `kinds` of address spaces and of signal handlers, −1 where nobody shares them. */
  readonly space: number;
  readonly handlers: number;
  /** Place in `kinds` of files, −1. */
  readonly files: number;
  /** Signal to the parent at exit, by process. Null: SIGCHLD for all, or not asked. */
  readonly exitSignal: Uint8Array | null;
  /** 1: can be born last of its parent, whatever comes before. */
  readonly bornLast: Uint8Array;
  /** Closest alive born ancestor that is given, UNKNOWN where none is. Null: none at all. */
  readonly hints: Int32Array | null;
  /** Pid namespace of a process, parents before children, and the namespace above. Null: all are in one. */
  readonly pidNamespaces: PidNamespaces | null;
}

interface PidNamespaces {
  readonly of: Int32Array;
  readonly above: readonly number[];
  /** By process, the root for those whose parent is outside. */
  readonly parent: Int32Array;
  /** 1: an init of the image. */
  readonly isInit: Uint8Array;
  /** By session whose leader is dead: the pid namespace that it lived in, the deepest where a member sees it. */
  readonly ofLeader: Int32Array;
}

/** The same where nothing is asked of what the image does not tell: null, it tells all that only execve leaves, or nothing. */
export function withUntold(problem: SharingProblem, tree: ProcessTree): SharingProblem | null {
  const { kinds, classes } = problem;
  let any = false;
  const asked = problem.asked.map((column, k) => {
    const told = tree.sharing!.classes[kinds[k]!];
    // What unshare leaves can be private in the end, whatever it was.
    if (isPlain(kinds[k]!)) return column;
    return column.map((isAsked, p) => {
      const isOpen = isAsked === 1 && classes[k]![p] === PRIVATE && (told?.[p] ?? NOT_TOLD) === NOT_TOLD;
      any ||= isOpen;
      return isOpen ? 0 : isAsked;
    });
  });
  return any ? { ...problem, asked } : null;
}

/** The same where any exit signal would do: whatever has no history so has none. */
export function withoutExitSignals(problem: SharingProblem): SharingProblem {
  return problem.exitSignal === null ? problem : { ...problem, exitSignal: null };
}

/** Only by execve is an address space left, or an exit signal. */
export function mayNeedExec({ space, exitSignal }: SharingProblem): boolean {
  return space >= 0 || exitSignal !== null;
}

/** With execve? Without first. */
export function waysOf(problem: SharingProblem): boolean[] {
  return mayNeedExec(problem) ? [false, true] : [false];
}

/** Whom a search has to place: the root is there, and some can be born last. */
export function placed({ bornLast }: SharingProblem): number[] {
  return [...bornLast.keys()].filter((p) => p > 0 && bornLast[p] === 0);
}

/** May an object of this kind be left by unshare? */
export function isPlain(kind: number): boolean {
  return kind !== VM && kind !== SIGHAND && kind !== IO;
}

/** May a thread have another object of this kind than its process (K5)? */
export function isPerThread(kind: number): boolean {
  return kind !== VM && kind !== SIGHAND;
}

/**
 * @param hints by process: its closest alive born ancestor, UNKNOWN
 * @param assumed spaces of handlers of which nobody tells one; left out: their own
 */
export function sharingProblem(
  tree: ProcessTree,
  births: OriginProblem,
  hints: Int32Array | null = null,
  assumed: SpacesOfHandlers = new Map(),
): SharingProblem {
  const { size, state } = tree;
  const sharing = tree.sharing!;
  const kinds: number[] = [];
  const classes: Int32Array[] = [];
  const classCount: number[] = [];
  for (let kind = 0; kind < KINDS.length; kind++) {
    const names = namesOf(tree, sharing, kind, assumed);
    if (names === null) continue;
    const members = classSizes(names);
    const number = new Int32Array(size).fill(PRIVATE);
    let count = 0;
    for (let i = 0; i < size; i++) if (members[i]! > 1) number[i] = count++;
    if (count === 0) continue;
    kinds.push(kind);
    classes.push(names.map((name) => (name === NOT_TOLD ? PRIVATE : number[name]!)));
    classCount.push(count);
  }
  // A zombie has its signal handlers still, and nothing else (K6).
  const asked = kinds.map((kind) =>
    Uint8Array.from(state, (of) => (of === ZOMBIE && kind !== SIGHAND ? 0 : 1)),
  );
  return {
    births,
    kinds,
    classes,
    ends: [births.session, ...classes],
    classCount,
    asked,
    space: kinds.indexOf(VM),
    handlers: kinds.indexOf(SIGHAND),
    files: kinds.indexOf(FILES),
    exitSignal: sharing.exitSignal,
    bornLast: bornLast(births, classes, hints),
    hints: hints?.some((hint) => hint !== UNKNOWN) ? hints : null,
    pidNamespaces: tree.namespaces.length === 1 ? null : pidNamespacesOf(tree, births),
  };
}

function pidNamespacesOf(tree: ProcessTree, { session, sessionCount, leader }: OriginProblem): PidNamespaces {
  const { size, namespace, namespaces, parent } = tree;
  const ofLeader = new Int32Array(sessionCount);
  for (let p = 0; p < size; p++) {
    if (leader[session[p]!] !== DEAD) continue;
    const seen = onLevels(tree, p, 'sid');
    let n = namespace[p]!;
    for (let level = seen.length - 1; level > 0 && seen[level] === 0; level--) n = namespaces[n]!.parent;
    ofLeader[session[p]!] = n;
  }
  const isInit = new Uint8Array(size);
  for (const { init } of namespaces) if (init >= 0) isInit[init] = 1;
  return {
    of: namespace,
    above: namespaces.map((n) => n.parent),
    parent: parent.map((p) => Math.max(0, p)),
    isInit,
    ofLeader,
  };
}

function namesOf(
  tree: ProcessTree,
  sharing: Sharing,
  kind: number,
  assumed: SpacesOfHandlers,
): Int32Array | null {
  if (kind !== VM) return sharing.classes[kind]!;
  const spaces = handlersImplySpaces(tree, sharing, true);
  const handlers = sharing.classes[SIGHAND]!;
  if (spaces === null || assumed.size === 0) return spaces;
  return spaces.map((space, i) => assumed.get(handlers[i]!) ?? space);
}

/**
 * Who can be born last of its parent, whatever comes before, so that no search has to place it. It shares nothing,
 * everybody below it can be born last too, and it is in its parent's session, or leads one that nobody else is in who is
 * placed before; its parent is its creator as far as is given, and it is the given creator of nobody who is placed before.
 * When all others have been placed, its parent has its session and may bear it with objects of its own; and leaving
 * processes out keeps a reachable tree reachable (inherit-only resources, 5.1). So the rest has a history exactly if the
 * tree has one.
 */
function bornLast(
  { size, parent, session, leader, sessionCount }: OriginProblem,
  classes: readonly Int32Array[],
  hints: Int32Array | null,
): Uint8Array {
  const last = new Uint8Array(size);
  /** Not born last: children of each process, given or by parent, and members of each session. */
  const children = new Int32Array(size);
  const members = new Int32Array(sessionCount);
  for (let p = 0; p < size; p++) {
    members[session[p]!]!++;
    if (p > 0) children[parent[p]!]!++;
    if (hints && hints[p]! > 0) children[hints[p]!]!++;
  }
  // Parents come before their children.
  for (let p = size - 1; p > 0; p--) {
    const s = session[p]!;
    const leadsAlone = leader[s] === p && members[s] === 1;
    if (children[p]! > 0 || (s !== session[parent[p]!] && !leadsAlone)) continue;
    if (classes.some((column) => column[p] !== PRIVATE)) continue;
    const hint = hints?.[p] ?? UNKNOWN;
    if (hint !== UNKNOWN && hint !== parent[p]) continue;
    last[p] = 1;
    if (hint > 0) children[hint]!--;
    members[s]!--;
    children[parent[p]!]!--;
  }
  return last;
}
