/**
 * Random histories over nested pid namespaces: a simulated kernel driven by random calls, and the tree at the end.
 *
 * In: a shape. Out: the end as a tree image of the contract, reachable because it was reached. The same shape gives
 * the same history. Namespaces are made by CLONE_NEWPID, processes are injected by setns from any ancestor namespace,
 * with and without CLONE_PARENT. Inits die only as zombies that nobody else lives with.
 * Cost: O(calls); for trees of a few hundred processes.
 */

import { bornAncestors } from '../../src/engine/kernel/born-ancestors.ts';
import { Kernel } from '../../src/engine/kernel/kernel.ts';
import type { CallFlag } from '../../src/engine/kernel/sharing-calls.ts';
import type { Kind } from '../../src/engine/tree/sharing-columns.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { proc } from '../engine/kernel/proc.ts';
import { SeededRandom } from './seeded-random.ts';
import { classesOf, flagsOf, LEFT_BY_UNSHARE } from './shared-calls.ts';

export interface NestedShape {
  readonly seed: number;
  /** Calls drawn. */
  readonly calls: number;
  /** Processes alive at most. */
  readonly alive: number;
  /** Pid namespaces at most, level 0 included, and the deepest level. */
  readonly namespaces: number;
  readonly levels: number;
  readonly groups: boolean;
  readonly zombies: boolean;
  readonly subreapers: boolean;
  /** False: the init of level 0 is outside the image, and adopts. */
  readonly rootIsInit?: boolean;
  /** The restorer outside puts processes in, and the root, no init, came with this session and group. */
  readonly putInBeside?: { readonly session: number; readonly group: number };
  /** Shared with the creator now and then, and left by unshare and, with `exec`, by execve. */
  readonly kinds?: readonly Kind[];
  readonly exec?: boolean;
  /** Are children born with other exit signals than SIGCHLD? */
  readonly exitSignals?: boolean;
}

/** Who puts processes into level 0 from outside. */
const RESTORER = { pid: 0, namespace: 0 };

interface Living {
  readonly pid: number;
  readonly namespace: number;
}

export function nestedHistoryImage(shape: NestedShape): TreeImage {
  return new NestedRun(shape).run();
}

/** The same with `caba` of every process, as the simulated kernel saw who called clone. */
export function nestedHistoryWithBirths(shape: NestedShape): TreeImage {
  return new NestedRun(shape).run(true);
}

class NestedRun {
  private readonly shape: NestedShape;
  private readonly random: SeededRandom;
  private readonly kernel: Kernel;
  private living: Living[] = [{ pid: 1, namespace: 0 }];
  private readonly dead: Living[] = [];
  private readonly parentNamespace = [-1];
  private readonly init = [1];
  /** Next number of each namespace. */
  private readonly next = [2];

  constructor(shape: NestedShape) {
    this.shape = shape;
    this.random = new SeededRandom(shape.seed);
    const { session = 0, group = 0 } = shape.putInBeside ?? {};
    const root = { root: 1, rootIsInit: shape.rootIsInit ?? true };
    this.kernel = new Kernel({ ...root, outsideSession: session, outsideGroup: group });
  }

  run(withBirths = false): TreeImage {
    const { random, shape } = this;
    for (let call = 0; call < shape.calls; call++) {
      const caller = shape.putInBeside && random.chance(0.15) ? RESTORER : random.pick(this.living);
      if (shape.kinds && random.chance(0.2)) this.leave(caller, shape.kinds);
      const draw = random.below(100);
      if (draw < 34) this.clone(caller, caller.namespace);
      else if (draw < 40) this.makeNamespace(caller);
      else if (draw < 52) this.inject(caller);
      else if (draw < 64) this.kernel.setsid(caller.pid);
      else if (draw < 76) shape.groups && this.setpgid(caller);
      else if (draw < 84) shape.subreapers && this.kernel.setSubreaper(caller.pid, random.chance(0.6));
      else this.exit();
    }
    const image = this.image();
    return withBirths ? this.withBirths(image) : image;
  }

  private level(namespace: number): number {
    let level = 0;
    for (let n = namespace; n > 0; n = this.parentNamespace[n]!) level++;
    return level;
  }

  private numbers(namespace: number): number[] {
    const numbers: number[] = [];
    for (let n = namespace; n >= 0; n = this.parentNamespace[n]!) numbers.unshift(this.next[n]!++);
    return numbers;
  }

  private clone(caller: Living, namespace: number): void {
    if (this.living.length >= this.shape.alive) return;
    const numbers = this.numbers(namespace);
    const parent = this.random.chance(0.2);
    const exitSignal = this.exitSignal(parent);
    if (this.kernel.clone3(caller.pid, numbers, { parent, flags: this.shared(), exitSignal }) !== 0) return;
    this.living.push({ pid: numbers[0]!, namespace });
  }

  private exitSignal(parent: boolean): number {
    if (parent) return 0;
    return this.shape.exitSignals && this.random.chance(0.25) ? this.random.pick([0, 10, 12]) : 17;
  }

