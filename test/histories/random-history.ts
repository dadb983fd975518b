/**
 * Random histories: a simulated kernel driven by random calls, and the tree that is there at the end.
 *
 * In: a shape. Out: the kernel and the end as a tree image of the contract. Whatever comes out is reachable, because it
 * was reached. The same shape gives the same history.
 * Calls that the kernel refuses are part of the draw and change nothing. The root never exits.
 * Cost: O(calls); made for a million processes as well as for five.
 */

import { Kernel } from '../../src/engine/kernel/kernel.ts';
import { OUTSIDE } from '../../src/engine/kernel/process-table.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import type { HistoryShape } from './history-shape.ts';
import { imageOfKernel } from './kernel-image.ts';
import { SeededRandom } from './seeded-random.ts';

export interface History {
  readonly kernel: Kernel;
  /** Threads besides the leader, by pid. */
  readonly threads: ReadonlyMap<number, readonly number[]>;
}

export function historyImage(shape: HistoryShape): TreeImage {
  return imageOfKernel(randomHistory(shape), shape);
}

export function randomHistory(shape: HistoryShape): History {
  return new HistoryRun(shape).run();
}

/** Signals that kill, as raw wait statuses; 131, 134 and 139 with the core-dump bit. */
const DEATHS = [1, 2, 6, 9, 15, 34, 131, 134, 139];

class HistoryRun {
  private readonly shape: HistoryShape;
  private readonly random: SeededRandom;
  private readonly kernel: Kernel;
  private readonly threads = new Map<number, number[]>();
  /** Pids; `place` is the position in it, by pid. The root is the first for ever. */
  private readonly living: number[] = [];
  private readonly place: number[] = [];
  private readonly dead: number[] = [];
  /** Newborn that will call setsid before the next birth. */
  private late = 0;
  private lastNumber: number;
  private readonly draw: ((run: HistoryRun) => void)[] = [];

  constructor(shape: HistoryShape) {
    const { pid, isInit, session, group } = shape.root;
    this.shape = shape;
    this.random = new SeededRandom(shape.seed);
    this.kernel = new Kernel({
      root: pid,
      rootIsInit: isInit,
      outsideSession: session,
      outsideGroup: group,
    });
    this.lastNumber = Math.max(pid, session, group);
    this.enter(pid);
    for (const [call, weight] of Object.entries(shape.calls) as [keyof typeof CALLS, number][]) {
      for (let i = 0; i < weight; i++) this.draw.push(CALLS[call]);
    }
  }

  run(): History {
    const { alive, churn, threads, root } = this.shape;
    if (root.leads) this.kernel.setsid(root.pid);
    if (root.adopts) this.kernel.setSubreaper(root.pid, true);
    for (let calls = 0; calls < alive * churn; calls++) {
      if (this.living.length < alive / 2) this.clone();
      else if (this.living.length > alive * 1.5 + 2) this.exit();
      else this.random.pick(this.draw)(this);
    }
    for (let tries = 0; this.living.length !== alive && tries < alive * 8; tries++) {
      if (this.living.length < alive) this.clone();
      else this.exit();
    }
    if (threads > 0) for (const pid of this.living) if (this.random.chance(threads)) this.addThreads(pid);
    return { kernel: this.kernel, threads: this.threads };
  }

  clone(): void {
    const { siblings, depth, lateSetsid } = this.shape;
    const creator = this.random.chance(depth) ? this.living.at(-1)! : this.anybody();
    const number = this.freshNumber();
    if (this.kernel.clone3(creator, [number], { parent: this.random.chance(siblings) }) !== 0) return;
    this.enter(number);
    if (this.late !== 0) this.kernel.setsid(this.late);
    this.late = this.random.chance(lateSetsid) ? number : 0;
  }

  setsid(): void {
    const caller = this.anybody();
    if (!this.isKept(caller)) this.kernel.setsid(caller);
  }

  /** Of itself or a child; to a group of its own, or to the group of anybody. */
  setpgid(): void {
    const { processes } = this.kernel.state;
    const caller = this.anybody();
    const child = processes.firstChild[this.kernel.state.find(caller)]!;
    const target = child !== 0 && this.random.chance(0.3) ? processes.number[child]! : caller;
    const other = this.kernel.state.find(this.anybody());
    const group = this.random.chance(0.4) ? target : processes.number[processes.group[other]!]!;
    if (group !== 0 && !this.isKept(target)) this.kernel.setpgid(caller, target, group);
  }

  prctl(): void {
    const { root } = this.shape;
    const caller = this.anybody();
    const on = this.random.chance(0.6);
    if (!root.adopts || caller !== root.pid) this.kernel.setSubreaper(caller, on);
  }

  exit(): void {
    if (this.living.length === 1) return;
    const pid = this.living[1 + this.random.below(this.living.length - 1)]!;
    const keep = this.random.chance(this.shape.zombies);
    const { processes } = this.kernel.state;
    const row = this.kernel.state.find(pid);
    // Nothing in the image waits for what fell out of the tree.
    if (!keep && processes.parent[row] === OUTSIDE) return;
    this.kernel.exit(pid, this.waitStatus());
    this.leave(pid);
    if (keep) this.dead.push(pid);
    else this.kernel.wait4(processes.number[processes.parent[row]!]!, pid);
  }

  wait4(): void {
    if (this.dead.length === 0) return;
    const { processes } = this.kernel.state;
    const i = this.random.below(this.dead.length);
    const row = this.kernel.state.find(this.dead[i]!);
    const parent = processes.number[processes.parent[row]!]!;
    if (parent === 0 || this.kernel.wait4(parent, this.dead[i]!) !== 0) return;
    this.dead[i] = this.dead.at(-1)!;
    this.dead.pop();
  }

  private addThreads(pid: number): void {
    const count = 1 + this.random.below(3);
    const ids: number[] = [];
    for (let i = 0; i < count; i++) {
      const tid = this.freshNumber();
      if (this.kernel.cloneThread(pid, tid) === 0) ids.push(tid);
    }
    if (ids.length > 0) this.threads.set(pid, ids);
  }

  private waitStatus(): number {
    return this.random.chance(0.7) ? this.random.below(256) << 8 : this.random.pick(DEATHS);
  }

  private isKept(pid: number): boolean {
    return this.shape.root.stays && pid === this.shape.root.pid;
  }

  private anybody(): number {
    return this.living[this.random.below(this.living.length)]!;
  }

  /** Mostly the next one, sometimes one from far back that may be in use or free again. */
  private freshNumber(): number {
    if (this.random.chance(0.05)) return 1 + this.random.below(this.lastNumber);
    return ++this.lastNumber;
  }

  private enter(pid: number): void {
    this.place[pid] = this.living.length;
    this.living.push(pid);
  }

  private leave(pid: number): void {
    const last = this.living.pop()!;
    if (last !== pid) {
      this.living[this.place[pid]!] = last;
      this.place[last] = this.place[pid]!;
    }
    if (this.late === pid) this.late = 0;
  }
}

const CALLS = {
  clone: (run: HistoryRun) => run.clone(),
  setsid: (run: HistoryRun) => run.setsid(),
  setpgid: (run: HistoryRun) => run.setpgid(),
  prctl: (run: HistoryRun) => run.prctl(),
  exit: (run: HistoryRun) => run.exit(),
  wait4: (run: HistoryRun) => run.wait4(),
};
