/**
 * Sharing table: which kernel objects each process holds, one column a kind, and its controlling terminal.
 *
 * An object is a number above 0; 0 is none: undo lists and I/O contexts are made when somebody first needs one, a
 * zombie holds nothing but its signal handlers, and who is reaped not even these. The table exists from the first call
 * that has to do with sharing; everybody born before has objects of his own.
 * Rules (inherit-only resources): I1–I4, I14, I20–I24, I50, I51, I54, I56. Cost: 28 bytes a row, O(1) a birth.
 */
import { IO, KINDS, SIGHAND, SYSVSEM } from '../tree/sharing-columns.ts';
import { type ProcessTable, REAPED, ROOT, RUNNING } from './process-table.ts';

/** Kinds that everybody has one of: files, fs, vm, signal handlers. */
const ALWAYS_THERE = SYSVSEM;

export class SharingTable {
  /** By kind: the object of each row. */
  readonly objects: Int32Array[];
  /** Device number of the controlling terminal, 0 none. */
  terminal: Int32Array;
  private readonly processes: ProcessTable;
  private made = 0;

  /** @param outsideTerminal the terminal that the session outside has, and the root with it */
  constructor(processes: ProcessTable, outsideTerminal: number) {
    this.processes = processes;
    this.objects = KINDS.map(() => new Int32Array(processes.capacity));
    this.terminal = new Int32Array(processes.capacity);
    for (let row = 0; row < processes.count; row++) this.bearFresh(row);
    this.terminal.fill(outsideTerminal, 0, ROOT + 1);
  }

  reserve(rows: number): void {
    if (rows <= this.terminal.length) return;
    const larger = (column: Int32Array): Int32Array => {
      const copy = new Int32Array(rows);
      copy.set(column);
      return copy;
    };
    for (let kind = 0; kind < KINDS.length; kind++) this.objects[kind] = larger(this.objects[kind]!);
    this.terminal = larger(this.terminal);
  }

  /** A birth: the creator's objects of the kinds in `shared`, a bit a kind; of the others its own. */
  born(row: number, creator: number, shared: number): void {
    for (let kind = 0; kind < KINDS.length; kind++) {
      const objects = this.objects[kind]!;
      // Who has an I/O priority bears children with a context of their own that has it too.
      const isMade = kind < ALWAYS_THERE || (kind === IO && objects[creator] !== 0);
      if ((shared & (1 << kind)) === 0) objects[row] = isMade ? this.make() : 0;
      else {
        // CLONE_SYSVSEM makes a list where there is none; CLONE_IO makes nothing (I56).
        if (kind === SYSVSEM && objects[creator] === 0) objects[creator] = this.make();
        objects[row] = objects[creator]!;
      }
    }
    this.terminal[row] = this.terminal[creator]!;
  }

  /** Leaves the object of one kind for one of its own; an undo list for none. */
  renew(row: number, kind: number): void {
    this.objects[kind]![row] = kind < ALWAYS_THERE ? this.make() : 0;
  }

  /** ioprio_set: makes an I/O context where there is none (I56). */
  give(row: number, kind: number): void {
    if (this.objects[kind]![row] === 0) this.objects[kind]![row] = this.make();
  }

  /** What the object of a row is at the end: of a zombie only its signal handlers are left (K6). */
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

  private bearFresh(row: number): void {
    for (let kind = 0; kind < ALWAYS_THERE; kind++) this.objects[kind]![row] = this.make();
  }

  private make(): number {
    return ++this.made;
  }
}
