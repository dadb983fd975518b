/**
 * One reading of a tree: /proc as it stood while it was read, which takes a moment. Processes come and go meanwhile, so
 * one reading proves nothing; two that agree do (scan.ts).
 *
 * In: a /proc directory and what to look for. Out: every fact of the processes that belong to the image, the root
 * first. Throws ScanError where the tree cannot be taken at all.
 */

import type { ProcDirectory } from '../proc/proc-directory.ts';
import type { StatFacts, StatusFacts } from '../proc/process-facts.ts';
import {
  ALL_KINDS,
  type Classes,
  type ClassProbe,
  type ComparedTask,
  THREAD_KINDS,
  ZOMBIE_KINDS,
} from './class-probe.ts';
import { type Housed, NamespaceForest } from './namespace-forest.ts';
import type { Probe, ProbeFacts } from './probe.ts';
import { scanProcesses } from './scanner-processes.ts';

export type Target =
  /** A process and all that descends from it. */
  | { readonly kind: 'tree'; readonly pid: number }
  /** All processes of the namespace that this one lives in, and of those below. */
  | { readonly kind: 'namespace'; readonly pid: number };

export interface ReadOptions {
  readonly target: Target;
  /** Keep the scanner's own processes where they are part of the tree. */
  readonly withScanner: boolean;
  readonly probe: Probe | null;
  /** Compares kernel objects; it names tasks by the numbers of the /proc directory. Default: nothing is compared. */
  readonly classProbe?: ClassProbe | null;
}

export interface ReadProcess extends Housed, StatusFacts, StatFacts {
  /** Key of the pid namespace. */
  readonly namespace: string;
  /** NSpid of every thread but the first. */
  readonly otherThreads: readonly (readonly number[])[];
  readonly birth: number;
  /** Link of the pid namespace for its children where that is not its own; empty: nobody was born there yet. */
  readonly forChildren: string | undefined;
}

export interface Reading {
  readonly root: ReadProcess;
  readonly processes: readonly ReadProcess[];
  readonly forest: NamespaceForest;
  /** Processes of the scan itself that were left out. */
  readonly leftOut: readonly number[];
  readonly kernelThreads: number;
  /** Processes that ended between being listed and being read. */
  readonly vanished: number;
  /**
   * Numbers that others have in the namespace of the root: sessions and groups of them look dead in the image. Who lives
   * in a pid namespace of which nobody is in the tree has no number there, or one that cannot be told.
   */
  readonly livingOutside: ReadonlySet<number>;
  /** Closest alive born ancestors that the kernel shows, of all processes in sight: number → number, 0 outside. */
  readonly bornOf: ReadonlyMap<number, number>;
  /** Kernel objects by thread; empty where nothing was compared. */
  readonly classes: ReadonlyMap<number, Classes>;
}

/** A process whose first thread has ended shows Z, and lives as long as another thread does. */
export function isZombie({ state, threads }: { state: string; threads: number }): boolean {
  return state === 'Z' && threads < 2;
}

/** NSpid of every thread but the first, in the order of an image whose level 0 is the mount's `level`. */
export function sortedThreads({ otherThreads }: ReadProcess, level: number): (readonly number[])[] {
  return [...otherThreads].sort((a, b) => a[level]! - b[level]!);
}

export class ScanError extends Error {}

/** A process that ended while the reading needed it: another reading may succeed. */
export class TornReading extends ScanError {}

type Listed = StatusFacts & { readonly pid: number; readonly link: string | undefined };

