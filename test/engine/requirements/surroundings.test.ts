/** What was dumped beside the process tree: what it asks of a target, of CRIU's command, and how a target is held to it. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { criuOptionsOf } from '../../../src/engine/requirements/criu-options.ts';
import { judge } from '../../../src/engine/requirements/judge.ts';
import { requirementsOf } from '../../../src/engine/requirements/requirements.ts';
import {
  AUTODETECTED_MOUNT,
  type Container,
  type Dump,
  type Listed,
  type Mount,
  type OpenFile,
  type Surroundings,
} from '../../../src/engine/requirements/surroundings.ts';
import type { TargetFacts } from '../../../src/engine/requirements/target.ts';
import { treeOf } from '../../histories/proven-plan.ts';

const NOTHING: Surroundings = {
  read: [],
  dump: null,
  machine: null,
  mounts: null,
  files: null,
  inetSockets: null,
  unixSockets: null,
  roots: [],
  terminals: null,
  locks: null,
  descriptions: null,
  pidfds: null,
  memory: null,
  rights: null,
  cgroups: null,
  network: null,
  container: null,
  logs: [],
  order: null,
  notes: [],
};
const DUMP: Dump = {
  imageVersion: 2,
  lsm: null,
  tcpClose: false,
  networkLock: null,
  plugins: [],
  newNamespaces: [],
};
const CONTAINER: Container = {
  manager: 'podman',
  name: null,
  image: 'docker.io/library/redis',
  runtime: null,
  hostname: null,
  terminal: true,
  binds: [{ destination: '/data', source: '/srv/data' }],
  apparmorProfile: null,
  selinuxLabel: null,
  annotations: {},
};
const ID = '0123456789abcdef'.repeat(4);
const FILE: OpenFile = {
  path: '/x',
  kind: 'file',
  size: 5,
  mode: 0x81a4,
  buildId: null,
  inImage: false,
  program: false,
};
const TREE = treeOf({ root: 1, processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }] });

const list = <T>(...all: T[]): Listed<T> => ({ list: all, total: all.length });
const mount = (mountpoint: string, external: string | null, source = 'none'): Mount => ({
  mountpoint,
  type: 'ext4',
  source,
  external,
});

/** What is asked beyond what the tree itself asks, by property. */
function asked(some: Partial<Surroundings>): Record<string, unknown> {
  const bare = new Set(requirementsOf(TREE, null).map(({ property }) => property));
  const all = requirementsOf(TREE, { ...NOTHING, ...some });
  return Object.fromEntries(
    all.filter(({ property }) => !bare.has(property)).map(({ property, captured }) => [property, captured]),
  );
}

function options(some: Partial<Surroundings>): string[] {
  return criuOptionsOf(TREE, { ...NOTHING, ...some }).map(({ option, at }) => `${at}: ${option}`);
}

/** Codes of what is wrong with a target; null where nothing in it answers. */
function wrong(some: Partial<Surroundings>, target: TargetFacts): string[] | null {
  const requirements = requirementsOf(TREE, { ...NOTHING, ...some }).slice(requirementsOf(TREE, null).length);
  const { requirements: judged, conflicts } = judge(requirements, [], target);
  if (judged.every(({ status }) => status === 'not checked')) return null;
  return conflicts.map(({ code }) => code);
}

