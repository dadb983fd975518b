/**
 * A reading as a tree image. Level 0 of the image is the namespace of its root: numbers further out are cut off.
 *
 * What /proc does not show is left out of the image, never filled in: subreaper flags, births, and where permission is
 * missing, exit statuses.
 */

import { SIGCHLD } from '../engine/tree/sharing-columns.ts';
import type { TreeImage } from '../formats/tree-image-schema.ts';
import { ImageClasses } from './image-classes.ts';
import { isZombie, type Reading, type ReadProcess, ScanError, sortedThreads } from './reading.ts';

type ProcessImage = TreeImage['processes'][number];
type Namespaces = NonNullable<TreeImage['pidNamespaces']>;

export function treeImage({ root, processes, forest, bornOf, classes }: Reading): TreeImage {
  const level = root.nspid.length - 1;
  const rootNumber = root.nspid[level]!;
  const numberOf = new Map(processes.map(({ pid, nspid }) => [pid, nspid[level]!]));
  const namespaces = namespacesOf(root, processes, (key) => forest.parentOf(key));
  const ids = new Map(namespaces.keys.map((key, index) => [key, String(index)]));
  const ranks = birthRanks(processes);
  const idOfLink = new Map(processes.map(({ link, namespace }) => [link, ids.get(namespace)!]));
  const byNumber = [...processes].sort((a, b) => a.nspid[level]! - b.nspid[level]!);
  const shared = new ImageClasses(classes);
  return {
    root: rootNumber,
    pidNamespaces: namespaces.declarations,
    processes: byNumber.map((process) => {
      const ppid = process === root ? 0 : (numberOf.get(process.ppid) ?? 0);
      const rank = ranks?.get(process.pid);
      const caba = process === root ? undefined : closestInImage(process.pid, bornOf, numberOf);
      return {
        ...numbers(process, level, ppid, ids.get(process.namespace)!),
        ...forChildren(process, idOfLink),
        ...(isZombie(process) && process.link !== undefined ? { exitStatus: process.exitCode } : {}),
        ...shared.of(process, level),
        ...givenAtBirth(process, root),
        startTime: process.startTime,
        ...(caba === undefined ? {} : { caba }),
        ...(rank === undefined ? {} : { birthOrder: rank }),
        comm: process.comm,
      };
    }),
  };
}

/** Who made the root is not in the image, so its exit signal says nothing here. */
function givenAtBirth(process: ReadProcess, root: ReadProcess): Pick<ProcessImage, 'exitSignal' | 'ttyNr'> {
  const { exitSignal, terminal } = process;
  return {
    ...(process === root || exitSignal === SIGCHLD ? {} : { exitSignal }),
    ...(isZombie(process) ? {} : { ttyNr: terminal }),
  };
}

/** Past ancestors that are not in the image; undefined where the kernel does not show one on the way. */
function closestInImage(
  pid: number,
  bornOf: ReadonlyMap<number, number>,
  numberOf: ReadonlyMap<number, number>,
): number | undefined {
  let at = bornOf.get(pid);
  while (at !== undefined && at !== 0 && !numberOf.has(at)) at = bornOf.get(at);
  return at === undefined || at === 0 ? at : numberOf.get(at);
}

/** A namespace that nobody of the tree lives in stays left out (scan-notes.ts). */
function forChildren(
  { forChildren: link }: ReadProcess,
  idOfLink: ReadonlyMap<string | undefined, string>,
): Pick<ProcessImage, 'pidnsForChildren'> {
  if (link === undefined) return {};
  if (link === '') return { pidnsForChildren: null };
  const id = idOfLink.get(link);
  return id === undefined ? {} : { pidnsForChildren: id };
}

function numbers(process: ReadProcess, level: number, ppid: number, pidns: string): ProcessImage {
  const nspid = process.nspid.slice(level);
  const nspgid = process.nspgid.slice(level);
  const nssid = process.nssid.slice(level);
  return {
    pid: nspid[0]!,
    ppid,
    pgid: nspgid[0]!,
    sid: nssid[0]!,
    state: isZombie(process) ? 'zombie' : 'alive',
    pidns,
    nspid,
    nspgid,
    nssid,
    threads: [nspid[0]!, ...sortedThreads(process, level).map((thread) => thread[level]!)],
  };
}

/** Outer ones first, each by the number of its init, so that two scans name them alike. */
function namespacesOf(
  root: ReadProcess,
  processes: readonly ReadProcess[],
  parentOf: (key: string) => string | undefined,
): { keys: string[]; declarations: Namespaces } {
  const level = root.nspid.length - 1;
  const inits = processes
    .filter((process) => process !== root && process.nspid.length > level + 1 && process.nspid.at(-1) === 1)
    .sort((a, b) => a.nspid.length - b.nspid.length || a.nspid[level]! - b.nspid[level]!);
  const keys = [root.namespace, ...inits.map(({ namespace }) => namespace)];
  for (const process of processes) {
    if (keys.includes(process.namespace)) continue;
    throw new ScanError(
      `process ${process.pid} lives in a pid namespace whose init is not in the tree: scan its namespace, or a larger tree`,
    );
  }
  const rootIsInit = root.nspid[level] === 1;
  const declarations = [{ id: '0', parent: null as string | null, init: rootIsInit ? 1 : null }];
  for (const [index, init] of inits.entries()) {
    const parent = keys.indexOf(parentOf(init.namespace) ?? '');
    if (parent < 0) {
      throw new ScanError(
        `the parent of the pid namespace of process ${init.pid} is not visible: root and the native probe are needed`,
      );
    }
    declarations.push({ id: String(index + 1), parent: String(parent), init: init.nspid[level]! });
  }
  return { keys, declarations };
}

/** 1 is the oldest. Null where a birth number is missing. */
function birthRanks(processes: readonly ReadProcess[]): Map<number, number> | null {
  if (processes.some(({ birth }) => birth === 0)) return null;
  const order = [...processes].sort((a, b) => a.birth - b.birth);
  return new Map(order.map(({ pid }, index) => [pid, index + 1]));
}
