/**
 * The image files of a carrier: a task that CRIU restores stopped, and that does nothing should it ever run.
 *
 * In: the core, ids, mm and fs files of its model. Out: files of its own: credentials, namespaces, cgroups, limits and
 * root as the model's; no open file, no thread, no filter, no handler, no timer, no pending signal; and for memory one page of
 * code and a stack. The code is a system call that waits, in a loop: there is one to inject others at, and nobody needs
 * the model's pages.
 */

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  CoreImageSchema,
  ItimerSchema,
  MemoryAreaSchema,
  MemoryMapSchema,
  PagemapHeadSchema,
  PagemapRunSchema,
  SharedIdsSchema,
  SignalActionSchema,
  SignalStackSchema,
} from '../formats/criu/gen/rewrite_pb.ts';
import { type ImageFile, imageBytes, imageFile, magicOf } from '../formats/criu/image-framing.ts';
import { IMAGE_MAGICS } from '../formats/criu/surroundings/member-name.ts';
import { GraftError } from './graft-error.ts';

const STOPPED = 3;
const SIGSTOP = 19;
const SIGNAL_STACK_DISABLED = 2;
const X86_64 = 1;
const AARCH64 = 3;

const PAGE = 4096;
const CODE = 0x1000_0000n;
const STACK = CODE + BigInt(PAGE);
const STACK_END = STACK + BigInt(4 * PAGE);

/** pause(), again and again. */
const X86_CODE = [0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7];
/** ppoll() of nothing without a time limit, again and again. */
const ARM64_CODE = [0xd2800000, 0xd2800001, 0xd2800002, 0xd2800003, 0xd2800928, 0xd4000001, 0x17fffffa];

export interface ModelFiles {
  /** For messages. */
  readonly pid: number;
  readonly core: Uint8Array;
  readonly ids: Uint8Array;
  readonly mm: Uint8Array;
  readonly fs: Uint8Array;
}

export interface CarrierWishes {
  readonly pid: number;
  readonly comm: string;
  readonly childSubreaper: boolean;
  /** Numbers that no other task has, one for each kind. */
  readonly ownId: number;
  /** Number of a file table that it shares; left out: its own, empty. */
  readonly sharedFilesId?: number;
  readonly pages: CarrierPages;
}

/** All carriers of an image set have the same page of code, and one file for it. */
export interface CarrierPages {
  readonly file: string;
  readonly pagemap: Uint8Array;
}

/** @param id number of a pages file that is not there yet */
export function carrierPages(id: number): CarrierPages {
  return { file: `pages-${id}.img`, pagemap: pagemap(id) };
}

/** Files by name; those that are alike for all carriers are the same bytes. */
export function carrierFiles(model: ModelFiles, wishes: CarrierWishes): Map<string, Uint8Array> {
  const { pid, ownId, sharedFilesId, pages } = wishes;
  const { core, code } = carrierCore(model, wishes);
  const files = new Map([
    [`core-${pid}.img`, core],
    [`ids-${pid}.img`, ownIds(model, ownId, sharedFilesId)],
    [`mm-${pid}.img`, ownMemory(model)],
    [`fs-${pid}.img`, model.fs],
    [`pagemap-${pid}.img`, pages.pagemap],
    [pages.file, code],
  ]);
  if (sharedFilesId === undefined) files.set(`fdinfo-${ownId}.img`, EMPTY_FDINFO);
  return files;
}

/** The ids and the empty file table of a zombie that others hang from: CRIU compares the ids of parents and children. */
export function zombieIds(model: ModelFiles, pid: number, ownId: number): Map<string, Uint8Array> {
  return new Map([
    [`ids-${pid}.img`, ownIds(model, ownId)],
    [`fdinfo-${ownId}.img`, EMPTY_FDINFO],
  ]);
}

const BY_DEFAULT = toBinary(
  SignalActionSchema,
  create(SignalActionSchema, { sigaction: 0n, flags: 0n, restorer: 0n, mask: 0n }),
);