describe('what a target must have', () => {
  it('is CRIU 4.3 and its plugins where the images are of its kind', () => {
    const some = { dump: { ...DUMP, imageVersion: 3, plugins: ['amdgpu_plugin'] } };
    assert.deepEqual(asked(some), { criu: '4.3', plugins: list('amdgpu_plugin') });
    assert.deepEqual(wrong(some, { criu: '4.2.1', criuPlugins: [] }), [
      'CRIU_TOO_OLD',
      'CRIU_PLUGIN_MISSING',
    ]);
    assert.deepEqual(wrong(some, { criu: '4.3', criuPlugins: ['AMDGPU_plugin'] }), []);
    assert.equal(wrong(some, {}), null);
  });

  it('is something for each mount from outside, with the source that the container had', () => {
    const binds = [{ destination: '/data', source: '/srv/data' }];
    const some = {
      mounts: list(mount('/data', '/data'), mount('/', null)),
      container: { ...CONTAINER, manager: null, binds },
    };
    assert.deepEqual(asked(some), {
      mounts: list({ key: '/data', mountpoint: '/data', type: 'ext4', source: '/srv/data' }),
      filesystems: list('ext4'),
    });
    assert.deepEqual(wrong(some, { mounts: [] }), ['MOUNT_MISSING']);
    assert.deepEqual(wrong(some, { mounts: ['/data'], filesystems: ['tmpfs'] }), ['FILESYSTEM_MISSING']);
    const unread = { container: { ...CONTAINER, manager: null, binds } };
    const [{ key }] = (asked(unread).mounts as Listed<{ key: string }>).list as [{ key: string }];
    assert.equal(key, '/data', 'where no member tells of mounts, the binds of the container do');
  });

  it('is of a managed container only what its manager does not bring', () => {
    const some = {
      container: {
        ...CONTAINER,
        binds: [...CONTAINER.binds, { destination: '/etc/hosts', source: `/run/${ID}/hosts` }],
      },
      mounts: list(
        mount('/data', '/data'),
        mount('/etc/hosts', '/etc/hosts'),
        mount('/proc/kcore', '/dev/null'),
        mount('/sys/fs/cgroup', 'cgroup'),
      ),
      files: list(
        { ...FILE, path: '/data/x' },
        { ...FILE, path: '/usr/bin/redis' },
        { ...FILE, path: '/etc/hosts' },
      ),
      terminals: list({ kind: 'pts', sid: 1, master: false, index: 0 }),
    };
    const { image, mounts, files, ...rest } = asked(some);
    assert.equal(image, 'docker.io/library/redis');
    assert.equal((mounts as Listed<unknown>).total, 1);
    assert.deepEqual(
      (files as Listed<{ onHost: string }>).list.map(({ onHost }) => onHost),
      ['/srv/data/x'],
    );
    assert.deepEqual(rest, {});
  });

  it('is directories and devices by their paths, roots of processes among them', () => {
    const some = {
      files: list<OpenFile>(
        { ...FILE, kind: 'directory', path: '/d' },
        { ...FILE, kind: 'device', path: '/dev/x' },
      ),
      roots: ['/jail', '/d'],
    };
    assert.deepEqual(asked(some), { directories: list('/d', '/jail'), devices: list('/dev/x') });
    assert.deepEqual(wrong(some, { files: [{ path: '/d' }, { path: '/jail' }] }), ['FILE_MISSING']);
  });

  it('is a terminal, file locks, a network and its devices', () => {
    const some = {
      terminals: list({ kind: 'pts', sid: 1, master: false, index: 0 }),
      locks: list({ kind: 'flock', pid: 1 }),
      network: {
        own: true,
        external: 'extRootNetNS',
        devices: [
          { name: 'lo', kind: 'loopback' },
          { name: 'eth0', kind: 'veth' },
        ],
      },
    };
    assert.deepEqual(asked(some), {
      terminal: 1,
      locks: 1,
      networkNamespace: 'extRootNetNS',
      networkDevices: list({ name: 'eth0', kind: 'veth' }),
    });
    assert.deepEqual(wrong(some, { terminal: false }), ['TERMINAL_MISSING']);
    assert.deepEqual(wrong(some, { terminal: true }), []);
  });

  it('is addresses of connections, in a network of their own nobody’s to look at', () => {
    const inetSockets = list({
      protocol: 'tcp',
      state: 'connected' as const,
      local: '10.0.0.2:80',
      remote: '10.0.0.9:4000',
    });
    assert.deepEqual(wrong({ inetSockets }, { addresses: ['10.0.0.3'] }), ['ADDRESS_MISSING']);
    assert.deepEqual(wrong({ inetSockets }, { addresses: ['10.0.0.2'] }), []);
    const apart = { inetSockets, network: { own: true, external: null, devices: [] } };
    assert.equal(wrong(apart, { addresses: [] }), null);
    assert.deepEqual(asked({ inetSockets, dump: { ...DUMP, tcpClose: true } }), {});
  });

  it('is memory with the sets that it lies in, rights, controllers, user namespaces', () => {
    const some = {
      memory: { inImage: 100, inParent: 20, lazy: 3 },
      dump: { ...DUMP, lsm: 'apparmor' as const, newNamespaces: ['user'] },
      container: { ...CONTAINER, manager: null, binds: [], apparmorProfile: 'containers-default' },
      cgroups: { controllers: ['', 'memory'], paths: [] },
      rights: {
        uids: [0],
        capabilities: [21, 63],
        seccomp: [1],
        lsmProfiles: [],
        openFiles: 1024,
        realTime: false,
      },
    };
    assert.deepEqual(asked(some), {
      lsmProfiles: list('containers-default'),
      heldCapabilities: list('CAP_SYS_ADMIN', 'CAP_63'),
      seccomp: { numbers: [1], total: 1 },
      openFiles: 1024,
      memory: 123,
      parentImages: 20,
      lazyPages: 3,
      cgroupControllers: list('memory'),
      userNamespaces: 1,
    });
    const poor = {
      lsmProfiles: [],
      capabilities: [],
      cgroupControllers: [],
      openFilesMax: 9,
      memoryBytes: 1,
    };
    assert.deepEqual(wrong(some, poor), [
      'LSM_PROFILE_MISSING',
      'CAPABILITY_MISSING',
      'OPEN_FILES_LIMIT',
      'MEMORY_SHORT',
      'CGROUP_CONTROLLER_MISSING',
    ]);
  });
});

