/**
 * The pid namespaces of the processes that were read, as a forest.
 *
 * In: numbers of every process, the /proc/PID/ns/pid links that could be read, chains of parents where a probe has
 * asked the kernel. Out: a key a process, a parent a key. What is not told follows from the kernel's rules: a child
 * lives in its parent's namespace or below it, number 1 is a namespace's init, and processes with one number live in
 * the namespace of the /proc mount itself. What follows from nothing stays unknown, it is never guessed.
 */

import type { ProbeFacts } from './probe.ts';

export interface Housed {
  readonly pid: number;
  readonly ppid: number;
  readonly nspid: readonly number[];
  /** As the link has it. */
  readonly link: string | undefined;
}

/** Key of the namespace of the mount. */
const OUTERMOST = 'outermost';

const depth = (process: Housed): number => process.nspid.length;
const isInit = (process: Housed): boolean => process.nspid.at(-1) === 1;

export class NamespaceForest {
  /** Key of each process's namespace, by pid. */
  readonly #key = new Map<number, string>();
  readonly #parent = new Map<string, string | undefined>();
  readonly #depth = new Map<string, number>();

  constructor(processes: ReadonlyMap<number, Housed>, probed: ReadonlyMap<number, ProbeFacts>) {
    for (const process of processes.values()) {
      if (depth(process) === 1) this.#key.set(process.pid, OUTERMOST);
      else if (process.link !== undefined) this.#key.set(process.pid, process.link);
    }
    this.#spread(processes);
    for (const process of processes.values()) {
      const key = this.#key.get(process.pid);
      if (key !== undefined) this.#depth.set(key, depth(process));
    }
    this.#askedParents(processes, probed);
    this.#parentsOfBoundaries(processes);
    this.#onlyCandidates(processes);
  }

  keyOf(pid: number): string | undefined {
    return this.#key.get(pid);
  }

  parentOf(key: string): string | undefined {
    return this.#parent.get(key);
  }

  /** Is the namespace `outer`, or below it? undefined: not known. */
  within(key: string, outer: string): boolean | undefined {
    const level = this.#depth.get(outer)!;
    let at: string | undefined = key;
    while (at !== undefined && this.#depth.get(at)! > level) at = this.#parent.get(at);
    return at === undefined ? undefined : at === outer;
  }

  /** Along parents and children of one depth, both ways; what is left starts with an init of its own. */
  #spread(processes: ReadonlyMap<number, Housed>): void {
    const related = new Map<number, number[]>();
    for (const process of processes.values()) {
      const parent = processes.get(process.ppid);
      if (!parent || depth(parent) !== depth(process)) continue;
      related.set(parent.pid, [...(related.get(parent.pid) ?? []), process.pid]);
      related.set(process.pid, [...(related.get(process.pid) ?? []), parent.pid]);
    }
    const flow = (waiting: number[]): void => {
      for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
        for (const other of related.get(pid) ?? []) {
          if (this.#key.has(other)) continue;
          this.#key.set(other, this.#key.get(pid)!);
          waiting.push(other);
        }
      }
    };
    flow([...this.#key.keys()]);
    for (const process of processes.values()) {
      if (this.#key.has(process.pid) || !isInit(process)) continue;
      this.#key.set(process.pid, `init ${process.pid}`);
      flow([process.pid]);
    }
  }

  #askedParents(processes: ReadonlyMap<number, Housed>, probed: ReadonlyMap<number, ProbeFacts>): void {
    const keyOfInode = new Map<string, string>();
    for (const [pid, { namespaces }] of probed) {
      const key = this.#key.get(pid);
      if (key !== undefined && namespaces.length > 0 && processes.has(pid))
        keyOfInode.set(namespaces[0]!, key);
    }
    for (const [pid, { namespaces }] of probed) {
      const key = this.#key.get(pid);
      const parent = keyOfInode.get(namespaces[1] ?? '');
      if (key !== undefined && parent !== undefined) this.#parent.set(key, parent);
    }
  }

  #parentsOfBoundaries(processes: ReadonlyMap<number, Housed>): void {
    for (const process of processes.values()) {
      const key = this.#key.get(process.pid);
      if (key === undefined || this.#parent.get(key) !== undefined) continue;
      const parent = processes.get(process.ppid);
      if (depth(process) === 2) this.#parent.set(key, OUTERMOST);
      else if (parent && depth(parent) === depth(process) - 1) {
        this.#parent.set(key, this.#key.get(parent.pid));
      }
    }
  }

  /** One namespace alone is a level further out, and below the one that the init's parent lives in. */
  #onlyCandidates(processes: ReadonlyMap<number, Housed>): void {
    const inits = [...processes.values()].filter(isInit).sort((a, b) => depth(a) - depth(b));
    for (const init of inits) {
      const key = this.#key.get(init.pid)!;
      if (depth(init) < 3 || this.#parent.get(key) !== undefined) continue;
      const above = this.#key.get(init.ppid);
      const candidates = [...this.#depth.keys()].filter(
        (other) =>
          this.#depth.get(other) === depth(init) - 1 &&
          (above === undefined || this.within(other, above) !== false),
      );
      if (candidates.length === 1) this.#parent.set(key, candidates[0]);
    }
  }
}
