/**
 * The image sets of an archive: a set is a directory with a pstree.img.
 *
 * In: members of all directories, in any order. Out: the image of the one set that there is, or that was named; where
 * there are several, they are listed. Directories without a pstree.img, such as those of pre-dumps, are no sets, and
 * what is wrong in them does not matter.
 * Memory: members become rows as they come; all sets together have as many processes as one may have.
 */
import type { ArchiveMember } from '../archive/image-members.ts';
import { ReadError, type ReadFault, readError } from '../read-error.ts';
import type { ReadImage } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { CriuImageSet } from './image-set.ts';
import type { SurroundingName } from './surroundings/member-name.ts';
import { SurroundingMembers } from './surroundings/surrounding-members.ts';

interface Directory {
  readonly images: CriuImageSet;
  readonly surroundings: SurroundingMembers;
  hasTree: boolean;
  fault: ReadError | null;
}

/** A member that is no image file: it belongs to the sets in its directory and right below it. */
interface Around {
  readonly directory: string;
  readonly name: SurroundingName;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Such members, and bytes of them, that are kept until the set is known. */
const MOST_AROUND = 100;
const MOST_BYTES_AROUND = 128 << 20;

/** Sets that a refusal lists. */
const LISTED = 100;
/** Directories with image files that an archive may have. */
const MOST_DIRECTORIES = 10_000;

export class ImageSets {
  private readonly limits: ReadLimits;
  private readonly named: string | null;
  private readonly directories = new Map<string, Directory>();
  /** Members beside image sets: of the container, of the archive. */
  private readonly around: Around[] = [];

  /** @param named directory of the set that is wanted; null: the only one */
  constructor(limits: ReadLimits, named: string | null) {
    this.limits = limits;
    this.named = named === null ? null : plainPath(named);
  }

  /** @throws ReadError over a limit */
  add({ directory: path, name, surrounding, file, content }: ArchiveMember): void {
    if (name === null && surrounding !== null && !file.endsWith('.img')) {
      if (content instanceof Uint8Array)
        this.addAround({ directory: path, name: surrounding, file, bytes: content });
      return;
    }
    const directory = this.directory(path);
    if (name?.kind === 'pstree') directory.hasTree = true;
    if (this.named !== null && path !== this.named) return;
    if (surrounding !== null) {
      if (content instanceof Uint8Array) directory.surroundings.add(surrounding, file, content);
      else directory.surroundings.note(content.message);
    }
    if (name === null) return;
    if (directory.fault) return;
    if (content instanceof ReadError) {
      directory.fault = content;
      return;
    }
    try {
      directory.images.add(name, file, content);
    } catch (error) {
      if (!(error instanceof ReadError) || error.status === 413) throw error;
      directory.fault = error;
    }
    if (name.kind === 'pstree') this.bound();
  }

  /** @throws ReadError */
  finish(): ReadImage {
    const { named, directories } = this;
    const sets = [...directories].filter(([, { hasTree }]) => hasTree);
    const chosen = named === null ? sets : sets.filter(([path]) => path === named);
    if (chosen.length > 1)
      throw this.list(
        'SET_UNNAMED',
        'The archive has several image sets: name one by the parameter set.',
        sets,
      );
    if (named !== null && chosen.length === 0) {
      throw this.list('SET_ABSENT', `The archive has no image set "${shown(named)}".`, sets);
    }
    const [only] = chosen.length > 0 ? chosen : [...directories];
    if (!only) return this.withLogs(new SurroundingMembers(), () => new CriuImageSet(this.limits).finish());
    const [path, { images, surroundings, fault }] = only;
    for (const member of this.around) {
      if (isAround(member, path)) surroundings.add(member.name, member.file, member.bytes);
    }
    const image = this.withLogs(surroundings, () => {
      if (fault) throw fault;
      return images.finish();
    });
    const { columns } = image;
    return { ...image, surroundings: surroundings.result(columns.pid.slice(0, columns.count)) };
  }

  /** What cannot be read has the logs of the set nevertheless; where there is none, those of the archive. */
  private withLogs(surroundings: SurroundingMembers, read: () => ReadImage): ReadImage {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      if (surroundings.logs.length === 0) {
        for (const { name, file, bytes } of this.around) surroundings.add(name, file, bytes);
      }
      const { status, faults, total } = error;
      throw new ReadError(status, faults, total, surroundings.logs);
    }
  }

  private addAround(member: Around): void {
    const bytes = this.around.reduce((sum, { bytes: { length } }) => sum + length, member.bytes.length);
    if (this.around.length < MOST_AROUND && bytes <= MOST_BYTES_AROUND) this.around.push(member);
  }

  private directory(path: string): Directory {
    let directory = this.directories.get(path);
    if (!directory) {
      if (this.directories.size === MOST_DIRECTORIES) {
        const message = `The archive has image files in more than ${MOST_DIRECTORIES} directories.`;
        throw readError(413, 'LIMIT_EXCEEDED', message);
      }
      directory = {
        images: new CriuImageSet(this.limits),
        surroundings: new SurroundingMembers(),
        hasTree: false,
        fault: null,
      };
      this.directories.set(path, directory);
    }
    return directory;
  }

  private bound(): void {
    let processes = 0;
    for (const { images } of this.directories.values()) processes += images.processes;
    if (processes <= this.limits.maxProcesses) return;
    const message = `The image sets together have more than ${this.limits.maxProcesses} processes.`;
    throw readError(413, 'LIMIT_EXCEEDED', message);
  }

  private list(code: 'SET_UNNAMED' | 'SET_ABSENT', message: string, sets: [string, Directory][]): ReadError {
    const names = sets.map(([path]) => shown(path)).sort();
    const faults = names
      .slice(0, LISTED)
      .map((file): ReadFault => ({ code, message: `${message} One is ${file}.`, file }));
    if (faults.length === 0) return readError(422, code, message);
    return new ReadError(422, faults, names.length);
  }
}

/** Annotations are those of the whole archive. */
function isAround({ directory, name }: Around, set: string): boolean {
  if (name.kind === 'annotations') return true;
  return directory === set || directory === set.replace(/(?:^|\/)[^/]*$/, '');
}

function plainPath(path: string): string {
  return path
    .replace(/^(?:\.\/+)+/, '')
    .replace(/^\.?\/*/, '')
    .replace(/\/+$/, '');
}

/** The top of the archive has a name too. */
function shown(path: string): string {
  return path === '' ? '.' : path;
}