  private shared(): CallFlag[] {
    const { kinds } = this.shape;
    return kinds ? flagsOf(kinds.filter(() => this.random.chance(0.4))) : [];
  }

  private leave({ pid }: Living, kinds: readonly Kind[]): void {
    if (this.shape.exec && this.random.chance(0.3)) this.kernel.exec(pid);
    else
      this.kernel.unshare(
        pid,
        flagsOf(kinds.filter((kind) => LEFT_BY_UNSHARE.has(kind) && this.random.chance(0.5))),
      );
  }

  private makeNamespace(caller: Living): void {
    const { shape } = this;
    if (this.init.length >= shape.namespaces || this.level(caller.namespace) >= shape.levels) return;
    if (this.living.length >= shape.alive) return;
    const numbers = [...this.numbers(caller.namespace), 1];
    const parent = this.random.chance(0.2);
    const exitSignal = this.exitSignal(parent);
    const how = { newpid: true, parent, flags: this.shared(), exitSignal };
    if (this.kernel.clone3(caller.pid, numbers, how) !== 0) return;
    const namespace = this.init.push(numbers[0]!) - 1;
    this.parentNamespace.push(caller.namespace);
    this.next.push(2);
    this.living.push({ pid: numbers[0]!, namespace });
  }

  private inject(caller: Living): void {
    const below = this.init
      .map((_, n) => n)
      .filter((n) => n !== caller.namespace && this.isBelow(n, caller.namespace));
    if (below.length === 0) return;
    const namespace = this.random.pick(below);
    if (this.kernel.setns(caller.pid, this.init[namespace]!) !== 0) return;
    this.clone(caller, namespace);
    this.kernel.setns(caller.pid, caller.pid);
  }

  private isBelow(namespace: number, above: number): boolean {
    let n = namespace;
    while (n >= 0 && n !== above) n = this.parentNamespace[n]!;
    return n === above;
  }

  private setpgid(caller: Living): void {
    const { random, kernel } = this;
    const children = caller === RESTORER ? this.hangingFromOutside() : proc(kernel, caller.pid)!.children;
    const target = children.length > 0 && random.chance(0.4) ? random.pick([...children]) : caller.pid;
    const entry = proc(kernel, target);
    if (!entry) return;
    const other = proc(kernel, random.pick(this.living).pid)!;
    const group = random.chance(0.4) ? target : other.pgid;
    // An init in a foreign group of its own namespace could never exit (G33).
    if (group !== 0 && !this.init.includes(target)) kernel.setpgid(caller.pid, target, group);
  }

  private hangingFromOutside(): number[] {
    return this.living.map(({ pid }) => pid).filter((pid) => proc(this.kernel, pid)!.ppid === 0);
  }

  private exit(): void {
    const { random, kernel, shape } = this;
    const victims = this.living.filter(({ pid }) => pid !== 1 && !this.init.includes(pid));
    if (victims.length === 0) return;
    const victim = random.pick(victims);
    kernel.exit(victim.pid, random.below(4) << 8);
    this.living = this.living.filter(({ pid }) => pid !== victim.pid);
    const ppid = proc(kernel, victim.pid)?.ppid ?? 0;
    const isWaitedFor = (ppid > 0 || shape.putInBeside) && !(shape.zombies && random.chance(0.3));
    if (!isWaitedFor || kernel.wait4(ppid, victim.pid) !== 0) this.dead.push(victim);
  }

  private withBirths(image: TreeImage): TreeImage {
    const { pid, caba } = bornAncestors(this.kernel);
    const of = new Map(Array.from(pid, (number, i) => [number, caba[i]!]));
    return { ...image, processes: image.processes.map((p) => ({ ...p, caba: of.get(p.pid)! })) };
  }

  private image(): TreeImage {
    const entries = [...this.living, ...this.dead].flatMap(({ pid, namespace }) => {
      const entry = proc(this.kernel, pid);
      return entry ? [{ entry, namespace }] : [];
    });
    return {
      root: 1,
      pidNamespaces: this.init.map((init, n) => ({
        id: String(n),
        parent: n === 0 ? null : String(this.parentNamespace[n]),
        init: n === 0 && this.shape.rootIsInit === false ? null : init,
      })),
      processes: entries.map(({ entry, namespace }) => ({
        pid: entry.pid,
        ppid: entry.ppid,
        pgid: entry.pgid,
        sid: entry.sid,
        state: entry.state === 'zombie' ? 'zombie' : 'alive',
        childSubreaper: entry.subreaper && entry.state !== 'zombie',
        pidns: String(namespace),
        nspid: [...entry.nspid],
        nspgid: [...entry.nspgid],
        nssid: [...entry.nssid],
        exitStatus: entry.exitStatus,
        ...(this.shape.exitSignals && entry.pid !== 1 ? { exitSignal: entry.exitSignal } : {}),
        ...classesOf(this.kernel, entry.pid, this.shape.kinds ?? []),
      })),
    };
  }
}
