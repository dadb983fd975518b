/**
 * How each requirement of the surroundings is held against a target: which fact of the target answers it, and what is
 * wrong where it does not hold. What has no row here nobody can tell from outside.
 *
 * In: what the image has, what the target says. Out: faults, none where it holds; undefined, the target does not say.
 * Cost: linear.
 * `never`: nothing that can be done on this target helps. `not now`: its remedy does.
 */

import { capabilitySet } from '../plan/preflight.ts';
import { type Fault, LISTED, type TargetCode } from './fault.ts';
import { filesThere, pathsThere, type WantedFile } from './file-checks.ts';
import type { Property, Requirement } from './requirement.ts';
import type { TargetFacts } from './target.ts';

/** Undefined: the target does not say. */
export type Check = (captured: Requirement['captured'], target: TargetFacts) => readonly Fault[] | undefined;

const itemsOf = (
  captured: Requirement['captured'],
): readonly (string | Readonly<Record<string, unknown>>)[] =>
  typeof captured === 'object' && 'list' in captured ? captured.list : [];
const namesOf = (captured: Requirement['captured']): string[] => itemsOf(captured).map(String);

/** Names that are all to be there. */
function allThere(
  code: TargetCode,
  when: Fault['when'],
  what: string,
  remedy: string,
  factOf: (target: TargetFacts) => readonly string[] | undefined,
): Check {
  return (captured, target) => {
    const there = factOf(target);
    if (there === undefined) return undefined;
    const has = new Set(there.map((name) => name.toLowerCase()));
    const missing = namesOf(captured).filter((name) => !has.has(name.toLowerCase()));
    if (missing.length === 0) return [];
    const message = `${what}: ${missing.slice(0, 10).join(', ')}${missing.length > 10 ? ', …' : ''}.`;
    return [
      { code, when, message, remedy, detail: { missing: missing.slice(0, LISTED), total: missing.length } },
    ];
  };
}

function atLeast(
  code: TargetCode,
  what: string,
  remedy: string,
  factOf: (target: TargetFacts) => number | undefined,
): Check {
  return (captured, target) => {
    const there = factOf(target);
    if (there === undefined || typeof captured !== 'number') return undefined;
    if (there >= captured) return [];
    const message = `${what}: ${there}, and ${captured} is needed.`;
    return [{ code, when: 'not now', message, remedy, detail: { needed: captured, there } }];
  };
}

