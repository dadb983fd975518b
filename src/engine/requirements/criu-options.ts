/**
 * The command of CRIU: every option, mapping and plugin that a dump and its restore need, each with the fact that asks.
 *
 * In: a tree, its surroundings. Out: options in the order in which the manual has them. Facts: criu(8) of 4.2 and 4.3;
 * what a restore without the option says is in the trials of test/criu/requirements.test.ts.
 */

import type { ProcessTree } from '../tree/process-tree.ts';
import { AUTODETECTED_MOUNT, type Surroundings } from './surroundings.ts';

export interface CommandOption {
  readonly option: string;
  readonly at: 'dump' | 'restore' | 'both';
  /** The fact of the image that asks for it. */
  readonly because: string;
}

export function criuOptionsOf(tree: ProcessTree, surroundings: Surroundings | null): CommandOption[] {
  return [
    ...shellJob(tree, surroundings),
    ...(surroundings
      ? [
          ...sockets(surroundings),
          ...locksAndFiles(surroundings),
          ...mounts(surroundings),
          ...network(surroundings),
          ...security(surroundings),
          ...memory(surroundings),
        ]
      : []),
  ];
}

function shellJob(tree: ProcessTree, surroundings: Surroundings | null): CommandOption[] {
  const root = tree.pid[0]!;
  const because: string[] = [];
  if (tree.sid[0] !== root) {
    because.push(
      `the root ${root} leads no session: it is in session ${tree.sid[0]}, whose leader is not in the tree`,
    );
  }
  const outside = surroundings?.terminals?.list.filter(({ master }) => !master) ?? [];
  if (outside.length > 0) {
    const which = outside.map(({ kind, index }) => (index === null ? kind : `pts/${index}`)).slice(0, 3);
    because.push(`a terminal (${which.join(', ')}) has its other end outside the tree`);
  }
  if (because.length === 0) return [];
  return [{ option: '--shell-job', at: 'both', because: because.join('; ') }];
}

function sockets({ inetSockets, unixSockets, dump }: Surroundings): CommandOption[] {
  const options: CommandOption[] = [];
  const connected = inetSockets?.list.filter(
    ({ state, protocol }) => state === 'connected' && protocol.startsWith('tcp'),
  );
  const first = connected?.[0];
  if (first) {
    const because = `${connected.length} TCP connections, one from ${first.local} to ${first.remote}`;
    options.push(
      dump?.tcpClose
        ? { option: '--tcp-close', at: 'both', because: `${because}; they were dumped as closed` }
        : { option: '--tcp-established', at: 'both', because },
    );
  }
  const outside = unixSockets?.list.find((socket) => socket.outside);
  if (outside) {
    // Restores do without, as long as the socket is there.
    options.push({
      option: '--ext-unix-sk',
      at: 'dump',
      because: `a unix socket leads to ${outside.name === '' ? 'one without a name' : outside.name}, outside the tree`,
    });
  }
  return options;
}

function locksAndFiles({ locks, files }: Surroundings): CommandOption[] {
  const options: CommandOption[] = [];
  const lock = locks?.list[0];
  if (lock) {
    const because = `${locks.total} file locks, one a ${lock.kind} of ${lock.pid}`;
    options.push({ option: '--file-locks', at: 'both', because });
  }
  const linked = files?.list.find(({ inImage, path }) => inImage && /(?:^|\/)link_remap\.\d+$/.test(path));
  if (linked) {
    options.push({
      option: '--link-remap',
      at: 'dump',
      because: `a deleted file that has another name is open: ${linked.path}`,
    });
  }
  return options;
}

function mounts({ mounts: all, container }: Surroundings): CommandOption[] {
  const sources = new Map(container?.binds.map(({ destination, source }) => [destination, source]));
  const options: CommandOption[] = [];
  let detected = false;
  for (const { external, mountpoint, source } of all?.list ?? []) {
    if (external === null) continue;
    if (external === AUTODETECTED_MOUNT) {
      detected = true;
      continue;
    }
    const device = /^dev\[(.*)\]$/.exec(source);
    const because = `the mount ${mountpoint} comes from outside`;
    if (device) {
      options.push({ option: `--external dev[${device[1]}]:DEVICE`, at: 'restore', because });
      continue;
    }
    // A key that is a path is the source: paths are masked by /dev/null.
    const path = external.startsWith('/') ? external : mountpoint;
    const from = sources.get(mountpoint) ?? sources.get(external) ?? path;
    options.push({ option: `--external mnt[${mountpoint}]:${external}`, at: 'dump', because });
    const restore = `--external mnt[${external}]:${from}`;
    if (!options.some(({ option, at }) => option === restore && at === 'restore'))
      options.push({ option: restore, at: 'restore', because });
  }
  if (detected) {
    options.push({
      option: '--external mnt[]',
      at: 'both',
      because: 'mounts from outside were found by CRIU itself at the dump',
    });
  }
  return options;
}

function network({ network: net, dump }: Surroundings): CommandOption[] {
  const options: CommandOption[] = [];
  if (net?.external) {
    const because = 'the network namespace comes from outside';
    options.push(
      { option: `--external net[INODE]:${net.external}`, at: 'dump', because },
      { option: `--inherit-fd fd[FD]:${net.external}`, at: 'restore', because },
    );
  }
  if (dump?.networkLock === 'skip' || dump?.networkLock === 'nftables') {
    options.push({
      option: `--network-lock ${dump.networkLock}`,
      at: 'dump',
      because: `the dump locked the network by ${dump.networkLock === 'skip' ? 'nothing' : 'nftables'}`,
    });
  }
  return options;
}

function security({ dump, rights }: Surroundings): CommandOption[] {
  const profile = rights?.lsmProfiles[0];
  if (!dump?.lsm || dump.lsm === 'none' || profile === undefined) return [];
  return [
    {
      option: `--lsm-profile ${dump.lsm}:${profile}`,
      at: 'restore',
      because: `processes ran under ${dump.lsm} with ${rights!.lsmProfiles.length} profiles; needed where the target has it under another name`,
    },
  ];
}

function memory({ memory: pages }: Surroundings): CommandOption[] {
  if (!pages || pages.lazy === 0) return [];
  const because = `${pages.lazy} bytes of memory are to come later`;
  return [{ option: '--lazy-pages', at: 'restore', because }];
}