describe('options of CRIU', () => {
  it('name mounts from outside by key at the dump, by source at the restore', () => {
    const binds = [{ destination: '/data', source: '/srv/data' }];
    const mounts = list(
      mount('/data', 'volume'),
      mount('/more', '/more'),
      mount('/again', '/more'),
      mount('/disk', 'dev', 'dev[sdb1]'),
      mount('/found', AUTODETECTED_MOUNT),
      mount('/', null),
    );
    assert.deepEqual(options({ mounts, container: { ...CONTAINER, binds } }), [
      'dump: --external mnt[/data]:volume',
      'restore: --external mnt[volume]:/srv/data',
      'dump: --external mnt[/more]:/more',
      'restore: --external mnt[/more]:/more',
      'dump: --external mnt[/again]:/more',
      'restore: --external dev[sdb1]:DEVICE',
      'both: --external mnt[]',
    ]);
  });

  it('are those of terminals, connections, links and locks', () => {
    const connected = list({ protocol: 'tcp6', state: 'connected' as const, local: 'a:1', remote: 'b:2' });
    assert.deepEqual(options({ inetSockets: connected }), ['both: --tcp-established']);
    const closed = { inetSockets: connected, dump: { ...DUMP, tcpClose: true } };
    assert.deepEqual(options(closed), ['both: --tcp-close']);
    const terminals = list({ kind: 'pts', sid: 1, master: false, index: 3 });
    assert.deepEqual(options({ terminals }), ['both: --shell-job']);
    const unixSockets = list({ name: '', state: 'connected' as const, outside: true });
    assert.deepEqual(options({ unixSockets }), ['dump: --ext-unix-sk']);
    const files = list({ ...FILE, inImage: true, path: '/tmp/link_remap.7' });
    const locks = list({ kind: 'flock', pid: 1 });
    assert.deepEqual(options({ files, locks }), ['both: --file-locks', 'dump: --link-remap']);
  });

  it('are those of networks, profiles and pages that come later', () => {
    const network = { own: true, external: 'net', devices: [] };
    assert.deepEqual(options({ network, dump: { ...DUMP, networkLock: 'nftables' } }), [
      'dump: --external net[INODE]:net',
      'restore: --inherit-fd fd[FD]:net',
      'dump: --network-lock nftables',
    ]);
    const rights = {
      uids: [],
      capabilities: [],
      seccomp: [],
      lsmProfiles: ['p'],
      openFiles: null,
      realTime: false,
    };
    assert.deepEqual(options({ rights, dump: { ...DUMP, lsm: 'selinux' } }), [
      'restore: --lsm-profile selinux:p',
    ]);
    assert.deepEqual(options({ memory: { inImage: 1, inParent: 0, lazy: 9 } }), ['restore: --lazy-pages']);
  });
});
