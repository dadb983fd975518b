/**
 * What this machine has of what a tree asks for: the body of a preflight, read where the restore is to run.
 *
 * In: requirements, where the root of the restore's mount namespace is. Out: facts; what cannot be read is left out, and
 * is then not checked. Nothing is changed. Numbers that are taken are told only where the tree has no init of its own:
 * one that has gets a fresh pid namespace, in which nothing is taken.
 */

import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { arch, availableParallelism, networkInterfaces, release } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { bitsOf, capabilityNames } from '../engine/requirements/capability-names.ts';
import type { Requirement } from '../engine/requirements/requirement.ts';
import type { TargetFacts, TargetFile } from '../engine/requirements/target.ts';
import { buildIdOf } from './build-id.ts';
import { listeningAddresses, unixNames } from './sockets-here.ts';

export interface TargetScan {
  /** Null: what any tree may ask for. */
  readonly requirements: readonly Requirement[] | null;
  /** Where paths of the image begin. */
  readonly root: string;
  /** Release of the CRIU that will restore; null: not known. */
  readonly criu: string | null;
}

export function scanTarget({ requirements, root, criu }: TargetScan): TargetFacts {
  const asks = (property: string): Requirement | undefined =>
    requirements?.find((requirement) => requirement.property === property);
  const facts: Record<string, unknown> = {
    kernelRelease: release(),
    architecture: MACHINES[arch()] ?? arch(),
    cpuFeatures: cpuFeatures(),
    pidMax: number('/proc/sys/kernel/pid_max'),
    capabilities: capabilities(),
    pidsLimit: pidsLimit(),
    memoryBytes: memoryBytes(),
    filesystems: filesystems(),
    openFilesMax: number('/proc/sys/fs/nr_open'),
    addresses: addresses(),
    listening: listeningAddresses(),
    unixSockets: unixNames(),
    terminal: isatty(0),
    lsmProfiles: lsmProfiles(),
    cgroupControllers: cgroupControllers(),
    ...(criu !== null && { criu }),
    ...(asks('init') && { occupiedPids: numbersHere() }),
  };
  const places = ['files', 'directories', 'devices'].flatMap((property) => placesOf(asks(property)));
  if (requirements)
    facts.files = places.flatMap(({ path, onHost }) => fileAt(path, onHost ?? join(root, path)));
  const mounts = asks('mounts');
  if (mounts) facts.mounts = mountsThere(mounts);
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)) as TargetFacts;
}

/** As `uname -m` says. */
const MACHINES: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ppc64: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
  loong64: 'loongarch64',
};

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function number(path: string): number | undefined {
  const value = Number(text(path)?.trim());
  return Number.isSafeInteger(value) ? value : undefined;
}

/** What every processor has. */
function cpuFeatures(): string[] | undefined {
  const lines = [...(text('/proc/cpuinfo') ?? '').matchAll(/^(?:flags|Features)\s*:\s*(.*)$/gm)];
  if (lines.length === 0 || lines.length < availableParallelism()) return undefined;
  const [first = [], ...others] = lines.map(([, flags = '']) => flags.split(' '));
  return first.filter((flag) => others.every((flags) => flags.includes(flag)));
}

function capabilities(): string[] | undefined {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(text('/proc/self/status') ?? '')?.[1];
  return mask === undefined ? undefined : capabilityNames(bitsOf(BigInt(`0x${mask}`)));
}

/** The path of the unified hierarchy, where there is one. */
function ownCgroup(): string | undefined {
  const path = /^0::(.*)$/m.exec(text('/proc/self/cgroup') ?? '')?.[1];
  return path && join('/sys/fs/cgroup', path);
}

function pidsLimit(): number | undefined {
  const group = ownCgroup();
  const limit = group && number(join(group, 'pids.max'));
  const current = group && number(join(group, 'pids.current'));
  return limit && current !== undefined ? Math.max(0, limit - Number(current)) : undefined;
}

function memoryBytes(): number | undefined {
  const free = /^MemAvailable:\s*(\d+) kB$/m.exec(text('/proc/meminfo') ?? '')?.[1];
  if (free === undefined) return undefined;
  const group = ownCgroup();
  const limit = group && number(join(group, 'memory.max'));
  const current = group && number(join(group, 'memory.current'));
  const left = limit ? limit - (current || 0) : Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(Number(free) * 1024, left));
}

function filesystems(): string[] | undefined {
  return text('/proc/filesystems')
    ?.split('\n')
    .map((line) => line.split('\t').at(-1)!.trim())
    .filter(Boolean);
}

function addresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

function lsmProfiles(): string[] | undefined {
  const profiles = text('/sys/kernel/security/apparmor/profiles');
  return profiles
    ?.split('\n')
    .map((line) => line.replace(/ \(\w+\)$/, ''))
    .filter(Boolean);
}

/** Of the unified hierarchy, and of the older ones that are mounted. */
function cgroupControllers(): string[] | undefined {
  const lines = text('/proc/cgroups')?.split('\n').slice(1);
  const named = [...(text('/proc/self/cgroup') ?? '').matchAll(/^\d+:(name=[^:]+):/gm)].map(
    ([, name]) => name!,
  );
  return (
    lines && [...lines.filter((line) => line.endsWith('\t1')).map((line) => line.split('\t')[0]!), ...named]
  );
}

/** Processes and threads of this pid namespace. */
function numbersHere(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const all = pids.flatMap((pid) => {
    try {
      return readdirSync(`/proc/${pid}/task`);
    } catch {
      return [];
    }
  });
  return [...new Set(all.map(Number))].sort((a, b) => a - b);
}

/** `onHost`: in a volume of a container; where that lies here. */
function placesOf(requirement: Requirement | undefined): { path: string; onHost: string | null }[] {
  const captured = requirement?.captured;
  if (typeof captured !== 'object' || !('list' in captured)) return [];
  return captured.list.map((item) => {
    if (typeof item === 'string') return { path: item, onHost: null };
    return { path: String(item.path), onHost: typeof item.onHost === 'string' ? item.onHost : null };
  });
}

const HEAD = 64 * 1024;

function fileAt(path: string, file: string): TargetFile[] {
  try {
    const { size, mode } = statSync(file);
    if ((mode & 0xf000) !== 0x8000) return [{ path, mode }];
    const buildId = buildIdOf(head(file));
    return [{ path, size, mode, ...(buildId !== null && { buildId }) }];
  } catch {
    return [];
  }
}

function head(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(HEAD);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, HEAD, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Keys for whose source something is there. */
function mountsThere({ captured }: Requirement): string[] {
  if (typeof captured !== 'object' || !('list' in captured)) return [];
  return captured.list.flatMap((item) => {
    const { key, source } = item as { key: string; source: string | null };
    try {
      lstatSync(source ?? key);
      return [key];
    } catch {
      return [];
    }
  });
}
