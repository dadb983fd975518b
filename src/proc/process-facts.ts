/**
 * What /proc says of one process, parsed. Numbers with the prefix `ns` are one a level, the level of the /proc mount
 * first and the process's own namespace last.
 */

export interface StatusFacts {
  /** One letter: R, S, D, T, t, Z, X, I … */
  readonly state: string;
  /** Number of the parent at the level of the mount; 0: it is further out. */
  readonly ppid: number;
  readonly threads: number;
  readonly nspid: readonly number[];
  readonly nspgid: readonly number[];
  readonly nssid: readonly number[];
  /**
   * Thread that is its closest alive born ancestor, at the level of the mount; 0: outside. Undefined: the kernel does
   * not have the CABA patch.
   */
  readonly nscaba: number | undefined;
}

export interface StatFacts {
  readonly comm: string;
  /** Clock ticks since boot. */
  readonly startTime: number;
  /** Raw wait status of a zombie; 0 also where the reader may not see it. */
  readonly exitCode: number;
  /** Device number of the controlling terminal, 0 none. */
  readonly terminal: number;
  /** Signal to the parent at exit. */
  readonly exitSignal: number;
  readonly kernelThread: boolean;
  /** It has begun to exit. */
  readonly exiting: boolean;
}

const PF_EXITING = 0x4;
const PF_KTHREAD = 0x20_0000;

/** Places in /proc/PID/stat, counted from the state, which is field 3. */
const TERMINAL = 7 - 3;
const FLAGS = 9 - 3;
const START_TIME = 22 - 3;
const EXIT_SIGNAL = 38 - 3;
const EXIT_CODE = 52 - 3;

/** @returns null where the text is cut off or older than Linux 4.1, which has no NSpid. */
export function parseStatus(text: string): StatusFacts | null {
  const field = (name: string): string | undefined => {
    const at = text.indexOf(`\n${name}:\t`);
    if (at < 0) return undefined;
    const from = at + name.length + 3;
    const to = text.indexOf('\n', from);
    return text.slice(from, to < 0 ? undefined : to);
  };
  const numbers = (name: string): number[] => (field(name) ?? '').split('\t').filter(Boolean).map(Number);
  const state = field('State')?.[0];
  const nspid = numbers('NSpid');
  if (state === undefined || nspid.length === 0) return null;
  return {
    state,
    ppid: Number(field('PPid')),
    threads: Number(field('Threads')),
    nspid,
    nspgid: numbers('NSpgid'),
    nssid: numbers('NSsid'),
    // The line ends at the ancestor's own level: empty where that is further out than the mount.
    nscaba: field('NScaba') === undefined ? undefined : (numbers('NScaba')[0] ?? 0),
  };
}

/** The name stands in parentheses and may hold any byte, a closing parenthesis too. */
export function parseStat(text: string): StatFacts | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = text.slice(close + 2).split(' ');
  const flags = Number(fields[FLAGS]);
  return {
    comm: text.slice(open + 1, close),
    startTime: Number(fields[START_TIME]),
    exitCode: Number(fields[EXIT_CODE] ?? 0),
    terminal: Number(fields[TERMINAL]),
    exitSignal: Number(fields[EXIT_SIGNAL]),
    kernelThread: (flags & PF_KTHREAD) !== 0,
    exiting: (flags & PF_EXITING) !== 0,
  };
}
