/**
 * Which process a thread belongs to. Holds the threads that live, but for the first of each process, whose number is
 * the process's own.
 */
export class ThreadGroups {
  readonly #process = new Map<number, number>();
  /** How many of these a process has. */
  readonly #others = new Map<number, number>();
  /** Processes whose first thread has ended before others. */
  readonly #headless = new Set<number>();

  clear(): void {
    this.#process.clear();
    this.#others.clear();
    this.#headless.clear();
  }

  get size(): number {
    return this.#process.size;
  }

  /** A task that is not known to be another's thread is a process. */
  processOf(task: number): number {
    return this.#process.get(task) ?? task;
  }

  add(task: number, process: number): void {
    this.drop(task);
    this.#process.set(task, process);
    this.#others.set(process, (this.#others.get(process) ?? 0) + 1);
  }

  /** A thread has become the first one of its process, with its number. */
  exec(task: number, former: number): void {
    if (this.#process.get(former) === task) this.drop(former);
    this.#headless.delete(task);
  }

  /** @param last whether the process has ended with it, where the kernel says so. @returns the process that has ended, 0 none */
  exit(task: number, last: boolean | undefined): number {
    const process = this.processOf(task);
    if (process !== task) this.drop(task);
    const others = this.#others.get(process) ?? 0;
    if (last ?? (others === 0 && (process === task || this.#headless.has(process)))) {
      this.#headless.delete(process);
      return process;
    }
    if (process === task) this.#headless.add(process);
    return 0;
  }

  drop(task: number): void {
    const process = this.#process.get(task);
    if (process === undefined) return;
    this.#process.delete(task);
    const others = this.#others.get(process)! - 1;
    if (others > 0) this.#others.set(process, others);
    else this.#others.delete(process);
  }
}
