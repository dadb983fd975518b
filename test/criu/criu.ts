/** The real CRIUs on this machine, and what is done with them: dump, restore alone, restore by regraft. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { whyNotReplayable } from '../kernel/replayer.ts';
import { childrenOf } from './snapshot.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const REGRAFT = join(ROOT, 'bin', 'regraft.js');
/** `regraft restore` that begins without Node. */
export const REGRAFT_RESTORE = join(ROOT, 'bin', 'regraft-restore');

export interface Criu {
  readonly name: string;
  readonly path: string;
}

/** Where scripts/criu-from-debian.sh was told to put them, or where the environment says. */
const RELEASES: readonly Criu[] = [
  { name: '4.2', path: process.env.CRIU_4_2 ?? join(ROOT, '.criu', 'sid', 'criu') },
  { name: '4.3', path: process.env.CRIU_4_3 ?? join(ROOT, '.criu', 'experimental', 'criu') },
];
const HERE = RELEASES.filter(({ path }) => existsSync(path));
/** Where there is none, all: their tests are skipped by name, and say why. */
export const CRIUS: readonly Criu[] = HERE.length > 0 ? HERE : RELEASES;

export function whyNoCriu(): string | null {
  if (HERE.length === 0) {
    return 'there is no CRIU: scripts/criu-from-debian.sh sid .criu/sid; scripts/criu-from-debian.sh experimental .criu/experimental sid';
  }
  return whyNotReplayable();
}

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly ms: number;
}

/** Runs a command to its end; after `limitMs` it is killed, with all its children. */
export async function run(
  command: string,
  args: readonly string[],
  { limitMs = 60_000, env }: { limitMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const begin = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes));
  const limit = setTimeout(() => endTree(child), limitMs);
  await once(child, 'exit');
  clearTimeout(limit);
  return { code: child.exitCode ?? -1, output, ms: performance.now() - begin };
}

function endTree(child: ChildProcess): void {
  const all = [child.pid!];
  for (let at = 0; at < all.length; at++) all.push(...childrenOf(all[at]!));
  for (const pid of all) killIfThere(pid);
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone.
  }
}

/** A directory of a test, with what it dumps and restores. */
export class Workshop {
  readonly directory = mkdtempSync(join(tmpdir(), 'regraft-criu-'));
  #count = 0;

  path(name: string): string {
    return join(this.directory, name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** @returns the directory with the images */
  async dump({ path }: Criu, root: number, options: readonly string[] = []): Promise<string> {
    const images = this.path(`images-${this.#count++}`);
    mkdirSync(images);
    const args = ['dump', '-t', `${root}`, '-D', images, '-o', 'dump.log', ...options];
    const { code, output } = await run(path, args);
    if (code !== 0) throw new Error(`not dumped: ${output}${errorsOf(join(images, 'dump.log'))}`);
    return images;
  }

  /** By CRIU and nothing else. @returns the root's pid, or what CRIU says */
  async restoreAlone(
    { path }: Criu,
    images: string,
    options: readonly string[] = [],
  ): Promise<number | string> {
    const pidfile = this.path(`alone-${this.#count++}`);
    const log = `${pidfile}.log`;
    const args = ['restore', '-D', images, '-d', '--pidfile', pidfile, '-o', log, '-W', this.directory];
    const { code } = await run(path, [...args, ...options], { limitMs: 15_000 });
    if (code === 0) return Number(readFileSync(pidfile, 'utf8'));
    return code < 0 ? 'hangs' : errorsOf(log) || `exit code ${code}`;
  }

  /** @throws where it does not restore */
  async restore(
    { path }: Criu,
    images: string,
    { options = [], args = [], env }: { options?: string[]; args?: string[]; env?: NodeJS.ProcessEnv } = {},
  ): Promise<{ root: number; said: string; ms: number }> {
    const pidfile = this.path(`pid-${this.#count++}`);
    const { code, output, ms } = await run(
      process.execPath,
      [REGRAFT, 'restore', images, '--criu', path, '--pidfile', pidfile, ...args, '--', ...options],
      { ...(env ? { env } : {}) },
    );
    if (code !== 0) throw new Error(`regraft restore: exit code ${code}: ${output}`);
    return { root: Number(readFileSync(pidfile, 'utf8')), said: output, ms };
  }
}

function errorsOf(log: string): string {
  if (!existsSync(log)) return '';
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => /(^|\s)Error \(/.test(line) && !line.includes('RLIMIT_NOFILE'))
    .join('\n');
}

/** Ends a restored tree whose root is the init of its pid namespace: when that is dead, everybody in it has gone. */
export async function endNamespace(root: number): Promise<void> {
  killIfThere(root);
  for (let i = 0; i < 1000 && isAlive(root); i++) await delay(5);
}

/** A zombie is the business of whoever has to reap it. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