export function readTree(
  proc: ProcDirectory,
  { target, withScanner, probe, classProbe }: ReadOptions,
): Reading {
  const pids = proc.pids();
  const listed = new Map<number, Listed>();
  for (const pid of pids) {
    const status = proc.status(pid);
    if (status === undefined || status.state === 'X') continue;
    const link = status.nspid.length > 1 ? proc.namespaceLink(pid) : undefined;
    listed.set(pid, { ...status, pid, link });
  }
  const named = listed.get(target.pid);
  if (!named) throw new ScanError(`there is no process ${target.pid}`);

  const left = withScanner ? new Set<number>() : scanProcesses(proc.self(), target.pid, listed);
  const kept = new Map([...listed].filter(([pid]) => !left.has(pid)));
  if (!kept.has(target.pid)) throw new ScanError(`process ${target.pid} belongs to the scan itself`);
  const probed = probe?.([...kept.keys()]) ?? new Map<number, ProbeFacts>();
  const forest = new NamespaceForest(kept, probed);
  const members = target.kind === 'tree' ? descendants(kept, named) : inhabitants(proc, kept, named, forest);

  const processes: ReadProcess[] = [];
  let kernelThreads = 0;
  for (const member of members) {
    const stat = proc.stat(member.pid);
    if (stat === undefined) throw new TornReading(`process ${member.pid} ended while it was read`);
    if (stat.kernelThread) kernelThreads++;
    else processes.push(whole(proc, member, stat, forest, probed));
  }
  const inTree = new Set(processes.map(({ pid }) => pid));
  return {
    root: rootOf(processes, target, named, forest),
    processes,
    forest,
    leftOut: [...left].filter((pid) => listed.has(pid)),
    kernelThreads,
    vanished: pids.length - listed.size,
    livingOutside: numbersOutside(kept, inTree, named.nspid.length - 1),
    bornOf: bornAncestors(proc, listed),
    classes: classProbe?.(processes.flatMap(comparedTasks)) ?? new Map(),
  };
}

/** Of a zombie only the signal handlers are left (K6); the first thread may have ended before the others. */
function comparedTasks({ pid, state, threads, otherThreads }: ReadProcess): ComparedTask[] {
  if (isZombie({ state, threads })) return [{ tid: pid, kinds: ZOMBIE_KINDS }];
  const others = otherThreads.map(([tid], at) => {
    return { tid: tid!, kinds: state === 'Z' && at === 0 ? ALL_KINDS : THREAD_KINDS };
  });
  return state === 'Z' ? others : [{ tid: pid, kinds: ALL_KINDS }, ...others];
}

/** An ancestor may be shown as a thread: it is named by its process here. */
function bornAncestors(proc: ProcDirectory, listed: ReadonlyMap<number, Listed>): Map<number, number> {
  const bornOf = new Map<number, number>();
  let processOf: Map<number, number> | null = null;
  for (const { pid, nscaba } of listed.values()) {
    if (nscaba === undefined) continue;
    if (nscaba !== 0 && !listed.has(nscaba)) {
      processOf ??= threadsOf(proc, listed);
      const creator = processOf.get(nscaba);
      if (creator !== undefined) bornOf.set(pid, creator);
    } else bornOf.set(pid, nscaba);
  }
  return bornOf;
}

function threadsOf(proc: ProcDirectory, listed: ReadonlyMap<number, Listed>): Map<number, number> {
  const processOf = new Map<number, number>();
  for (const { pid, threads } of listed.values()) {
    if (threads > 1) for (const [tid] of proc.threads(pid)) processOf.set(tid!, pid);
  }
  return processOf;
}

function whole(
  proc: ProcDirectory,
  member: Listed,
  stat: StatFacts,
  forest: NamespaceForest,
  probed: ReadonlyMap<number, ProbeFacts>,
): ReadProcess {
  const namespace = forest.keyOf(member.pid);
  if (namespace === undefined) {
    throw hasEnded(proc, member)
      ? new TornReading(`process ${member.pid} ended while it was read`)
      : new ScanError(`the pid namespace of process ${member.pid} is not visible: root is needed here`);
  }
  return {
    ...member,
    ...stat,
    namespace,
    // Also the permission to see an exit status.
    link: member.state === 'Z' ? proc.namespaceLink(member.pid) : member.link,
    otherThreads: member.threads > 1 ? proc.threads(member.pid) : [],
    birth: probed.get(member.pid)?.birth ?? 0,
    forChildren: member.state === 'Z' ? undefined : elsewhere(proc, member.pid),
  };
}

