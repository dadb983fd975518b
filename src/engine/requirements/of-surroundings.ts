/**
 * What the members beside the process tree ask of a target.
 *
 * In: surroundings. Out: one requirement a property that a member told; what no member told is named by `untold`.
 * Facts: criu-handover.md, section 8; what CRIU compares at a restore (size where it wrote one, mode, build id). Cost: that
 * of the record.
 */

import { capabilityNames } from './capability-names.ts';
import { isByManager, managedContainer } from './of-container.ts';
import { ofFiles, ofSockets, ofTerminals } from './of-descriptors.ts';
import { listed, type Requirement } from './requirement.ts';
import type { Mount, Surroundings } from './surroundings.ts';

export function requirementsOfSurroundings(surroundings: Surroundings): Requirement[] {
  return [
    ...ofMachine(surroundings),
    ...ofImage(surroundings),
    ...ofMounts(surroundings),
    ...ofFiles(surroundings),
    ...ofSockets(surroundings),
    ...ofTerminals(surroundings),
    ...ofRights(surroundings),
    ...ofMemory(surroundings),
    ...ofNamespaces(surroundings),
  ];
}

/** What nothing in an image said; null surroundings: a tree image has processes only. */
export function untold(surroundings: Surroundings | null): string[] {
  const told: readonly (readonly [string, unknown])[] = [
    ['mounts', surroundings?.mounts],
    ['files', surroundings?.files],
    ['sockets', surroundings?.inetSockets],
    ['terminals', surroundings?.terminals],
    ['memory', surroundings?.memory],
    ['cgroups', surroundings?.cgroups],
    ['security profiles', surroundings?.rights],
  ];
  return told.filter(([, what]) => what === null || what === undefined).map(([name]) => name);
}

function ofMachine({ machine, dump }: Surroundings): Requirement[] {
  const found: Requirement[] = [];
  if (machine) {
    found.push({
      property: 'architecture',
      captured: machine.architecture,
      level: 'node',
      strictness: 'exact',
      says: `The processor is ${machine.architecture}: registers and programs are its own.`,
    });
    if (machine.features.length > 0) {
      found.push({
        property: 'cpuFeatures',
        captured: listed(machine.features),
        level: 'node',
        strictness: 'at least',
        says: `The processor has ${machine.features.join(', ')}: programs had such registers in use at the dump.`,
      });
    }
  }
  if (dump?.imageVersion && dump.imageVersion >= COMPRESSED_PAGES) {
    found.push({
      property: 'criu',
      captured: '4.3',
      level: 'node',
      strictness: 'at least',
      says: `CRIU 4.3 or later: the images have version ${dump.imageVersion}.`,
    });
  }
  if (dump && dump.plugins.length > 0) {
    found.push({
      property: 'plugins',
      captured: listed(dump.plugins),
      level: 'node',
      strictness: 'at least',
      says: `CRIU has the plugins that took part in the dump: ${dump.plugins.join(', ')}.`,
    });
  }
  return found;
}

const COMPRESSED_PAGES = 3;

/** Of which the root filesystem is made. */
function ofImage(surroundings: Surroundings): Requirement[] {
  const image = managedContainer(surroundings)?.image;
  if (!image) return [];
  return [
    {
      property: 'image',
      captured: image,
      level: 'cluster',
      strictness: 'exact',
      says: `The image ${image} is there, or can be pulled: the root filesystem is made of it and of what the archive has.`,
    },
  ];
}

function ofMounts(surroundings: Surroundings): Requirement[] {
  const { mounts, container } = surroundings;
  const managed = managedContainer(surroundings);
  const sources = new Map(container?.binds.map(({ destination, source }) => [destination, source]));
  const found: Requirement[] = [];
  const external = (mounts?.list ?? [])
    .filter(isExternal)
    .filter((mount) => !managed || !isByManager(mount, managed));
  if (external.length > 0) {
    found.push({
      property: 'mounts',
      captured: listed(
        external.map(({ mountpoint, type, external: key }) => ({
          key,
          mountpoint,
          type,
          source: sources.get(mountpoint) ?? sources.get(key) ?? null,
        })),
      ),
      level: 'node',
      strictness: 'exact',
      says: `${external.length} mounts come from outside the image: the target provides something for each key.`,
    });
  } else if (!mounts && sources.size > 0) {
    found.push({
      property: 'mounts',
      captured: listed(
        [...sources].map(([mountpoint, source]) => ({ key: mountpoint, mountpoint, type: 'bind', source })),
      ),
      level: 'node',
      strictness: 'exact',
      says: `The container has ${sources.size} bind mounts of the host.`,
    });
  }
  const types = [
    ...new Set(mounts?.list.filter((mount) => !isExternal(mount)).map(({ type }) => type)),
  ].filter((type) => type !== 'of the disk');
  if (types.length > 0) {
    found.push({
      property: 'filesystems',
      captured: listed(types.sort()),
      level: 'node',
      strictness: 'at least',
      says: 'The kernel knows the types of the filesystems that are mounted anew.',
    });
  }
  return found;
}

