/** Random tree images for properties: any tree shape, sessions, zombies, threads, namespaces and hints. */
import fc from 'fast-check';
import type { PidNamespaceImage, ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';

interface Draft {
  readonly parent: number;
  readonly gap: number;
  readonly zombie: boolean;
  readonly flag: boolean | undefined;
  readonly leader: number;
  readonly threads: number;
  readonly opensNamespace: boolean;
  readonly comm: string | undefined;
  readonly startTime: number | undefined;
  readonly caba: boolean;
  readonly sharing: SharingDraft | undefined;
  readonly unshared: boolean;
}

type SharingDraft = Pick<
  ProcessImage,
  'files' | 'fs' | 'vm' | 'sighand' | 'sysvsem' | 'io' | 'exitSignal' | 'ttyNr' | 'threadFiles' | 'threadFs'
>;

const draft: fc.Arbitrary<Draft> = fc.record({
  parent: fc.nat(1_000_000),
  gap: fc.integer({ min: 1, max: 50 }),
  zombie: fc.boolean(),
  flag: fc.option(fc.boolean(), { nil: undefined }),
  leader: fc.nat(1_000_000),
  threads: fc.nat(2),
  opensNamespace: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  comm: fc.option(fc.string({ unit: 'grapheme', maxLength: 15 }), { nil: undefined }),
  startTime: fc.option(fc.nat(), { nil: undefined }),
  caba: fc.boolean(),
  unshared: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
  sharing: fc.option(
    fc.record(
      {
        files: fc.nat(3),
        fs: fc.nat(3),
        vm: fc.nat(3),
        sighand: fc.nat(3),
        sysvsem: fc.nat(3),
        io: fc.nat(3),
        exitSignal: fc.integer({ min: 0, max: 64 }),
        ttyNr: fc.nat(2),
        threadFiles: fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
        threadFs: fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    { nil: undefined, freq: 2 },
  ),
});

export const arbitraryImage: fc.Arbitrary<TreeImage> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.array(draft, { minLength: 1, maxLength: 12 }), fc.boolean())
  .map(([firstPid, drafts, nested]) => imageOf(firstPid, drafts, nested));

function imageOf(firstPid: number, drafts: readonly Draft[], nested: boolean): TreeImage {
  const processes: ProcessImage[] = [];
  const pidNamespaces: PidNamespaceImage[] = [{ id: '0', parent: null, init: firstPid === 1 ? 1 : null }];
  const level = new Map([['0', 0]]);
  let pid = firstPid;
  for (const [index, { parent, gap, threads, ...rest }] of drafts.entries()) {
    const above = index === 0 ? undefined : processes[parent % index]!;
    const leader = index === 0 ? undefined : processes[rest.leader % index]!;
    const process: ProcessImage = {
      pid,
      ppid: above?.pid ?? 0,
      pgid: leader?.pid ?? pid,
      sid: leader?.pid ?? pid,
      state: rest.zombie ? 'zombie' : 'alive',
    };
    if (rest.flag !== undefined) process.childSubreaper = rest.flag;
    if (rest.zombie) process.exitStatus = rest.leader % 65536;
    if (rest.comm !== undefined) process.comm = rest.comm;
    if (rest.startTime !== undefined) process.startTime = rest.startTime;
    if (rest.caba && above !== undefined) process.caba = above.pid;
    if (threads > 0) process.threads = Array.from({ length: threads + 1 }, (_, i) => pid + i);
    if (rest.sharing !== undefined) {
      const { threadFiles, threadFs, ...classes } = rest.sharing;
      Object.assign(process, classes);
      if (threads > 0 && threadFiles) process.threadFiles = threadFiles.slice(0, threads + 1);
      if (threads > 0 && threadFs) process.threadFs = threadFs.slice(0, threads + 1);
    }
    if (rest.unshared) process.pidnsForChildren = index % 2 > 0 ? '0' : null;
    if (nested) {
      const aroundId = above?.pidns ?? '0';
      const opens = rest.opensNamespace && above !== undefined && level.get(aroundId)! < 4;
      process.pidns = opens ? String(pid) : aroundId;
      if (opens) {
        pidNamespaces.push({ id: process.pidns, parent: aroundId, init: pid });
        level.set(process.pidns, level.get(aroundId)! + 1);
      }
      const depth = level.get(process.pidns)!;
      process.nspid = Array.from({ length: depth + 1 }, (_, at) => (opens && at === depth ? 1 : pid));
    }
    processes.push(process);
    pid += gap + threads;
  }
  return nested ? { root: firstPid, pidNamespaces, processes } : { root: firstPid, processes };
}
