/**
 * The small members of one image set, and of the archive around it, made one record of what a target must have.
 *
 * In: members in any order, each whole. Out: the surroundings, null where there was none. Nothing in a member ever keeps
 * the tree from being read: what is damaged, unknown or too large is read on as far as it goes, and noted.
 * Memory: what a member decodes to lives until the next one; records are bounded (engine/requirements/surroundings.ts).
 */
import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import {
  type Cgroups,
  type Dump,
  LISTED,
  LOG_LINES,
  type Lock,
  type Log,
  type Mount,
  type Network,
  type Surroundings,
} from '../../../engine/requirements/surroundings.ts';
import {
  AddressSpaceEntrySchema,
  type CgroupEntry,
  CgroupEntrySchema,
  DeviceEntrySchema,
  DirectoriesEntrySchema,
  type DumpEntry,
  DumpEntrySchema,
  FileEntrySchema,
  LockEntrySchema,
  MountEntrySchema,
  type NamespaceIds,
  NamespaceIdsSchema,
  NetworkEntrySchema,
  type PageRunEntry,
  PageRunEntrySchema,
  ProcessorsEntrySchema,
  RemapEntrySchema,
  RightsEntrySchema,
  type TerminalEntry,
  TerminalEntrySchema,
  type X86Processor,
} from '../gen/surroundings_pb.ts';
import { framedEntries } from '../image-framing.ts';
import { ContainerFacts } from './container.ts';
import { Leaders } from './machine-and-rights.ts';
import { IMAGE_MAGICS, type SurroundingImage, type SurroundingName } from './member-name.ts';
import { mountOf } from './mounts.ts';
import { Bounded, OpenFiles, terminalsOf } from './open-files.ts';
import { textOf } from './surrounding-text.ts';

/** Members that there is one of a process are read up to this many of a kind. */
const MOST_OF_A_KIND = 50_000;
const MOST_NOTES = 50;

export class SurroundingMembers {
  private readonly files = new OpenFiles();
  private readonly leaders = new Leaders();
  private readonly container = new ContainerFacts();
  private readonly mounts = new Bounded<Mount>();
  private readonly locks = new Bounded<Lock>();
  private readonly terminals: TerminalEntry[] = [];
  private readonly inImage = new Set<number>();
  /** Ids of the files that are programs, and of those that are roots. */
  private readonly programs = new Set<number>();
  private readonly roots = new Set<number>();
  private readonly memory = { inImage: 0, inParent: 0, lazy: 0 };
  private readonly devices = new Bounded<{ name: string; kind: string }>();
  private readonly cgroups = { controllers: new Set<string>(), paths: new Set<string>() };
  readonly logs: Log[] = [];
  private readonly notes: string[] = [];
  private readonly count = new Map<string, number>();
  private dump: DumpEntry | null = null;
  private processor: X86Processor | null = null;
  private networkKey: string | null = null;
  /** Namespaces of the process with the lowest number. */
  private root: { pid: number; ids: NamespaceIds } | null = null;

  note(text: string): void {
    if (this.notes.length < MOST_NOTES && !this.notes.includes(text)) this.notes.push(text);
  }