function isExternal(mount: Mount): mount is Mount & { external: string } {
  return mount.external !== null;
}

function ofRights({ rights, dump, container }: Surroundings): Requirement[] {
  const found: Requirement[] = [];
  const profiles = [...new Set([...(rights?.lsmProfiles ?? []), ...containerProfiles(container)])];
  if (dump?.lsm && dump.lsm !== 'none' && profiles.length > 0) {
    found.push({
      property: 'lsmProfiles',
      captured: listed(profiles),
      level: 'node',
      strictness: 'exact',
      says: `The target has ${dump.lsm}, with these profiles loaded.`,
    });
  }
  if (!rights) return found;
  if (rights.capabilities.length > 0) {
    found.push({
      property: 'heldCapabilities',
      captured: listed(capabilityNames(rights.capabilities)),
      level: 'node',
      strictness: 'at least',
      says: 'The restorer has every capability that a process had: nobody can give what he has not.',
    });
  }
  if (rights.seccomp.length > 0) {
    found.push({
      property: 'seccomp',
      captured: { numbers: rights.seccomp, total: rights.seccomp.length },
      level: 'node',
      strictness: 'at least',
      says: 'The kernel knows seccomp filters, and the restorer has CAP_SYS_ADMIN to set them.',
    });
  }
  if (rights.openFiles !== null) {
    found.push({
      property: 'openFiles',
      captured: rights.openFiles,
      level: 'node',
      strictness: 'at least',
      says: `fs.nr_open is ${rights.openFiles} or more: a process has that as its hard limit of open files.`,
    });
  }
  return found;
}

function containerProfiles(container: Surroundings['container']): string[] {
  return [container?.apparmorProfile, container?.selinuxLabel].filter((name): name is string => !!name);
}

function ofMemory({ memory }: Surroundings): Requirement[] {
  if (!memory) return [];
  const { inImage, inParent, lazy } = memory;
  const found: Requirement[] = [
    {
      property: 'memory',
      captured: inImage + inParent + lazy,
      level: 'node',
      strictness: 'at least',
      says: 'Bytes of memory that the processes have in pages of their own.',
    },
  ];
  if (inParent > 0) {
    found.push({
      property: 'parentImages',
      captured: inParent,
      level: 'node',
      strictness: 'exact',
      says: 'Bytes of memory lie in the image set before this one: its directory is linked as `parent`.',
    });
  }
  if (lazy > 0) {
    found.push({
      property: 'lazyPages',
      captured: lazy,
      level: 'node',
      strictness: 'exact',
      says: 'Bytes of memory come later: the page server of the dump still runs, and criu lazy-pages on the target.',
    });
  }
  return found;
}

function ofNamespaces({ cgroups, network, dump }: Surroundings): Requirement[] {
  const found: Requirement[] = [];
  const controllers = cgroups?.controllers.filter((name) => name !== '') ?? [];
  if (controllers.length > 0) {
    found.push({
      property: 'cgroupControllers',
      captured: listed(controllers),
      level: 'node',
      strictness: 'at least',
      says: 'Cgroup controllers of the dump are mounted on the target.',
    });
  }
  if (network?.external) {
    found.push({
      property: 'networkNamespace',
      captured: network.external,
      level: 'namespace',
      strictness: 'exact',
      says: 'The network namespace comes from outside: it is made first, and handed to CRIU under this key.',
    });
  }
  const devices = network?.devices.filter(({ kind }) => kind !== 'loopback') ?? [];
  if (devices.length > 0) {
    found.push({
      property: 'networkDevices',
      captured: listed(devices.map(({ name, kind }) => ({ name, kind }))),
      level: 'namespace',
      strictness: 'exact',
      says: 'Network devices of the namespace; who made their other ends makes them on the target.',
    });
  }
  if (dump?.newNamespaces.includes('user')) {
    found.push({
      property: 'userNamespaces',
      captured: 1,
      level: 'node',
      strictness: 'at least',
      says: 'The kernel lets the restorer make a user namespace (user.max_user_namespaces).',
    });
  }
  return found;
}
