/**
 * Open file descriptions of `files.img`, sorted by what they ask of a target.
 *
 * In: entries in any order, remapped ids, terminals. Out: files, sockets, terminals, pidfds, and how many of the rest.
 * Facts: a unix socket whose peer no entry has is connected to outside, and so is one whose peer is marked external; a
 * pseudo terminal's master is the device 5:2, its slaves have major 136 and above; only where CRIU will compare a size it
 * writes one. Cost: O(entries).
 */
import type {
  FileKind,
  InetSocket,
  Listed,
  OpenFile,
  Surroundings,
  Terminal,
  UnixSocket,
} from '../../../engine/requirements/surroundings.ts';
import { LISTED } from '../../../engine/requirements/surroundings.ts';
import type {
  FileEntry,
  InetSocket as InetEntry,
  RegularFile,
  TerminalEntry,
  UnixSocket as UnixEntry,
} from '../gen/surroundings_pb.ts';
import { bytesOfWords } from '../image-framing.ts';
import { socketAddress } from './socket-address.ts';
import { textOf } from './surrounding-text.ts';

/** A list that keeps its first entries and counts all. */
export class Bounded<T> {
  readonly list: T[] = [];
  total = 0;

  push(item: T): void {
    if (this.total++ < LISTED) this.list.push(item);
  }

  get listed(): Listed<T> {
    return { list: this.list, total: this.total };
  }
}

export class OpenFiles {
  private readonly regular: RegularFile[] = [];
  private readonly inet = new Bounded<InetSocket>();
  private readonly unix: UnixEntry[] = [];
  private readonly pidfds = new Bounded<number>();
  private readonly counts: Record<string, number> = {};

  /** Entries beyond are counted, and not looked at. */
  static readonly MOST = 200_000;
  private entries = 0;

  add({ type, reg, isk, usk, pidfd }: FileEntry): void {
    if (++this.entries > OpenFiles.MOST) return;
    if (reg) this.regular.push(reg);
    else if (isk) this.inet.push(inetSocket(isk));
    else if (usk) this.unix.push(usk);
    else if (pidfd) this.pidfds.push(pidfd.nspid ?? 0);
    const kind = KINDS[type ?? 0] ?? `type ${type}`;
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
  }

  get cutOff(): boolean {
    return this.entries > OpenFiles.MOST;
  }

  /** Paths of regular entries with these ids. */
  paths(ids: ReadonlySet<number>): string[] {
    const named = this.regular.filter(({ id }) => ids.has(id ?? 0));
    return [...new Set(named.map(({ name }) => textOf(name)))].sort();
  }

  /**
   * @param inImage ids of files whose content, or another name, is in the image
   * @param programs ids of files that processes run
   */
  result(
    inImage: ReadonlySet<number>,
    programs: ReadonlySet<number>,
  ): Pick<Surroundings, 'files' | 'inetSockets' | 'unixSockets' | 'pidfds' | 'descriptions'> {
    return {
      files: this.files(inImage, programs),
      inetSockets: this.inet.listed,
      unixSockets: this.unixSockets(),
      pidfds: this.pidfds.listed,
      descriptions: this.counts,
    };
  }

  private files(inImage: ReadonlySet<number>, programs: ReadonlySet<number>): Listed<OpenFile> {
    const byPath = new Map<string, OpenFile>();
    for (const { id, name, size, mode, buildId } of this.regular) {
      const path = textOf(name);
      const kind = kindOf(mode);
      const known = byPath.get(path);
      byPath.set(path, {
        path,
        kind,
        size: size === undefined || kind !== 'file' ? (known?.size ?? null) : Number(size),
        mode: mode ?? known?.mode ?? null,
        buildId: buildId.length > 0 ? bytesOfWords(buildId).toString('hex') : (known?.buildId ?? null),
        inImage: inImage.has(id ?? 0),
        program: programs.has(id ?? 0) || (known?.program ?? false),
      });
    }
    const files = new Bounded<OpenFile>();
    for (const file of [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))) files.push(file);
    return files.listed;
  }

  private unixSockets(): Listed<UnixSocket> {
    const byInode = new Map(this.unix.map((socket) => [socket.ino, socket]));
    const sockets = new Bounded<UnixSocket>();
    for (const { name, state, uflags = 0, peer = 0 } of this.unix) {
      if (uflags & EXTERNAL) continue;
      const other = byInode.get(peer);
      const outside = peer !== 0 && (other === undefined || ((other.uflags ?? 0) & EXTERNAL) !== 0);
      const called = outside && other ? other.name : name;
      sockets.push({
        name: unixName(called),
        state: state === LISTEN ? 'listening' : peer === 0 ? 'bound' : 'connected',
        outside,
      });
    }
    return sockets.listed;
  }
}

