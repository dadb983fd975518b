/**
 * The machine and the rights that processes had, of the `core` files of thread group leaders, and of `cpuinfo.img`.
 *
 * Fact: a bit of the x86 state's mask is a component of the processor's extended state that was in use at the dump.
 */
import type { Machine, Rights } from '../../../engine/requirements/surroundings.ts';
import { LISTED } from '../../../engine/requirements/surroundings.ts';
import type { RightsEntry, X86Processor } from '../gen/surroundings_pb.ts';
import { textOf } from './surrounding-text.ts';

export class Leaders {
  private architecture: string | null = null;
  private components = 0n;
  private readonly uids = new Set<number>();
  private capabilities = 0n;
  private readonly seccomp: number[] = [];
  private readonly profiles = new Set<string>();
  private openFiles = 0;
  private realTime = false;
  private seen = false;

  /** A core file without task is that of another thread: its machine counts, its rights are the process's. */
  add(pid: number, { mtype, x86, tc, threadCore }: RightsEntry): void {
    const components = x86?.fpregs?.xsave?.xstateBv;
    if (components !== undefined) this.components |= components;
    this.architecture ??= ARCHITECTURES[mtype ?? 0] ?? null;
    if (tc === undefined || threadCore === undefined) return;
    this.seen = true;
    const { creds, seccompMode, schedPolicy } = threadCore;
    if (creds?.euid !== undefined && this.uids.size < LISTED) this.uids.add(creds.euid);
    creds?.capEff.slice(0, 2).forEach((word, i) => {
      this.capabilities |= BigInt(word >>> 0) << BigInt(32 * i);
    });
    const profile = textOf(creds?.lsmProfile);
    if (profile && this.profiles.size < LISTED) this.profiles.add(profile);
    if ((seccompMode ?? tc.oldSeccompMode ?? 0) > 0 && this.seccomp.length < LISTED) this.seccomp.push(pid);
    if (schedPolicy === FIFO || schedPolicy === ROUND_ROBIN) this.realTime = true;
    const limit = tc.rlimits?.rlimits[OPEN_FILES]?.max;
    if (limit !== undefined && limit < BigInt(Number.MAX_SAFE_INTEGER)) {
      this.openFiles = Math.max(this.openFiles, Number(limit));
    }
  }

  machine(processor: X86Processor | null): Machine | null {
    if (this.architecture === null) return null;
    const features = COMPONENTS.filter(([mask]) => (this.components & mask) !== 0n).map(([, name]) => name);
    return {
      architecture: this.architecture,
      features,
      model: processor ? textOf(processor.modelId) || null : null,
    };
  }

  rights(): Rights | null {
    if (!this.seen) return null;
    const capabilities: number[] = [];
    for (let bit = 0; bit < 64; bit++) if ((this.capabilities >> BigInt(bit)) & 1n) capabilities.push(bit);
    return {
      uids: [...this.uids].sort((a, b) => a - b),
      capabilities,
      seccomp: this.seccomp.sort((a, b) => a - b),
      lsmProfiles: [...this.profiles].sort(),
      openFiles: this.openFiles || null,
      realTime: this.realTime,
    };
  }
}

const FIFO = 1;
const ROUND_ROBIN = 2;
/** Index of RLIMIT_NOFILE. */
const OPEN_FILES = 7;

/** As `uname -m` says. */
const ARCHITECTURES: Readonly<Record<number, string>> = {
  1: 'x86_64',
  2: 'armv7l',
  3: 'aarch64',
  4: 'ppc64le',
  5: 's390x',
  6: 'mips64',
  7: 'loongarch64',
  8: 'riscv64',
};

/** By the names that /proc/cpuinfo gives them. */
const COMPONENTS: readonly (readonly [mask: bigint, name: string])[] = [
  [1n << 2n, 'avx'],
  [3n << 3n, 'mpx'],
  [7n << 5n, 'avx512f'],
  [1n << 9n, 'pku'],
  [3n << 17n, 'amx_tile'],
];
