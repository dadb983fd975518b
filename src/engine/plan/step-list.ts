/**
 * Step list: the steps of a plan as columns. The planner appends, the simulator executes, the edges read objects.
 *
 * Invariant: row i is one step; what its columns mean depends on the op (table below). Cost: 14 bytes a step.
 *
 * | op      | actor  | object | value                    | flags                     |
 * |---------|--------|--------|--------------------------|---------------------------|
 * | CLONE3  | caller | child  | offset into `inner`, −1  | PARENT, NEWPID, SHARING   |
 * | SETSID  | caller |        |                          |                           |
 * | SETPGID | caller | target | group                    |                           |
 * | PRCTL   | caller |        | 0 or 1                   |                           |
 * | UNSHARE | caller |        |                          | NEWPID, SHARING           |
 * | SETNS   | caller | target |                          |                           |
 * | EXIT    | caller |        | raw wait status          |                           |
 * | WAIT4   | caller | child  |                          |                           |
 * | EXEC    | caller |        |                          |                           |
 * | IOCTL   | caller |        | terminal to take, 0 drop |                           |
 * | IOPRIO  | caller |        |                          |                           |
 *
 * A child below level 0, or with another exit signal than SIGCHLD, has a place in `inner`: at the offset the count of
 * its inner numbers, in the bits above (DEPTH) its exit signal plus 1, or 0 for SIGCHLD; then the numbers, level 1 first.
 */

import { ColumnBlock, columnSize } from '../tree/column-block.ts';
import { larger } from '../tree/larger-columns.ts';
import { SIGCHLD } from '../tree/sharing-columns.ts';
import { type ShareName, shareNames } from './share-flags.ts';
import type { CloneFlag, ExitStep, Step } from './step.ts';

export const CLONE3 = 0;
export const SETSID = 1;
export const SETPGID = 2;
export const PRCTL = 3;
export const UNSHARE = 4;
export const SETNS = 5;
export const EXIT = 6;
export const WAIT4 = 7;
export const EXEC = 8;
export const IOCTL = 9;
export const IOPRIO = 10;

export const PARENT = 1;
export const NEWPID = 2;

/** Bits of a place in `inner` that count numbers. */
export const DEPTH = 0xff;
const SIGNAL_SHIFT = 8;

export class StepList {
  length = 0;
  op: Uint8Array;
  actor: Int32Array;
  object: Int32Array;
  value: Int32Array;
  flags: Uint8Array;
  inner: Int32Array = new Int32Array(0);
  innerLength = 0;

  constructor(capacity = 256) {
    const block = new ColumnBlock(3 * columnSize(capacity, 4) + 2 * columnSize(capacity, 1));
    this.actor = block.int32s(capacity);
    this.object = block.int32s(capacity);
    this.value = block.int32s(capacity);
    this.op = block.bytes(capacity);
    this.flags = block.bytes(capacity);
  }

  clone3(
    caller: number,
    child: number,
    flags: number,
    innerNumbers: ArrayLike<number> = NO_NUMBERS,
    exitSignal = SIGCHLD,
  ): void {
    const plain = innerNumbers.length === 0 && exitSignal === SIGCHLD;
    this.append(CLONE3, caller, child, plain ? -1 : this.appendInner(innerNumbers, exitSignal), flags);
  }

  setsid(caller: number): void {
    this.append(SETSID, caller, 0, 0, 0);
  }

  setpgid(caller: number, target: number, group: number): void {
    this.append(SETPGID, caller, target, group, 0);
  }

  subreaper(caller: number, value: 0 | 1): void {
    this.append(PRCTL, caller, 0, value, 0);
  }

  /** A new pid namespace for the children to come. */
  unshare(caller: number): void {
    this.append(UNSHARE, caller, 0, 0, NEWPID);
  }

  /** Leaves the objects of these kinds: bits of SHARING. */
  leave(caller: number, kinds: number): void {
    this.append(UNSHARE, caller, 0, 0, kinds);
  }

  exec(caller: number): void {
    this.append(EXEC, caller, 0, 0, 0);
  }

  /** TIOCSCTTY. @param device number of the terminal */
  takeTerminal(caller: number, device: number): void {
    this.append(IOCTL, caller, 0, device, 0);
  }

  /** TIOCNOTTY. */
  dropTerminal(caller: number): void {
    this.append(IOCTL, caller, 0, 0, 0);
  }

  /** ioprio_set on itself, which makes an I/O context. */
  ioprio(caller: number): void {
    this.append(IOPRIO, caller, 0, 0, 0);
  }

  setns(caller: number, target: number): void {
    this.append(SETNS, caller, target, 0, 0);
  }

  /** `status` is the raw wait status that the parent will see. */
  exit(caller: number, status: number): void {
    this.append(EXIT, caller, 0, status, 0);
  }

  wait4(caller: number, child: number): void {
    this.append(WAIT4, caller, child, 0, 0);
  }

  /** Appends step i of another list; `flags` are added to its own. */
  copy(other: StepList, i: number, flags = 0): void {
    const isNumbered = other.op[i] === CLONE3 && other.value[i]! >= 0;
    const value = isNumbered ? this.appendInner(other.innerNumbers(i), other.exitSignal(i)) : other.value[i]!;
    this.append(other.op[i]!, other.actor[i]!, other.object[i]!, value, other.flags[i]! | flags);
  }

