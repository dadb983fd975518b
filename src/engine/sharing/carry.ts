/**
 * Carry: shared objects along the births of a plan that is there already (inherit-only resources, 6.3, 2).
 *
 * In: the tree and steps that lead to it but for its shared objects. Out: the same steps, births with what they share,
 * unshare and execve where somebody leaves; null, the order of births of this plan does not carry the classes.
 * Births are marked with the classes that they carry (marked-births.ts). A process that would have to come back to a
 * class cannot be; nor one that has to leave what only execve leaves (vm, sighand), while it needs its files or the other
 * of the two, which go with it. Execve comes as late as it can: before an object that is in the way of the next birth,
 * before the files that are kept to the end, or at the end. Whatever tree the steps make, over however many pid
 * namespaces (I58–I62), this is the same.
 * Cost: O(steps · kinds).
 */
import { StepBirths } from '../births/births-of-steps.ts';
import { shareFlag } from '../plan/share-flags.ts';
import { StepList } from '../plan/step-list.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { bytes, copyOf, int32s, withScratch } from '../tree/scratch.ts';
import { classSizes, handlersImplySpaces } from '../tree/sharing.ts';
import { FILES, IO, KINDS, NOT_TOLD, SIGCHLD, SIGHAND, VM } from '../tree/sharing-columns.ts';
import { markedBirths } from './marked-births.ts';
import { NONE } from './moves.ts';
import { isPlain } from './sharing-problem.ts';

/** Left by execve at once, and kinds that nothing else leaves. */
const LEFT_BY_EXEC: readonly number[] = [FILES, VM, SIGHAND];
const ONLY_BY_EXEC: readonly number[] = [VM, SIGHAND];

/** @param exec may processes execute themselves, to leave an address space and handlers? */
export function carried(tree: ProcessTree, steps: StepList, exec = false): StepList | null {
  return withScratch(() => carriedAlong(tree, steps, exec));
}

function carriedAlong(tree: ProcessTree, steps: StepList, exec: boolean): StepList | null {
  const births = new StepBirths(tree, steps);
  const held: HeldKind[] = [];
  for (let kind = 0; kind < KINDS.length; kind++) {
    const names = kind === VM ? handlersImplySpaces(tree, tree.sharing!, true) : tree.sharing!.classes[kind]!;
    const classes = names && sharedClasses(names);
    if (!classes) continue;
    const label = markedBirths(births, classes);
    if (label === null) return null;
    held.push({ kind, classes, label, holds: copyOf(label), left: new Set() });
  }
  const carrying = new Carrying(tree, births, held, steps.length, exec);
  return carrying.isPossible() ? carrying.applied(steps) : null;
}

/** Class of each process, NONE for a class of one; null: nobody shares. */
function sharedClasses(names: Int32Array): Int32Array | null {
  const members = classSizes(names);
  if (!members.some((count) => count > 1)) return null;
  return names.map((name) => (name !== NOT_TOLD && members[name]! > 1 ? name : NONE));
}

/** One kind, while the births are followed. */
interface HeldKind {
  readonly kind: number;
  /** By process: the class that it ends with. */
  readonly classes: Int32Array;
  /** By node: the class that its birth carries. */
  readonly label: Int32Array;
  /** By node: the class that it has got, or has handed on; NONE for an object that nobody else has had. */
  readonly holds: Int32Array;
  /** Nodes with classes that they have left, as node * size + class. */
  readonly left: Set<number>;
}

class Carrying {
  private readonly tree: ProcessTree;
  private readonly births: StepBirths;
  private readonly held: readonly HeldKind[];
  private readonly exec: boolean;
  /** By step: what the birth shares; kinds that its actor leaves before it, and after it. */
  private readonly shares: Uint8Array;
  private readonly leaves: Uint8Array;
  private readonly leavesAfter: Uint8Array;
  /** By step: does its actor make an I/O context before it, or execute itself before it, or after it? */
  private readonly contexts: Uint8Array;
  private readonly execs: Uint8Array;
  private readonly execsAfter: Uint8Array;
  /** Who executes itself at the end. */
  private readonly executes: number[] = [];
  /** By node: the step of its last birth; whether it has an I/O context. */
  private readonly lastBirth: Int32Array;
  private readonly hasContext: Uint8Array;

  constructor(
    tree: ProcessTree,
    births: StepBirths,
    held: readonly HeldKind[],
    steps: number,
    exec: boolean,
  ) {
    this.tree = tree;
    this.births = births;
    this.held = held;
    this.exec = exec;
    this.shares = bytes(steps);
    this.leaves = bytes(steps);
    this.leavesAfter = bytes(steps);
    this.contexts = bytes(steps);
    this.execs = bytes(steps);
    this.execsAfter = bytes(steps);
    this.lastBirth = int32s(births.nodes, NONE);
    this.hasContext = bytes(births.nodes);
  }

  isPossible(): boolean {
    const { creator, order, step } = this.births;
    for (let i = 0; i < order.length; i++)
      if (!this.bear(creator[order[i]!]!, order[i]!, step[i]!)) return false;
    for (let p = 0; p < this.tree.size; p++) if (!this.end(p)) return false;
    return true;
  }