export const CHECKS: { readonly [P in Property]?: Check } = {
  architecture: (captured, { architecture }) => {
    if (architecture === undefined) return undefined;
    if (architecture === captured) return [];
    const message = `The processor is ${architecture}, the image is of ${captured}.`;
    const remedy = `Restore on a ${captured} machine.`;
    return [{ code: 'ARCHITECTURE_DIFFERS', when: 'never', message, remedy, detail: { needed: captured } }];
  },
  cpuFeatures: allThere(
    'CPU_FEATURE_MISSING',
    'never',
    'The processor lacks',
    'Restore on a machine whose processor has these features.',
    ({ cpuFeatures }) => cpuFeatures,
  ),
  memory: atLeast(
    'MEMORY_SHORT',
    'Bytes of memory that can be had',
    'Free memory, raise the limit of the cgroup, or take another node.',
    ({ memoryBytes }) => memoryBytes,
  ),
  criu: (captured, { criu }) => {
    if (criu === undefined) return undefined;
    if (releaseOf(criu) >= releaseOf(String(captured))) return [];
    const message = `CRIU ${criu} does not read these images; ${captured} does.`;
    const remedy = `Install CRIU ${captured} or later.`;
    return [{ code: 'CRIU_TOO_OLD', when: 'not now', message, remedy, detail: { needed: captured } }];
  },
  plugins: allThere(
    'CRIU_PLUGIN_MISSING',
    'not now',
    'CRIU lacks the plugins',
    'Install the plugins that the dump had, in the directory that --libdir names.',
    ({ criuPlugins }) => criuPlugins,
  ),
  filesystems: allThere(
    'FILESYSTEM_MISSING',
    'not now',
    'The kernel does not know',
    'Load the modules of these filesystems.',
    ({ filesystems }) => filesystems,
  ),
  mounts: (captured, { mounts }) => {
    if (mounts === undefined) return undefined;
    const there = new Set(mounts);
    const missing = itemsOf(captured)
      .map((item) => item as Readonly<Record<'key' | 'mountpoint' | 'source', string>>)
      .filter(({ key, mountpoint }) => !there.has(key) && !there.has(mountpoint));
    if (missing.length === 0) return [];
    const keys = missing.map(({ key }) => key);
    return [
      {
        code: 'MOUNT_MISSING',
        when: 'not now',
        message: `Nothing is there for the mounts ${keys.slice(0, 10).join(', ')}.`,
        remedy: missing
          .slice(0, 3)
          .map(({ key, source }) => `Give --external mnt[${key}]:PATH${source ? ` (it was ${source})` : ''}.`)
          .join(' '),
        detail: { missing: keys.slice(0, LISTED), total: keys.length },
      },
    ];
  },
  files: (captured, { files }) => {
    if (files === undefined) return undefined;
    return filesThere(itemsOf(captured) as unknown as readonly WantedFile[], files);
  },
  directories: (captured, { files }) => files && pathsThere(namesOf(captured), files),
  devices: (captured, { files }) => files && pathsThere(namesOf(captured), files),
  connections: (captured, { addresses }) => {
    // Addresses of a namespace that is made for the restore are nobody's to scan.
    const inSight = itemsOf(captured).filter((item) => typeof item === 'string' || !item.ownNetwork);
    if (addresses === undefined || inSight.length === 0) return undefined;
    const there = new Set(addresses);
    const missing = [...new Set(inSight.map((item) => hostOf(localOf(item))))].filter(
      (host) => !there.has(host) && host !== '127.0.0.1' && host !== '::1',
    );
    if (missing.length === 0) return [];
    const message = `The target does not have the addresses ${missing.join(', ')}.`;
    const remedy =
      'Give the target these addresses, or dump with --tcp-close and let the programs connect again.';
    return [{ code: 'ADDRESS_MISSING', when: 'not now', message, remedy, detail: { missing } }];
  },
  ports: (captured, { listening }) => {
    if (listening === undefined) return undefined;
    const wanted = itemsOf(captured).map(
      (item) => `${(item as { protocol: string }).protocol} ${localOf(item)}`,
    );
    const others = Map.groupBy(listening, portOf);
    const taken = wanted.filter((address) =>
      others.get(portOf(address))?.some((other) => meet(address, other)),
    );
    if (taken.length === 0) return [];
    const message = `These addresses are taken: ${taken.slice(0, 10).join(', ')}.`;
    const remedy = 'End who listens there, or restore in a network namespace of its own.';
    return [
      { code: 'ADDRESS_TAKEN', when: 'not now', message, remedy, detail: { taken: taken.slice(0, LISTED) } },
    ];
  },
  unixSockets: allThere(
    'UNIX_SOCKET_MISSING',
    'not now',
    'No unix socket has the name',
    'Start the program that listens there before the restore.',
    ({ unixSockets }) => unixSockets,
  ),
  terminal: (_captured, { terminal }) => {
    if (terminal === undefined) return undefined;
    if (terminal) return [];
    const message = 'The restore does not run on a terminal.';
    const remedy = 'Run it on one (script -qc, ssh -t), with --shell-job.';
    return [{ code: 'TERMINAL_MISSING', when: 'not now', message, remedy, detail: {} }];
  },
  heldCapabilities: (captured, { capabilities }) => {
    if (capabilities === undefined) return undefined;
    const has = capabilitySet(capabilities);
    const missing = namesOf(captured).filter((name) => !has.has(name));
    if (missing.length === 0) return [];
    const message = `The restorer lacks ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}, which processes had.`;
    const remedy = 'Run the restorer with them.';
    return [{ code: 'CAPABILITY_MISSING', when: 'not now', message, remedy, detail: { missing } }];
  },
  lsmProfiles: allThere(
    'LSM_PROFILE_MISSING',
    'not now',
    'These security profiles are not loaded',
    'Load them, or give --lsm-profile with the name that the target has for it.',
    ({ lsmProfiles }) => lsmProfiles,
  ),
  cgroupControllers: allThere(
    'CGROUP_CONTROLLER_MISSING',
    'not now',
    'These cgroup controllers are not there',
    'Mount them, or restore with --manage-cgroups=ignore.',
    ({ cgroupControllers }) => cgroupControllers,
  ),
  openFiles: atLeast(
    'OPEN_FILES_LIMIT',
    'fs.nr_open',
    'Raise fs.nr_open by sysctl.',
    ({ openFilesMax }) => openFilesMax,
  ),
};

/** 4.3.1 is 4003. */
function releaseOf(text: string): number {
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return Number(major) * 1000 + Number(minor);
}

function localOf(item: string | Readonly<Record<string, unknown>>): string {
  return typeof item === 'string' ? item : String(item.local);
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

/** `tcp 0.0.0.0:80`: `tcp 80`. */
function portOf(address: string): string {
  const space = address.indexOf(' ');
  return `${address.slice(0, Math.max(space, 0))} ${address.slice(address.lastIndexOf(':') + 1)}`;
}

/** Of two addresses with one port of one protocol: is it the same address, or one of them all addresses? */
function meet(wanted: string, other: string): boolean {
  const [a, b] = [wanted, other].map((address) => hostOf(address.slice(address.indexOf(' ') + 1))) as [
    string,
    string,
  ];
  return a === b || ANY.has(a) || ANY.has(b);
}

const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