  add({ kind, id }: SurroundingName, file: string, bytes: Uint8Array): void {
    const seen = (this.count.get(kind) ?? 0) + 1;
    if (seen > MOST_OF_A_KIND) {
      this.note(`Of ${kind} members the first ${MOST_OF_A_KIND} were read.`);
      return;
    }
    try {
      this.addMember(kind, id, file, bytes);
      this.count.set(kind, seen);
    } catch (error) {
      this.note(`${file} was not read whole: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private addMember(kind: SurroundingName['kind'], id: number, file: string, bytes: Uint8Array): void {
    if (kind === 'config.dump') this.container.addConfig(textIn(bytes));
    else if (kind === 'spec.dump') this.container.addSpec(textIn(bytes));
    else if (kind === 'annotations') this.container.addAnnotations(JSON.parse(textIn(bytes)));
    else if (kind === 'dump.log') this.addLog('dump', bytes);
    else if (kind === 'restore.log') this.addLog('restore', bytes);
    else {
      let first = true;
      for (const { body } of framedEntries(file, kind, IMAGE_MAGICS[kind], bytes)) {
        this.addEntry[kind](body, id, first);
        if (first) this.count.set(kind, this.count.get(kind) ?? 1);
        first = false;
      }
    }
  }

  private readonly addEntry: Readonly<
    Record<SurroundingImage, (body: Uint8Array, id: number, first: boolean) => void>
  > = {
    inventory: (body) => {
      this.dump ??= message(DumpEntrySchema, body);
    },
    ids: (body, pid) => {
      if (this.root === null || pid < this.root.pid)
        this.root = { pid, ids: message(NamespaceIdsSchema, body) };
    },
    core: (body, pid) => this.leaders.add(pid, message(RightsEntrySchema, body)),
    mountpoints: (body) => this.mounts.push(mountOf(message(MountEntrySchema, body))),
    files: (body) => this.files.add(message(FileEntrySchema, body)),
    'tty-info': (body) => {
      if (this.terminals.length < LISTED) this.terminals.push(message(TerminalEntrySchema, body));
    },
    filelocks: (body) => {
      const { flag = 0, pid = 0 } = message(LockEntrySchema, body);
      this.locks.push({ kind: LOCKS[flag & 0xff] ?? `type ${flag}`, pid });
    },
    'remap-fpath': (body) => {
      const { origId = 0 } = message(RemapEntrySchema, body);
      if (this.inImage.size < OpenFiles.MOST) this.inImage.add(origId);
    },
    pagemap: (body, _id, first) => {
      if (!first) this.addPages(message(PageRunEntrySchema, body));
    },
    cgroup: (body) => this.addCgroups(message(CgroupEntrySchema, body)),
    netns: (body) => {
      this.networkKey = textOf(message(NetworkEntrySchema, body).extKey) || null;
    },
    netdev: (body) => {
      const { type = 0, name } = message(DeviceEntrySchema, body);
      this.devices.push({ name: textOf(name), kind: DEVICES[type] ?? `type ${type}` });
    },
    cpuinfo: (body) => {
      this.processor ??= message(ProcessorsEntrySchema, body).x86[0] ?? null;
    },
    mm: (body) => {
      const { exeFileId = 0 } = message(AddressSpaceEntrySchema, body);
      if (this.programs.size < OpenFiles.MOST) this.programs.add(exeFileId);
    },
    fs: (body) => {
      const { rootId = 0 } = message(DirectoriesEntrySchema, body);
      if (this.roots.size < LISTED) this.roots.add(rootId);
    },
  };

  private addPages({ compatNrPages, nrPages, inParent, flags = 0 }: PageRunEntry): void {
    const bytes = Number(nrPages ?? compatNrPages ?? 0) * PAGE;
    if (flags & IN_PARENT || inParent) this.memory.inParent += bytes;
    else if (flags & LAZY && !(flags & PRESENT)) this.memory.lazy += bytes;
    else this.memory.inImage += bytes;
  }

  private addCgroups({ sets, controllers }: CgroupEntry): void {
    for (const { cnames } of controllers.slice(0, LISTED)) {
      for (const name of cnames.slice(0, LISTED)) addTo(this.cgroups.controllers, textOf(name));
    }
    for (const { ctls } of sets.slice(0, LISTED)) {
      for (const { path } of ctls.slice(0, LISTED)) addTo(this.cgroups.paths, textOf(path));
    }
  }

  private addLog(kind: Log['kind'], bytes: Uint8Array): void {
    const lines = textIn(bytes)
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => /\b(?:Error|Warn)\b|FAILED/.test(line))
      .map((line) => line.slice(0, LONGEST_LINE));
    // Causes come first, what only follows at the end.
    this.logs.push({ kind, lines: lines.slice(0, LOG_LINES) });
  }

  /** Null: no member said anything. @param pids in the order of the records */
  result(pids: Int32Array): Surroundings | null {
    const has = (kind: SurroundingName['kind']): boolean => this.count.has(kind);
    // The tree's own members are always there; by themselves they tell the machine and the rights.
    if (this.count.size === 0 && this.notes.length === 0 && this.container.result() === null) return null;
    if (this.files.cutOff) this.note(`Of files.img the first ${OpenFiles.MOST} entries were read.`);
    const none = { files: null, inetSockets: null, unixSockets: null, pidfds: null, descriptions: null };
    return {
      read: [...this.count.keys()].sort(),
      dump: this.dump && dumpOf(this.dump, this.root?.ids ?? null),
      machine: this.leaders.machine(this.processor),
      mounts: has('mountpoints') ? this.mounts.listed : null,
      ...(has('files') ? this.files.result(this.inImage, this.programs) : none),
      roots: this.files.paths(this.roots).filter((path) => path !== '/'),
      terminals: has('tty-info') ? terminalsOf(this.terminals) : has('files') ? NONE : null,
      locks: has('filelocks') ? this.locks.listed : has('files') ? NONE : null,
      memory: has('pagemap') ? this.memory : null,
      rights: this.leaders.rights(),
      cgroups: has('cgroup') ? this.cgroupsRead() : null,
      network: this.networkRead(),
      container: this.container.result(),
      logs: this.logs,
      order: pids.length <= LISTED ? [...pids] : null,
      notes: this.notes,
    };
  }

  private cgroupsRead(): Cgroups {
    return {
      controllers: [...this.cgroups.controllers].sort(),
      paths: [...this.cgroups.paths].sort(),
    };
  }

  private networkRead(): Network | null {
    const own = this.dump && this.root && otherNamespaces(this.dump, this.root.ids).includes('network');
    if (!this.count.has('netns') && !this.count.has('netdev') && own === null) return null;
    return {
      own: own || this.count.has('netns'),
      external: this.networkKey,
      devices: this.devices.list,
    };
  }
}

const NONE = { list: [], total: 0 };

/** On every architecture where CRIU's images have been seen; larger pages only make it too small. */
const PAGE = 4096;
const IN_PARENT = 1;
const LAZY = 2;
const PRESENT = 4;
const LONGEST_LINE = 500;

const LOCKS: Readonly<Record<number, string>> = { 1: 'POSIX lock', 2: 'flock', 4: 'OFD lock', 32: 'lease' };
const DEVICES: Readonly<Record<number, string>> = {
  1: 'loopback',
  2: 'veth',
  3: 'tun',
  4: 'external',
  5: 'venet',
  6: 'bridge',
  7: 'macvlan',
  8: 'sit',
};

function message<D extends DescMessage>(schema: D, body: Uint8Array): MessageShape<D> {
  return fromBinary(schema, body, { readUnknownFields: false });
}

function addTo(names: Set<string>, name: string): void {
  if (names.size < LISTED && name !== '') names.add(name);
}

function textIn(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

const LSM = ['none', 'selinux', 'apparmor'] as const;
const NETWORK_LOCKS: Readonly<Record<number, string>> = { 0: 'iptables', 1: 'nftables', 2: 'skip' };

function dumpOf(entry: DumpEntry, root: NamespaceIds | null): Dump {
  const { imgVersion, lsmtype, tcpClose, networkLockMethod, pluginsEntry } = entry;
  return {
    imageVersion: imgVersion ?? null,
    lsm: lsmtype === undefined ? null : (LSM[lsmtype] ?? null),
    tcpClose: tcpClose ?? false,
    networkLock: networkLockMethod === undefined ? null : (NETWORK_LOCKS[networkLockMethod] ?? null),
    plugins: pluginsEntry?.plugins.slice(0, LISTED).map(textOf) ?? [],
    newNamespaces: root ? otherNamespaces(entry, root) : [],
  };
}

/** By the words of namespaces(7). */
const NAMESPACES = [
  ['pid', 'pid'],
  ['net', 'network'],
  ['ipc', 'ipc'],
  ['uts', 'uts'],
  ['mnt', 'mount'],
  ['user', 'user'],
  ['cgroup', 'cgroup'],
  ['time', 'time'],
] as const;

/** Namespaces of the root that are not those that CRIU itself was in. */
function otherNamespaces({ rootIds }: DumpEntry, root: NamespaceIds): string[] {
  if (!rootIds) return [];
  return NAMESPACES.filter(([id]) => root[id] !== undefined && root[id] !== rootIds[id]).map(
    ([, name]) => name,
  );
}