  /** Births among the steps `from .. to`. */
  births(from = 0, to = this.length): number {
    let births = 0;
    for (let i = from; i < to; i++) if (this.op[i] === CLONE3) births++;
    return births;
  }

  /** Step i as an object. */
  at(i: number): Step {
    const pid = this.actor[i]!;
    const object = this.object[i]!;
    const value = this.value[i]!;
    switch (this.op[i]) {
      case CLONE3:
        return {
          op: 'clone3',
          pid,
          child: object,
          setTid: [object, ...this.innerNumbers(i)],
          flags: this.cloneFlags(i),
          ...(this.exitSignal(i) === SIGCHLD ? {} : { exitSignal: this.exitSignal(i) }),
        };
      case SETSID:
        return { op: 'setsid', pid };
      case SETPGID:
        return { op: 'setpgid', pid, target: object, pgid: value };
      case PRCTL:
        return { op: 'prctl', pid, option: 'PR_SET_CHILD_SUBREAPER', value: value as 0 | 1 };
      case UNSHARE:
        return { op: 'unshare', pid, flags: unshareNames(this.flags[i]!) };
      case SETNS:
        return { op: 'setns', pid, target: object, nstype: 'CLONE_NEWPID' };
      case EXIT:
        return { op: 'exit', pid, ...deathOf(value) };
      case EXEC:
        return { op: 'exec', pid };
      case IOCTL:
        return value === 0
          ? { op: 'ioctl', pid, request: 'TIOCNOTTY' }
          : { op: 'ioctl', pid, request: 'TIOCSCTTY', ttyNr: value };
      case IOPRIO:
        return { op: 'ioprio', pid };
      default:
        return { op: 'wait4', pid, child: object };
    }
  }

  /** The numbers of the clone at step i on levels 1 and deeper; empty for a child in level 0. */
  innerNumbers(i: number): Int32Array {
    const offset = this.value[i]!;
    if (offset < 0) return this.inner.subarray(0, 0);
    return this.inner.subarray(offset + 1, offset + 1 + (this.inner[offset]! & DEPTH));
  }

  /** Is the child of step i born with another exit signal than SIGCHLD? */
  hasExitSignal(i: number): boolean {
    return this.exitSignal(i) !== SIGCHLD;
  }

  /** What the parent gets at the exit of the child of step i, where its creator becomes its parent. */
  exitSignal(i: number): number {
    const offset = this.value[i]!;
    const above = offset < 0 ? 0 : this.inner[offset]! >> SIGNAL_SHIFT;
    return above === 0 ? SIGCHLD : above - 1;
  }

  private cloneFlags(i: number): CloneFlag[] {
    const flags: CloneFlag[] = [];
    if (this.flags[i]! & PARENT) flags.push('CLONE_PARENT');
    if (this.flags[i]! & NEWPID) flags.push('CLONE_NEWPID');
    flags.push(...shareNames(this.flags[i]!));
    return flags;
  }

  private append(op: number, actor: number, object: number, value: number, flags: number): void {
    const i = this.length;
    if (i === this.op.length) this.grow();
    this.op[i] = op;
    this.actor[i] = actor;
    this.object[i] = object;
    this.value[i] = value;
    this.flags[i] = flags;
    this.length = i + 1;
  }

  private appendInner(numbers: ArrayLike<number>, exitSignal: number): number {
    const offset = this.innerLength;
    const need = offset + 1 + numbers.length;
    if (need > this.inner.length) this.inner = larger(this.inner, Math.max(64, need * 2));
    const signal = exitSignal === SIGCHLD ? 0 : exitSignal + 1;
    this.inner[offset] = numbers.length | (signal << SIGNAL_SHIFT);
    for (let level = 0; level < numbers.length; level++) this.inner[offset + 1 + level] = numbers[level]!;
    this.innerLength = need;
    return offset;
  }

  private grow(): void {
    const length = this.op.length * 2;
    this.op = larger(this.op, length);
    this.actor = larger(this.actor, length);
    this.object = larger(this.object, length);
    this.value = larger(this.value, length);
    this.flags = larger(this.flags, length);
  }
}

const NO_NUMBERS: readonly number[] = [];

/** What an unshare step leaves, by the names of its flags. */
export function unshareNames(flags: number): ('CLONE_NEWPID' | ShareName)[] {
  const names: ('CLONE_NEWPID' | ShareName)[] = shareNames(flags);
  if (flags & NEWPID) names.unshift('CLONE_NEWPID');
  return names;
}

type Death = Pick<ExitStep, 'code' | 'signal' | 'coreDump'>;

/** A raw wait status as the way to get it: low 7 bits the signal, 0x80 the core-dump bit, bits 8 to 15 the exit code. */
export function deathOf(status: number): Death {
  const signal = status & 0x7f;
  if (signal === 0) return { code: (status >> 8) & 0xff };
  return status & 0x80 ? { signal, coreDump: true } : { signal };
}

/** The raw wait status that a death gives. */
export function statusOf({ code = 0, signal, coreDump }: Death): number {
  return signal === undefined ? code << 8 : signal | (coreDump ? 0x80 : 0);
}
