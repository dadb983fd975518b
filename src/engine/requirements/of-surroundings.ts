/**
 * What the members beside the process tree ask of a target.
 *
 * In: surroundings. Asks: one requirement a property that a member told; what no member told is named by `untold`.
 * Facts: criu-handover.md, section 8; what CRIU compares at a restore (size where it wrote one, mode, build id). Cost: that
 * of the record.
 */

import { capabilityNames } from './capability-names.ts';
import { isByManager, managedContainer } from './of-container.ts';
import { ofFiles, ofSockets, ofTerminals } from './of-descriptors.ts';
import { type Ask, listed } from './requirement.ts';
import type { Mount, Surroundings } from './surroundings.ts';

export function askOfSurroundings(ask: Ask, surroundings: Surroundings): void {
  ofMachine(ask, surroundings);
  ofImage(ask, surroundings);
  ofMounts(ask, surroundings);
  ofFiles(ask, surroundings);
  ofSockets(ask, surroundings);
  ofTerminals(ask, surroundings);
  ofRights(ask, surroundings);
  ofMemory(ask, surroundings);
  ofNamespaces(ask, surroundings);
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

function ofMachine(ask: Ask, { machine, dump }: Surroundings): void {
  if (machine) {
    ask(
      'architecture',
      machine.architecture,
      `The processor is ${machine.architecture}: registers and programs are its own.`,
    );
    ask(
      'cpuFeatures',
      listed(machine.features),
      `The processor has ${machine.features.join(', ')}: programs had such registers in use at the dump.`,
    );
  }
  if (dump?.imageVersion && dump.imageVersion >= COMPRESSED_PAGES) {
    ask('criu', '4.3', `CRIU 4.3 or later: the images have version ${dump.imageVersion}.`);
  }
  if (dump) {
    ask(
      'plugins',
      listed(dump.plugins),
      `CRIU has the plugins that took part in the dump: ${dump.plugins.join(', ')}.`,
    );
  }
}

const COMPRESSED_PAGES = 3;

/** Of which the root filesystem is made. */
function ofImage(ask: Ask, surroundings: Surroundings): void {
  const image = managedContainer(surroundings)?.image;
  if (!image) return;
  ask(
    'image',
    image,
    `The image ${image} is there, or can be pulled: the root filesystem is made of it and of what the archive has.`,
  );
}

function ofMounts(ask: Ask, surroundings: Surroundings): void {
  const { mounts, container } = surroundings;
  const managed = managedContainer(surroundings);
  const sources = new Map(container?.binds.map(({ destination, source }) => [destination, source]));
  const external = (mounts?.list ?? [])
    .filter(isExternal)
    .filter((mount) => !managed || !isByManager(mount, managed));
  ask(
    'mounts',
    listed(
      external.map(({ mountpoint, type, external: key }) => ({
        key,
        mountpoint,
        type,
        source: sources.get(mountpoint) ?? sources.get(key) ?? null,
      })),
    ),
    `${external.length} mounts come from outside the image: the target provides something for each key.`,
  );
  if (!mounts) {
    ask(
      'mounts',
      listed(
        [...sources].map(([mountpoint, source]) => ({ key: mountpoint, mountpoint, type: 'bind', source })),
      ),
      `The container has ${sources.size} bind mounts of the host.`,
    );
  }
  const types = [
    ...new Set(mounts?.list.filter((mount) => !isExternal(mount)).map(({ type }) => type)),
  ].filter((type) => type !== 'of the disk');
  ask(
    'filesystems',
    listed(types.sort()),
    'The kernel knows the types of the filesystems that are mounted anew.',
  );
}

function isExternal(mount: Mount): mount is Mount & { external: string } {
  return mount.external !== null;
}

function ofRights(ask: Ask, { rights, dump, container }: Surroundings): void {
  const profiles = [...new Set([...(rights?.lsmProfiles ?? []), ...containerProfiles(container)])];
  if (dump?.lsm && dump.lsm !== 'none') {
    ask('lsmProfiles', listed(profiles), `The target has ${dump.lsm}, with these profiles loaded.`);
  }
  if (!rights) return;
  ask(
    'heldCapabilities',
    listed(capabilityNames(rights.capabilities)),
    'The restorer has every capability that a process had: nobody can give what he has not.',
  );
  ask(
    'seccomp',
    { numbers: rights.seccomp, total: rights.seccomp.length },
    'The kernel knows seccomp filters, and the restorer has CAP_SYS_ADMIN to set them.',
  );
  if (rights.openFiles !== null) {
    ask(
      'openFiles',
      rights.openFiles,
      `fs.nr_open is ${rights.openFiles} or more: a process has that as its hard limit of open files.`,
    );
  }
}

function containerProfiles(container: Surroundings['container']): string[] {
  return [container?.apparmorProfile, container?.selinuxLabel].filter((name): name is string => !!name);
}

function ofMemory(ask: Ask, { memory }: Surroundings): void {
  if (!memory) return;
  const { inImage, inParent, lazy } = memory;
  ask('memory', inImage + inParent + lazy, 'Bytes of memory that the processes have in pages of their own.');
  if (inParent > 0) {
    ask(
      'parentImages',
      inParent,
      'Bytes of memory lie in the image set before this one: its directory is linked as `parent`.',
    );
  }
  if (lazy > 0) {
    ask(
      'lazyPages',
      lazy,
      'Bytes of memory come later: the page server of the dump still runs, and criu lazy-pages on the target.',
    );
  }
}

function ofNamespaces(ask: Ask, { cgroups, network, dump }: Surroundings): void {
  const controllers = cgroups?.controllers.filter((name) => name !== '') ?? [];
  ask('cgroupControllers', listed(controllers), 'Cgroup controllers of the dump are mounted on the target.');
  if (network?.external) {
    ask(
      'networkNamespace',
      network.external,
      'The network namespace comes from outside: it is made first, and handed to CRIU under this key.',
    );
  }
  const devices = network?.devices.filter(({ kind }) => kind !== 'loopback') ?? [];
  ask(
    'networkDevices',
    listed(devices.map(({ name, kind }) => ({ name, kind }))),
    'Network devices of the namespace; who made their other ends makes them on the target.',
  );
  if (dump?.newNamespaces.includes('user')) {
    ask(
      'userNamespaces',
      1,
      'The kernel lets the restorer make a user namespace (user.max_user_namespaces).',
    );
  }
}
