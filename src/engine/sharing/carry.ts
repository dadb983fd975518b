/**
 * Carry: shared objects along the births of a plan that is there already (inherit-only resources, 6.3, 2).
 *
 * In: the tree and steps that lead to it but for its shared objects. Out: the same steps, births with what they share,
 * unshare where somebody leaves; null, the order of births of this plan does not carry the classes.
 * For each class the births between its members are marked, up to the lowest common creator. A birth that is marked
 * twice in one kind cannot be; nor can a process that would have to come back to a class, or leave what only execve
 * leaves. Whatever tree the steps make, over however many pid namespaces (I58–I62), this is the same.
 * Cost: O(steps · kinds).
 */
import { shareFlag } from '../plan/share-flags.ts';
import { CLONE3, StepList } from '../plan/step-list.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { bytes, copyOf, int32s, withScratch } from '../tree/scratch.ts';
import { classSizes, handlersImplySpaces } from '../tree/sharing.ts';
import { FILES, IO, KINDS, NOT_TOLD, SIGCHLD, SIGHAND, VM } from '../tree/sharing-columns.ts';
import { isPlain } from './sharing-problem.ts';

const NONE = -1;

/** @param exec may processes execute themselves when all is done, to leave an address space and handlers? */
export function carried(tree: ProcessTree, steps: StepList, exec = false): StepList | null {
  return withScratch(() => carriedAlong(tree, steps, exec));
}

function carriedAlong(tree: ProcessTree, steps: StepList, exec: boolean): StepList | null {
  const births = new Births(tree, steps);
  const changes = new Changes(steps.length, exec ? executable(tree) : bytes(tree.size));
  for (let kind = 0; kind < KINDS.length; kind++) {
    const names = kind === VM ? handlersImplySpaces(tree, tree.sharing!, true) : tree.sharing!.classes[kind]!;
    if (names === null) continue;
    const classes = sharedClasses(names);
    if (classes && !carryKind(tree, births, classes, kind, changes)) return null;
  }
  return changes.applied(steps, tree.pid);
}

/** 1: nobody else has what the process loses by execve. */
function executable({ size, state, sharing }: ProcessTree): Uint8Array {
  const { classes, exitSignal } = sharing!;
  const may = bytes(size).fill(1);
  for (const kind of [FILES, VM, SIGHAND]) {
    const shared = classes[kind] && sharedClasses(classes[kind]);
    if (shared) for (let i = 0; i < size; i++) if (shared[i] !== NONE) may[i] = 0;
  }
  for (let i = 0; i < size; i++)
    if (state[i] === ZOMBIE || (exitSignal !== null && exitSignal[i] !== SIGCHLD)) may[i] = 0;
  return may;
}

/** Class of each process, NONE for a class of one; null: nobody shares. */
function sharedClasses(names: Int32Array): Int32Array | null {
  const members = classSizes(names);
  if (!members.some((count) => count > 1)) return null;
  return names.map((name) => (name !== NOT_TOLD && members[name]! > 1 ? name : NONE));
}

/** Who is born of whom in the steps. Node i < size is process i; helpers come after. */
class Births {
  readonly nodes: number;
  readonly creator: Int32Array;
  /** Births in the order of the steps: node and step. */
  readonly order: Int32Array;
  readonly step: Int32Array;

  constructor(tree: ProcessTree, steps: StepList) {
    const births = steps.births();
    const helperOf = new Map<number, number>();
    let next = tree.size;
    const node = (pid: number): number => {
      const index = tree.indexOf(pid);
      if (index >= 0) return index;
      let known = helperOf.get(pid);
      if (known === undefined) helperOf.set(pid, (known = next++));
      return known;
    };
    this.creator = int32s(tree.size + births + 1, NONE);
    this.order = int32s(births);
    this.step = int32s(births);
    let born = 0;
    for (let i = 0; i < steps.length; i++) {
      if (steps.op[i] !== CLONE3) continue;
      const child = node(steps.object[i]!);
      this.creator[child] = node(steps.actor[i]!);
      this.order[born] = child;
      this.step[born++] = i;
    }
    this.nodes = next;
  }
}

/** Calls and flags to be added, by step. */
class Changes {
  /** What the birth shares. */
  readonly shares: Uint8Array;
  /** By step before which they come: kinds that its actor leaves; whether it makes an I/O context. */
  readonly leaves: Uint8Array;
  readonly contexts: Uint8Array;
  /** By step after which they come. */
  readonly leavesAfter: Uint8Array;
  /** Who may execute itself at the end, and who does. */
  readonly mayExec: Uint8Array;
  readonly executes = new Set<number>();

  constructor(steps: number, mayExec: Uint8Array) {
    this.mayExec = mayExec;
    this.shares = bytes(steps);
    this.leaves = bytes(steps);
    this.contexts = bytes(steps);
    this.leavesAfter = bytes(steps);
  }

