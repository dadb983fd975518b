/** The CRIU that is on the machine: which release it is, how it is called, what it has logged. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { CriuRelease } from '../engine/handover/graft.ts';
import { RestoreError } from './native-finisher.ts';

const run = promisify(execFile);

/** Of the releases that are modelled, the one that behaves like this CRIU. */
export async function criuRelease(criu: string): Promise<CriuRelease> {
  let text: string;
  try {
    text = (await run(criu, ['--version'])).stdout;
  } catch (error) {
    throw new RestoreError(`${criu} does not run: ${error instanceof Error ? error.message : String(error)}`);
  }
  const version = /Version: (\d+)\.(\d+)/.exec(text);
  if (!version) throw new RestoreError(`${criu} does not tell its version`);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > 4 || (major === 4 && minor >= 3) ? '4.3' : '4.2';
}

/** Options that say what `regraft restore` says itself, each with what to use instead. */
const TAKEN: ReadonlyMap<string, string> = new Map([
  ['-D', 'DIR'],
  ['--images-dir', 'DIR'],
  ['-t', 'nothing: the images say it'],
  ['--tree', 'nothing: the images say it'],
  ['--pidfile', 'the option --pidfile before the --'],
  ['-s', 'a SIGSTOP after the restore'],
  ['--leave-stopped', 'a SIGSTOP after the restore'],
  ['--auto-dedup', 'nothing: it would punch holes into the dump'],
  ['-S', 'nothing: the tree hangs from the next child-subreaper, as with -d'],
  ['--restore-sibling', 'nothing: the tree hangs from the next child-subreaper, as with -d'],
]);

/** @returns what is wrong with the options; undefined: nothing */
export function refusedOption(options: readonly string[]): string | undefined {
  const option = options.find((text) => TAKEN.has(text.split('=')[0]!));
  return option && `${option} cannot be given to CRIU here; instead use ${TAKEN.get(option.split('=')[0]!)}`;
}

const given = (options: readonly string[], ...names: readonly string[]): boolean =>
  options.some((text) => names.some((name) => text === name || text.startsWith(`${name}=`)));

/**
 * Logs and statistics go to a directory of ours, so that the dump stays as it is.
 * @param directory with the images
 * @param work where CRIU may write
 */
export function criuCommand(
  criu: string,
  directory: string,
  work: string,
  options: readonly string[],
): string[] {
  return [
    criu,
    'restore',
    '--images-dir',
    directory,
    ...(given(options, '-W', '--work-dir') ? [] : ['--work-dir', work]),
    ...(given(options, '-o', '--log-file') ? [] : ['--log-file', CRIU_LOG]),
    '--restore-detached',
    '--leave-stopped',
    ...options,
  ];
}

export const CRIU_LOG = 'restore.log';

/** It is logged with every restore of an ordinary user's CRIU, and is never the reason. */
const HARMLESS = /RLIMIT_NOFILE/;

/** @returns the first error of a log that is one; undefined: there is none, or no log */
export function loggedError(file: string): string | undefined {
  return textOf(file)
    .split('\n')
    .find((line) => /(^|\s)Error \(/.test(line) && !HARMLESS.test(line))
    ?.replace(/^.*?Error \([^)]*\): /, '');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
