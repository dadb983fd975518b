/**
 * Random step sequences: mostly steps that fit the moment, wrong ones among them.
 *
 * The generator follows the simulator, so that it knows who lives and how deep a child would be born; which steps are
 * tried is the random source's choice alone. The same seed gives the same sequence.
 */

import { Kernel } from '../../src/engine/kernel/kernel.ts';
import type { ShareName } from '../../src/engine/plan/share-flags.ts';
import type { CloneFlag, Step } from '../../src/engine/plan/step.ts';
import { proc } from '../engine/kernel/proc.ts';
import { answer } from './simulate.ts';
import { exit, killed, setns, setpgid, setsid, subreaper, unshare, wait4 } from './steps.ts';

/** Mulberry32: numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface RandomSteps {
  readonly seed: number;
  readonly length: number;
  /** Pid namespaces below level 0, and steps of the restorer outside (pid 0). */
  readonly namespaces: boolean;
  /** Clone flags that share, right and wrong ones, unshare, execve, I/O contexts, exit signals. */
  readonly sharing?: boolean;
}

const HIGHEST = 14;

const SHARES: readonly ShareName[] = [
  'CLONE_FILES',
  'CLONE_FS',
  'CLONE_VM',
  'CLONE_SIGHAND',
  'CLONE_SYSVSEM',
  'CLONE_IO',
];
const LEFT_BY_UNSHARE: readonly ShareName[] = ['CLONE_FILES', 'CLONE_FS', 'CLONE_SYSVSEM'];

class Generator {
  readonly #next: () => number;
  readonly #kernel = new Kernel({ root: 1, rootIsInit: true });
  readonly #namespaces: boolean;
  readonly #sharing: boolean;
  /** How many levels below level 0 the children of a process are born. */
  readonly #births = new Map<number, number>([
    [0, 0],
    [1, 0],
  ]);
  #inner = 2;

  constructor(seed: number, namespaces: boolean, sharing: boolean) {
    this.#sharing = sharing;
    this.#next = random(seed);
    this.#namespaces = namespaces;
  }

  step(): Step {
    const step = this.#choose();
    const done = answer(this.#kernel, step) === 'ok';
    if (!done) return step;
    if (step.op === 'clone3') this.#births.set(step.child, step.setTid.length - 1);
    if (step.op === 'unshare' && step.flags.includes('CLONE_NEWPID'))
      this.#births.set(step.pid, this.#depth(step.pid) + 1);
    if (step.op === 'setns') this.#births.set(step.pid, proc(this.#kernel, step.target)!.nspid.length - 1);
    return step;
  }

  #choose(): Step {
    const pid = this.#caller();
    if (this.#sharing && pid !== 0 && !this.#below(5)) return this.#changed(pid);
    const dice = this.#below(100);
    if (dice < 34) return this.#clone(pid);
    if (dice < 41) return setsid(pid);
    if (dice < 58) return setpgid(pid, this.#target(pid), this.#number());
    if (dice < 66) return subreaper(pid, this.#below(3) ? 1 : 0);
    if (dice < 79) return wait4(pid, this.#child(pid));
    if (dice < 90 || !this.#namespaces) return this.#exit(pid);
    // With tables of its own the replayer enters the namespace of a process, not of a file: nobody's that is dead.
    if (dice < 93 || this.#sharing) return unshare(pid);
    return setns(pid, this.#below(2) ? pid || 1 : this.#number());
  }

  #clone(pid: number): Step {
    const flags: CloneFlag[] = [];
    if (!this.#below(5)) flags.push('CLONE_PARENT');
    if (this.#namespaces && !this.#below(6)) flags.push('CLONE_NEWPID');
    const child = this.#number();
    const isInit = flags.includes('CLONE_NEWPID');
    let depth = this.#depth(pid) + (isInit ? 1 : 0);
    if (!this.#below(40)) depth += this.#below(3) - 1;
    const setTid = [child];
    for (let level = 1; level <= depth; level++) setTid.push(this.#innerNumber(level === depth, isInit, pid));
    if (!this.#sharing || pid === 0) return { op: 'clone3', pid, child, setTid, flags };
    for (const flag of SHARES) if (!this.#below(3)) flags.push(flag);
    // Handlers without their address space are refused: now and then.
    if (flags.includes('CLONE_SIGHAND') && !flags.includes('CLONE_VM') && this.#below(4))
      flags.push('CLONE_VM');
    if (flags.includes('CLONE_PARENT') || this.#below(5)) return { op: 'clone3', pid, child, setTid, flags };
    return { op: 'clone3', pid, child, setTid, flags, exitSignal: [10, 15, 40][this.#below(3)]! };
  }

  /** unshare of what can be left, and of what cannot while it is shared; execve; an I/O context. */
  #changed(pid: number): Step {
    const dice = this.#below(10);
    if (dice < 2) return { op: 'exec', pid };
    if (dice < 4) return { op: 'ioprio', pid };
    const flags = SHARES.filter((flag) => !this.#below(LEFT_BY_UNSHARE.includes(flag) ? 2 : 8));
    return { op: 'unshare', pid, flags: flags.length > 0 ? flags : ['CLONE_FILES'] };
  }

  /** Mostly a fresh one; 1 where a namespace may still have no init. */
  #innerNumber(innermost: boolean, isInit: boolean, pid: number): number {
    if (innermost && (isInit || (this.#depth(pid) >= this.#own(pid) && !this.#below(3)))) {
      return this.#below(20) ? 1 : this.#inner++;
    }
    return this.#below(12) ? this.#inner++ : 1 + this.#below(5);
  }

  #exit(pid: number): Step {
    if (pid === 1 && this.#below(20)) return setsid(1);
    return this.#below(4) ? exit(pid, this.#below(4)) : killed(pid, 9);
  }

  #caller(): number {
    if (this.#namespaces && !this.#below(25)) return 0;
    const pids = Array.from({ length: HIGHEST }, (_, i) => i + 1);
    const running = pids.filter((pid) => proc(this.#kernel, pid)?.state === 'running');
    if (running.length > 0 && this.#below(20)) return running[this.#below(running.length)]!;
    return this.#number();
  }

  #target(pid: number): number {
    return this.#below(2) && pid !== 0 ? pid : this.#child(pid);
  }

  #child(pid: number): number {
    const children = pid === 0 ? [] : (proc(this.#kernel, pid)?.children ?? []);
    return children.length > 0 && this.#below(6) ? children[this.#below(children.length)]! : this.#number();
  }

  #depth(pid: number): number {
    return this.#births.get(pid) ?? 0;
  }

  #own(pid: number): number {
    return (proc(this.#kernel, pid)?.nspid.length ?? 1) - 1;
  }

  #number(): number {
    return 1 + this.#below(HIGHEST);
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }
}

export function randomSteps({ seed, length, namespaces, sharing = false }: RandomSteps): Step[] {
  const generator = new Generator(seed, namespaces, sharing);
  return Array.from({ length }, () => generator.step());
}