  applied(steps: StepList, pid: Int32Array): StepList {
    const result = new StepList(steps.length + (steps.length >> 2) + 16);
    for (let i = 0; i < steps.length; i++) {
      const actor = steps.actor[i]!;
      if (this.leaves[i] !== 0) result.leave(actor, this.leaves[i]!);
      if (this.contexts[i] !== 0) result.ioprio(actor);
      result.copy(steps, i, this.shares[i]!);
      if (this.leavesAfter[i] !== 0) result.leave(actor, this.leavesAfter[i]!);
    }
    for (const process of this.executes) result.exec(pid[process]!);
    return result;
  }
}

function carryKind(
  tree: ProcessTree,
  births: Births,
  classes: Int32Array,
  kind: number,
  changes: Changes,
): boolean {
  const { creator, order, step: steps, nodes } = births;
  const label = markedBirths(births, classes);
  if (label === null) return false;
  /** What each holds: a class, NONE for one of its own; whether somebody else has had it; its last birth. */
  const holds = copyOf(label);
  const known = bytes(nodes);
  const lastBirth = int32s(nodes, NONE);
  const left = new Set<number>();
  // A zombie has its signal handlers still (K6).
  const isBound = (node: number): boolean =>
    node < tree.size && (kind === SIGHAND || tree.state[node] !== ZOMBIE);
  const mayExec = (node: number): boolean =>
    (kind === VM || kind === SIGHAND) && node < tree.size && changes.mayExec[node] === 1;
  for (let node = 0; node < nodes; node++) if (label[node] !== NONE) known[node] = 1;
  const context = bytes(nodes);

  for (let i = 0; i < order.length; i++) {
    const node = order[i]!;
    const step = steps[i]!;
    const by = creator[node]!;
    lastBirth[by] = step;
    const wanted = label[node]!;
    if (wanted === NONE) continue;
    const own = by < tree.size ? classes[by]! : NONE;
    if (holds[by] !== wanted) {
      // A new object, which the births so far have had nothing of: once, and not after the one that it keeps.
      if (left.has(by * tree.size + wanted) || (holds[by] !== NONE && holds[by] === own)) return false;
      if (!isPlain(kind) && (known[by] === 1 || (isBound(by) && wanted !== own && !mayExec(by))))
        return false;
      if (holds[by] !== NONE) left.add(by * tree.size + holds[by]!);
      if (known[by] === 1) changes.leaves[step]! |= shareFlag(kind);
      holds[by] = wanted;
    }
    if (kind === IO && context[by] === 0 && label[by] === NONE) changes.contexts[step] = 1;
    context[by] = 1;
    known[by] = 1;
    changes.shares[step]! |= shareFlag(kind);
  }
  for (let i = 0; i < tree.size; i++) {
    if (!isBound(i)) continue;
    if (classes[i] !== NONE) {
      if (holds[i] !== classes[i]) return false;
    } else if (known[i] === 1) {
      // Whoever is marked and no member bears a member, or one who is above one.
      if (mayExec(i)) {
        changes.executes.add(i);
        continue;
      }
      if (!isPlain(kind)) return false;
      changes.leavesAfter[lastBirth[i]!]! |= shareFlag(kind);
    }
  }
  return true;
}

/**
 * By node: the class that its birth carries, NONE. Null: two classes would have to come by one birth.
 * From the last birth up to the first, a class moves to the creator while its members are not all at one node.
 */
function markedBirths({ creator, order, nodes }: Births, classes: Int32Array): Int32Array | null {
  const label = int32s(nodes, NONE);
  /** At how many nodes a class stands; the classes that stand at a node, as linked lists. */
  const places = int32s(classes.length);
  const first = int32s(nodes, NONE);
  const following = int32s(classes.length + order.length);
  const standing = int32s(classes.length + order.length);
  let used = 0;
  const stand = (node: number, name: number): void => {
    for (let at = first[node]!; at !== NONE; at = following[at]!) {
      if (standing[at] !== name) continue;
      places[name]!--;
      return;
    }
    standing[used] = name;
    following[used] = first[node]!;
    first[node] = used++;
  };
  for (let i = 0; i < classes.length; i++) {
    if (classes[i] === NONE) continue;
    places[classes[i]!]!++;
    stand(i, classes[i]!);
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    for (let at = first[node]!; at !== NONE; at = following[at]!) {
      const name = standing[at]!;
      if (places[name] === 1) continue;
      if (label[node] !== NONE) return null;
      label[node] = name;
      stand(creator[node]!, name);
    }
  }
  for (let name = 0; name < classes.length; name++) if (places[name]! > 1) return null;
  return label;
}