/** Mark of an entry that stands for a socket outside the dump. */
const EXTERNAL = 1;

const KINDS: Readonly<Record<number, string>> = {
  1: 'regular file',
  2: 'pipe',
  3: 'fifo',
  4: 'inet socket',
  5: 'unix socket',
  6: 'eventfd',
  7: 'epoll',
  8: 'inotify',
  9: 'signalfd',
  10: 'packet socket',
  11: 'terminal',
  12: 'fanotify',
  13: 'netlink socket',
  14: 'namespace file',
  15: 'tun',
  16: 'external file',
  17: 'timerfd',
  18: 'memfd',
  19: 'BPF map',
  20: 'pidfd',
};

function kindOf(mode: number | undefined): FileKind {
  return mode === undefined ? 'file' : (FILE_TYPES.get(mode & 0xf000) ?? 'other');
}

/** Type bits of st_mode. */
const FILE_TYPES: ReadonlyMap<number, FileKind> = new Map([
  [0x8000, 'file'],
  [0x4000, 'directory'],
  [0x2000, 'device'],
  [0x6000, 'device'],
  [0x1000, 'fifo'],
]);

const ESTABLISHED = 1;
const CLOSED = 7;
const LISTEN = 10;
const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmpv6',
  136: 'udplite',
};

function inetSocket({ family, proto, state, srcAddr, srcPort, dstAddr, dstPort }: InetEntry): InetSocket {
  const protocol = PROTOCOLS[proto ?? 0] ?? `protocol ${proto}`;
  const isConnected =
    protocol === 'tcp' ? state !== LISTEN && state !== CLOSED : state === ESTABLISHED && (dstPort ?? 0) !== 0;
  return {
    protocol: family === INET6 ? `${protocol}6` : protocol,
    state: state === LISTEN ? 'listening' : isConnected ? 'connected' : 'bound',
    local: address(family, srcAddr, srcPort),
    remote: isConnected ? address(family, dstAddr, dstPort) : null,
  };
}

const INET6 = 10;

/** Words are in network order, as the machine reads them. */
function address(family: number | undefined, words: readonly number[], port = 0): string {
  const length = family === INET6 ? 4 : 1;
  return socketAddress(bytesOfWords(Array.from({ length }, (_, i) => words[i] ?? 0)), port);
}

/** An abstract name begins with a zero byte, and is shown with an @. */
function unixName(bytes: Uint8Array | undefined): string {
  if (bytes === undefined || bytes.length === 0) return '';
  return bytes[0] === 0 ? `@${textOf(bytes.subarray(1))}` : textOf(bytes);
}

const PTY = 1;
const TERMINALS: Readonly<Record<number, string>> = {
  1: 'pty',
  2: 'console',
  3: 'virtual terminal',
  4: 'current terminal',
  5: 'external',
  6: 'serial',
};
/** 5:2, of masters. */
const PTMX = 0x502;

export function terminalsOf(entries: readonly TerminalEntry[]): Listed<Terminal> {
  const masters = new Set(entries.filter(isMaster).map(({ pty }) => pty?.index));
  const terminals = new Bounded<Terminal>();
  for (const entry of entries) {
    if (isMaster(entry)) continue;
    const { type = 0, sid = 0, pty } = entry;
    terminals.push({
      kind: TERMINALS[type] ?? `type ${type}`,
      sid,
      master: type !== PTY || masters.has(pty?.index),
      index: pty?.index ?? null,
    });
  }
  return terminals.listed;
}

function isMaster({ type, rdev }: TerminalEntry): boolean {
  return type === PTY && rdev === PTMX;
}