function elsewhere(proc: ProcDirectory, pid: number): string | undefined {
  const link = proc.linkForChildren(pid);
  return link === undefined || link === proc.namespaceLink(pid) ? undefined : link;
}

function descendants(listed: ReadonlyMap<number, Listed>, root: Listed): Listed[] {
  const children = new Map<number, Listed[]>();
  for (const process of listed.values()) {
    const siblings = children.get(process.ppid);
    if (siblings) siblings.push(process);
    else children.set(process.ppid, [process]);
  }
  const found = [root];
  for (let at = 0; at < found.length; at++) found.push(...(children.get(found[at]!.pid) ?? []));
  return found;
}

/**
 * Of a process that has ended since it was listed, and its parent before it, nothing tells where it lived. It is left
 * out like those that ended before they were listed.
 */
function inhabitants(
  proc: ProcDirectory,
  listed: ReadonlyMap<number, Listed>,
  named: Listed,
  forest: NamespaceForest,
): Listed[] {
  const outer = forest.keyOf(named.pid);
  if (outer === undefined) {
    throw new ScanError(`the pid namespace of process ${named.pid} is not visible: root is needed here`);
  }
  return [...listed.values()].filter((process) => {
    if (process.nspid.length < named.nspid.length) return false;
    const key = forest.keyOf(process.pid);
    const inside = key === undefined ? undefined : forest.within(key, outer);
    if (inside !== undefined || !mayBeInside(listed, process, named)) return inside === true;
    if (hasEnded(proc, process)) return false;
    if (hasMoved(proc, listed, process)) {
      throw new TornReading(`an ancestor of process ${process.pid} ended while it was read`);
    }
    throw new ScanError(
      `whether process ${process.pid} lives below the namespace is not visible: root and the native probe are needed`,
    );
  });
}

/** Its number may have been given to another process: then the numbers further in are others. */
function hasEnded(proc: ProcDirectory, process: Listed): boolean {
  const status = proc.status(process.pid);
  return status === undefined || status.state === 'X' || status.nspid.join() !== process.nspid.join();
}

/** It, or an ancestor of it, has another parent than when it was listed. */
function hasMoved(proc: ProcDirectory, listed: ReadonlyMap<number, Listed>, process: Listed): boolean {
  let at: Listed | undefined = process;
  while (at !== undefined && proc.status(at.pid)?.ppid === at.ppid) at = listed.get(at.ppid);
  return at !== undefined;
}

/** An ancestor in the same namespace as the named process, or none in sight. */
function mayBeInside(listed: ReadonlyMap<number, Listed>, process: Listed, named: Listed): boolean {
  let at: Listed | undefined = process;
  while (at && at.nspid.length > named.nspid.length) at = listed.get(at.ppid);
  return at === undefined || at.nspid.length < named.nspid.length || at.link === named.link;
}

function rootOf(
  processes: readonly ReadProcess[],
  target: Target,
  named: Listed,
  forest: NamespaceForest,
): ReadProcess {
  const key = forest.keyOf(named.pid);
  const root = processes.find((process) =>
    target.kind === 'tree'
      ? process.pid === named.pid
      : process.namespace === key && process.nspid.at(-1) === 1,
  );
  if (root) return root;
  if (target.kind === 'tree') throw new ScanError(`process ${target.pid} is a kernel thread`);
  throw new ScanError(`the init of the pid namespace of process ${target.pid} is not visible`);
}

function numbersOutside(
  listed: ReadonlyMap<number, Listed>,
  inTree: ReadonlySet<number>,
  level: number,
): Set<number> {
  const namespaces = new Set(Array.from(inTree, (pid) => listed.get(pid)!.link));
  const numbers = new Set<number>();
  for (const { pid, nspid, link } of listed.values()) {
    if (inTree.has(pid) || nspid.length <= level) continue;
    if (level === 0 || namespaces.has(link)) numbers.add(nspid[level]!);
  }
  return numbers;
}
