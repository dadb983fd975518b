/**
 * Sharing table: which kernel objects each process holds, one column a kind, and its controlling terminal.
 *
 * An object is a number above 0 that somebody has been born with, so that others may hold it too; 0 is one of the
 * process's own, or none: undo lists and I/O contexts are made when somebody first needs one, a zombie holds nothing
 * but its signal handlers, and who is reaped not even these. No two kinds have an object of one number. The table exists
 * from the first call that has to do with sharing; everybody born before has objects of his own.
 * Rules (inherit-only resources): I1–I4, I14, I20–I24, I50, I51, I54, I56. Cost: 28 bytes a row, O(1) a birth.
 */
import { larger } from '../tree/larger-columns.ts';
import { IO, KINDS, SIGHAND } from '../tree/sharing-columns.ts';
import { type ProcessTable, REAPED, ROOT, RUNNING } from './process-table.ts';

export class SharingTable {
  /** By kind: the object of each row. */
  readonly objects: Int32Array[];
  /** Device number of the controlling terminal, 0 none. */
  terminal: Int32Array;
  private readonly processes: ProcessTable;
  private count = 0;

  /** @param outsideTerminal the terminal that the session outside has, and the root with it */
  constructor(processes: ProcessTable, outsideTerminal: number) {
    this.processes = processes;
    this.objects = KINDS.map(() => new Int32Array(processes.capacity));
    this.terminal = new Int32Array(processes.capacity);
    this.terminal.fill(outsideTerminal, 0, ROOT + 1);
  }

  reserve(rows: number): void {
    if (rows <= this.terminal.length) return;
    for (let kind = 0; kind < KINDS.length; kind++) this.objects[kind] = larger(this.objects[kind]!, rows);
    this.terminal = larger(this.terminal, rows);
  }

  /** A birth: the creator's objects of the kinds in `shared`, a bit a kind; of the others its own. */
  born(row: number, creator: number, shared: number): void {
    for (let kind = 0; shared >> kind !== 0; kind++) {
      if ((shared & (1 << kind)) === 0) continue;
      const objects = this.objects[kind]!;
      // CLONE_SYSVSEM makes a list where there is none; CLONE_IO makes nothing (I56).
      if (kind !== IO && objects[creator] === 0) objects[creator] = this.make();
      objects[row] = objects[creator]!;
    }
    // Who has an I/O priority bears children with a context of their own that has it too.
    const contexts = this.objects[IO]!;
    if (contexts[creator] !== 0 && contexts[row] === 0) contexts[row] = this.make();
    this.terminal[row] = this.terminal[creator]!;
  }

  /** Leaves the object of one kind for one of its own; an undo list for none. */
  renew(row: number, kind: number): void {
    this.objects[kind]![row] = 0;
  }

  /** ioprio_set: makes an I/O context where there is none (I56). */
  giveContext(row: number): void {
    const contexts = this.objects[IO]!;
    if (contexts[row] === 0) contexts[row] = this.make();
  }

  /** Objects ever made. */
  get made(): number {
    return this.count;
  }

  /** What a row holds that others may hold too, 0 nothing: of a zombie only its signal handlers are left (K6). */
  held(row: number, kind: number): number {
    const state = this.processes.state[row]!;
    if (state === REAPED || (state !== RUNNING && kind !== SIGHAND)) return 0;
    return this.objects[kind]![row]!;
  }

  /** Does another process hold the row's object? Looks at every row. */
  isShared(row: number, kind: number): boolean {
    const object = this.held(row, kind);
    if (object === 0) return false;
    for (let other = ROOT; other < this.processes.count; other++) {
      if (other !== row && this.held(other, kind) === object) return true;
    }
    return false;
  }

  private make(): number {
    return ++this.count;
  }
}