function carrierCore(
  { pid, core }: ModelFiles,
  { comm, childSubreaper }: CarrierWishes,
): { readonly core: Uint8Array; readonly code: Uint8Array } {
  const file = imageFile(`core-${pid}.img`, core);
  const image = fromBinary(CoreImageSchema, only(file, `core-${pid}.img`));
  const { tc, threadCore } = image;
  if (!tc || !threadCore) throw new GraftError(`core-${pid}.img is not the core of a live process`);
  tc.taskState = STOPPED;
  tc.stopSigno = SIGSTOP;
  tc.exitCode = 0;
  tc.blkSigset = 0n;
  tc.blkSigsetExtended = undefined;
  tc.comm = Buffer.from(comm);
  tc.signalsS = undefined;
  tc.oldSeccompMode = undefined;
  tc.oldSeccompFilter = undefined;
  tc.membarrierRegistrationMask = undefined;
  tc.childSubreaper = childSubreaper;
  if (tc.timers) {
    const off = () => create(ItimerSchema, { isec: 0n, iusec: 0n, vsec: 0n, vusec: 0n });
    Object.assign(tc.timers, { real: off(), virt: off(), prof: off(), posix: [] });
  }
  tc.sigactions = tc.sigactions.map(() => BY_DEFAULT);
  threadCore.futexRla = 0n;
  threadCore.futexRlaLen = 0;
  if (threadCore.blkSigset !== undefined) threadCore.blkSigset = 0n;
  threadCore.blkSigsetExtended = undefined;
  threadCore.sas = create(SignalStackSchema, { ssSp: 0n, ssSize: 0n, ssFlags: SIGNAL_STACK_DISABLED });
  threadCore.pdeathSig = undefined;
  threadCore.signalsP = undefined;
  threadCore.seccompMode = undefined;
  threadCore.seccompFilter = undefined;
  threadCore.rseqEntry = undefined;
  threadCore.comm = Buffer.from(comm);
  const code = waitingCode(image);
  return { core: imageBytes({ ...file, entries: [toBinary(CoreImageSchema, image)] }), code };
}

/** Sets the registers to the beginning of the code page, and returns that page. */
function waitingCode(image: ReturnType<typeof create<typeof CoreImageSchema>>): Uint8Array {
  const page = new Uint8Array(PAGE);
  const { mtype, x86, arm64 } = image;
  if (mtype === X86_64 && x86?.gpregs) {
    page.set(X86_CODE);
    x86.clearTidAddr = 0n;
    // No system call was interrupted, so none is restarted.
    Object.assign(x86.gpregs, { ip: CODE, sp: STACK_END - 16n, ax: 0n, origAx: 2n ** 64n - 1n });
  } else if (mtype === AARCH64 && arm64?.gpregs) {
    const view = new DataView(page.buffer);
    ARM64_CODE.forEach((instruction, i) => {
      view.setUint32(i * 4, instruction, true);
    });
    arm64.clearTidAddr = 0n;
    Object.assign(arm64.gpregs, { pc: CODE, sp: STACK_END - 16n });
  } else throw new GraftError('carriers are made for x86-64 and arm64 images only');
  return page;
}

function ownIds({ pid, ids }: ModelFiles, ownId: number, sharedFilesId = ownId): Uint8Array {
  const file = imageFile(`ids-${pid}.img`, ids);
  const message = fromBinary(SharedIdsSchema, only(file, `ids-${pid}.img`));
  Object.assign(message, { vmId: ownId, filesId: sharedFilesId, fsId: ownId, sighandId: ownId });
  return imageBytes({ ...file, entries: [toBinary(SharedIdsSchema, message)] });
}

const READ = 1;
const WRITE = 2;
const EXECUTE = 4;
const PRIVATE_ANONYMOUS = 0x22;
/** A regular area of private anonymous memory. */
const STATUS = 0x201;

function ownMemory({ pid, mm }: ModelFiles): Uint8Array {
  const file = imageFile(`mm-${pid}.img`, mm);
  const message = fromBinary(MemoryMapSchema, only(file, `mm-${pid}.img`));
  const area = (start: bigint, end: bigint, prot: number) =>
    create(MemoryAreaSchema, {
      start,
      end,
      pgoff: 0n,
      shmid: 0n,
      prot,
      flags: PRIVATE_ANONYMOUS,
      status: STATUS,
      fd: -1n,
    });
  message.vmas = [area(CODE, STACK, READ | EXECUTE), area(STACK, STACK_END, READ | WRITE)];
  message.aios = [];
  return imageBytes({ ...file, entries: [toBinary(MemoryMapSchema, message)] });
}

const FDINFO_MAGIC = 0x56213732;
const PAGE_PRESENT = 4;

function pagemap(pagesId: number): Uint8Array {
  return imageBytes({
    magic: magicOf(IMAGE_MAGICS.pagemap),
    entries: [
      toBinary(PagemapHeadSchema, create(PagemapHeadSchema, { pagesId })),
      toBinary(
        PagemapRunSchema,
        create(PagemapRunSchema, { vaddr: CODE, compatNrPages: 1, flags: PAGE_PRESENT, nrPages: 1n }),
      ),
    ],
  });
}

const EMPTY_FDINFO = magicOf(FDINFO_MAGIC);

function only({ entries }: ImageFile, name: string): Uint8Array {
  const [entry] = entries;
  if (!entry) throw new GraftError(`${name} is empty`);
  return entry;
}
