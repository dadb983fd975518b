/**
 * The /proc directory: the only place of the scanner that reads files. A process may end between any two readings, and
 * much is closed to other users: both are answers here (undefined), never exceptions.
 */

import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { parseStat, parseStatus, type StatFacts, type StatusFacts } from './process-facts.ts';

/** Link of the initial pid namespace (PROC_PID_INIT_INO): the one whose numbers the kernel's tracepoints show. */
export const INITIAL_PID_NAMESPACE = 'pid:[4026531836]';

/** What is answered for a process that has ended, or for what the reader may not see. */
const EXPECTED = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EINVAL']);

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && EXPECTED.has(String(error.code))) return undefined;
    throw error;
  }
}

export class ProcDirectory {
  readonly path: string;

  constructor(path = '/proc') {
    this.path = path;
  }

  pids(): number[] {
    return numericNames(readdirSync(this.path));
  }

  /** Number of this very process at the level of the mount; 0: the mount is of another namespace. */
  self(): number {
    return Number(unlessGone(() => readlinkSync(`${this.path}/self`)) ?? 0);
  }

  status(pid: number): StatusFacts | undefined {
    return this.#parsed(`${pid}/status`, parseStatus);
  }

  stat(pid: number): StatFacts | undefined {
    return this.#parsed(`${pid}/stat`, parseStat);
  }

  /** `pid:[4026531836]`. The kernel shows it to whom it shows exit statuses (ptrace access for reading). */
  namespaceLink(pid: number): string | undefined {
    return unlessGone(() => readlinkSync(`${this.path}/${pid}/ns/pid`));
  }

  /**
   * The same of the namespace that its next child would be born in. Empty where nobody was born there yet: then the link
   * is there, and reading it finds nothing. Before Linux 4.12 there is none.
   */
  linkForChildren(pid: number): string | undefined {
    const path = `${this.path}/${pid}/ns/pid_for_children`;
    try {
      return readlinkSync(path);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!EXPECTED.has(code)) throw error;
      const isThere = code === 'ENOENT' && unlessGone(() => lstatSync(path)) !== undefined;
      return isThere ? '' : undefined;
    }
  }

  /** NSpid of every thread but the first. */
  threads(pid: number): (readonly number[])[] {
    const names = unlessGone(() => readdirSync(`${this.path}/${pid}/task`)) ?? [];
    return numericNames(names)
      .filter((tid) => tid !== pid)
      .map((tid) => this.#parsed(`${pid}/task/${tid}/status`, parseStatus)?.nspid)
      .filter((numbers) => numbers !== undefined);
  }

  #parsed<T>(file: string, parse: (text: string) => T | null): T | undefined {
    return unlessGone(() => parse(readFileSync(`${this.path}/${file}`, 'utf8'))) ?? undefined;
  }
}

function numericNames(names: readonly string[]): number[] {
  return names
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}
