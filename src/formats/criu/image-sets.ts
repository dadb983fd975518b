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

interface Directory {
  readonly images: CriuImageSet;
  hasTree: boolean;
  fault: ReadError | null;
}

/** Sets that a refusal lists. */
const LISTED = 100;
/** Directories with image files that an archive may have. */
const MOST_DIRECTORIES = 10_000;

export class ImageSets {
  private readonly limits: ReadLimits;
  private readonly named: string | null;
  private readonly directories = new Map<string, Directory>();

  /** @param named directory of the set that is wanted; null: the only one */
  constructor(limits: ReadLimits, named: string | null) {
    this.limits = limits;
    this.named = named === null ? null : plainPath(named);
  }

  /** @throws ReadError over a limit */
  add({ directory: path, name, file, content }: ArchiveMember): void {
    const directory = this.directory(path);
    if (name.kind === 'pstree') directory.hasTree = true;
    if (this.named !== null && path !== this.named) return;
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
    if (!only) return new CriuImageSet(this.limits).finish();
    const [, { images, fault }] = only;
    if (fault) throw fault;
    return images.finish();
  }

  private directory(path: string): Directory {
    let directory = this.directories.get(path);
    if (!directory) {
      if (this.directories.size === MOST_DIRECTORIES) {
        const message = `The archive has image files in more than ${MOST_DIRECTORIES} directories.`;
        throw readError(413, 'LIMIT_EXCEEDED', message);
      }
      directory = { images: new CriuImageSet(this.limits), hasTree: false, fault: null };
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