  applied(steps: StepList): StepList {
    const result = new StepList(steps.length + (steps.length >> 2) + 16);
    for (let i = 0; i < steps.length; i++) {
      const actor = steps.actor[i]!;
      if (this.execs[i] !== 0) result.exec(actor);
      if (this.leaves[i] !== 0) result.leave(actor, this.leaves[i]!);
      if (this.contexts[i] !== 0) result.ioprio(actor);
      result.copy(steps, i, this.shares[i]!);
      if (this.leavesAfter[i] !== 0) result.leave(actor, this.leavesAfter[i]!);
      if (this.execsAfter[i] !== 0) result.exec(actor);
    }
    for (const process of this.executes) result.exec(this.tree.pid[process]!);
    return result;
  }

  private bear(by: number, node: number, step: number): boolean {
    this.lastBirth[by] = step;
    const changed = this.held.filter(({ label, holds }) => label[node] !== NONE && holds[by] !== label[node]);
    if (changed.some((of) => !this.mayOpen(of, by, of.label[node]!))) return false;
    if (changed.some((of) => this.needsExec(of, by, of.label[node]!))) {
      if (!this.mayExec(by)) return false;
      this.execute(by, step);
    }
    for (const { kind, label, holds, left } of changed) {
      if (holds[by] !== NONE) {
        left.add(by * this.tree.size + holds[by]!);
        this.leaves[step]! |= shareFlag(kind);
      }
      holds[by] = label[node]!;
    }
    for (const { kind, label } of this.held) {
      if (label[node] === NONE) continue;
      if (kind === IO && this.hasContext[by] === 0 && label[by] === NONE) this.contexts[step] = 1;
      if (kind === IO) this.hasContext[by] = 1;
      this.shares[step]! |= shareFlag(kind);
    }
    return true;
  }

  /** A new object, which its births so far have had nothing of: once, and not after the one that it keeps. */
  private mayOpen(of: HeldKind, by: number, wanted: number): boolean {
    const { kind, holds, left } = of;
    if (left.has(by * this.tree.size + wanted) || this.isKept(of, by)) return false;
    if (kind === IO && holds[by] !== NONE) return false;
    if (isPlain(kind) || wanted === this.own(of, by) || !this.isBound(kind, by)) return true;
    return kind !== IO && this.isExecutable(by);
  }

  private needsExec(of: HeldKind, by: number, wanted: number): boolean {
    if (!isPlain(of.kind)) return of.holds[by] !== NONE;
    return of.kind === FILES && wanted === this.own(of, by) && this.hasToExec(by);
  }

  private end(p: number): boolean {
    for (const { kind, classes, holds } of this.held) {
      if (!this.isBound(kind, p) || holds[p] === classes[p]) continue;
      if (classes[p] !== NONE || kind === IO) return false;
      // Whoever is marked and no member bears a member, or one who is above one.
      if (isPlain(kind)) this.leavesAfter[this.lastBirth[p]!]! |= shareFlag(kind);
    }
    if (!this.hasToExec(p)) return true;
    if (!this.mayExec(p)) return false;
    if (this.tree.state[p] === ZOMBIE) this.execsAfter[this.lastBirth[p]!] = 1;
    else this.executes.push(p);
    return true;
  }

  /** Class that it ends with. */
  private own({ classes }: HeldKind, node: number): number {
    return node < this.tree.size ? classes[node]! : NONE;
  }

  /** Is it asked what it ends with? A zombie has its signal handlers still (K6). */
  private isBound(kind: number, node: number): boolean {
    return node < this.tree.size && (kind === SIGHAND || this.tree.state[node] !== ZOMBIE);
  }

  private isKept(of: HeldKind, node: number): boolean {
    return of.holds[node] !== NONE && of.holds[node] === this.own(of, node);
  }

  /** Does it have what is not its own, and only execve leaves? */
  private hasToExec(p: number): boolean {
    return this.held.some(
      (of) =>
        ONLY_BY_EXEC.includes(of.kind) &&
        this.isBound(of.kind, p) &&
        of.holds[p] !== this.own(of, p) &&
        of.holds[p] !== NONE,
    );
  }

  /** execve makes the exit signal SIGCHLD (I82). */
  private isExecutable(node: number): boolean {
    if (!this.exec || node >= this.tree.size) return false;
    const signals = this.tree.sharing!.exitSignal;
    return signals === null || signals[node] === SIGCHLD;
  }

  private mayExec(node: number): boolean {
    return (
      this.isExecutable(node) &&
      !this.held.some((of) => LEFT_BY_EXEC.includes(of.kind) && this.isKept(of, node))
    );
  }

  private execute(node: number, step: number): void {
    this.execs[step] = 1;
    for (const { kind, holds, left } of this.held) {
      if (!LEFT_BY_EXEC.includes(kind) || holds[node] === NONE) continue;
      left.add(node * this.tree.size + holds[node]!);
      holds[node] = NONE;
    }
  }
}
