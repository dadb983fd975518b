/**
 * Classes of an image: numbers of kernel objects by their first holder, so that two readings of one tree agree.
 *
 * In: what was compared, thread by thread; processes in the order of the image. Out: their fields. Who has no undo
 * list or I/O context (0) shares none: it gets a number of its own, which says that it is known.
 */

import { FILES, FS, KINDS, type Kind } from '../engine/tree/sharing-columns.ts';
import type { TreeImage } from '../formats/tree-image-schema.ts';
import type { Classes } from './class-probe.ts';
import { isZombie, type ReadProcess, sortedThreads } from './reading.ts';

type ProcessImage = TreeImage['processes'][number];
type ClassFields = Pick<ProcessImage, Kind | 'threadFiles' | 'threadFs'>;

export class ImageClasses {
  readonly #seen: ReadonlyMap<number, Classes>;
  readonly #number = KINDS.map(() => new Map<number, number>());
  readonly #count = KINDS.map(() => 0);

  constructor(seen: ReadonlyMap<number, Classes>) {
    this.#seen = seen;
  }

  of(process: ReadProcess, level: number): ClassFields {
    if (this.#seen.size === 0) return {};
    const threads = sortedThreads(process, level).map(([tid]) => tid!);
    const first = process.state !== 'Z' || isZombie(process) ? process.pid : process.otherThreads[0]![0]!;
    const fields: ClassFields = {};
    for (const [kind, name] of KINDS.entries()) {
      const number = this.#numbered(first, kind);
      if (number !== null) fields[name] = number;
    }
    const files = this.#ofThreads(first, threads, FILES, fields.files);
    const fs = this.#ofThreads(first, threads, FS, fields.fs);
    return { ...fields, ...(files ? { threadFiles: files } : {}), ...(fs ? { threadFs: fs } : {}) };
  }

  /** Null: all have their process's object, or one was not compared. */
  #ofThreads(
    first: number,
    threads: readonly number[],
    kind: number,
    own: number | undefined,
  ): number[] | null {
    const object = this.#seen.get(first)?.[kind] ?? null;
    const differs = threads.some((tid) => (this.#seen.get(tid)?.[kind] ?? object) !== object);
    if (object === null || own === undefined || !differs) return null;
    return [own, ...threads.map((tid) => this.#numbered(tid, kind) ?? own)];
  }

  #numbered(tid: number, kind: number): number | null {
    const object = this.#seen.get(tid)?.[kind] ?? null;
    if (object === null) return null;
    const known = object === 0 ? undefined : this.#number[kind]!.get(object);
    if (known !== undefined) return known;
    const number = ++this.#count[kind]!;
    if (object !== 0) this.#number[kind]!.set(object, number);
    return number;
  }
}
