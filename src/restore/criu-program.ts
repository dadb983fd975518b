/** The CRIU that is on the machine: which release it is, how it is called, what it has logged. */

import { type ExecFileException, execFile } from 'node:child_process';
import { resolve } from 'node:path';
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
    throw new RestoreError(`${criu} does not run: ${whyItFailed(error as ExecFileException)}`);
  }
  const version = /Version: (\d+)\.(\d+)/.exec(text);
  if (!version) throw new RestoreError(`${criu} does not tell its version`);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > 4 || (major === 4 && minor >= 3) ? '4.3' : '4.2';
}

/** In one line, as the program says it where it says something. */
function whyItFailed({ code, signal, stderr, message }: ExecFileException): string {
  if (code === 'ENOENT') return 'there is no such program';
  if (code === 'EACCES') return 'it may not be executed';
  if (typeof code === 'string') return message;
  const said = stderr?.trim().split('\n', 1)[0];
  const end = signal ? `is ended by ${signal}` : `ends with exit code ${code}`;
  return `--version ${end}${said ? `: ${said}` : ''}`;
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

/** CRIU's letters whose value may follow in the same word. */
const VALUED = 'tDovxrJWLM';

/** @returns what is wrong with the options; undefined: nothing */
export function refusedOption(options: readonly string[]): string | undefined {
  for (const option of options) {
    const name = namesOf(option).find((each) => TAKEN.has(each));
    if (name) return `${option} cannot be given to CRIU here; instead use ${TAKEN.get(name)}`;
  }
  return undefined;
}

/** What CRIU takes a word for: letters may share one, and a long name may be cut where one name is left. */
function namesOf(word: string): readonly string[] {
  const name = word.split('=')[0]!;
  if (name.startsWith('--'))
    return name === '--' ? [] : [...TAKEN.keys()].filter((taken) => taken.startsWith(name));
  if (!name.startsWith('-')) return [];
  const letters = [...name.slice(1)];
  const last = letters.findIndex((letter) => VALUED.includes(letter));
  return letters.slice(0, last < 0 ? undefined : last + 1).map((letter) => `-${letter}`);
}

/** @returns the last value of an option that has one; undefined: it is not given */
export function givenValue(options: readonly string[], letter: string, name: string): string | undefined {
  let value: string | undefined;
  for (const [at, word] of options.entries()) {
    if (word === letter || word === name) value = options[at + 1];
    else if (word.startsWith(`${name}=`)) value = word.slice(name.length + 1);
    else if (word.startsWith(letter)) value = word.slice(letter.length);
  }
  return value;
}

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
    ...(givenValue(options, '-W', '--work-dir') === undefined ? ['--work-dir', work] : []),
    ...(givenValue(options, '-o', '--log-file') === undefined ? ['--log-file', CRIU_LOG] : []),
    '--restore-detached',
    '--leave-stopped',
    ...options,
  ];
}

const CRIU_LOG = 'restore.log';

/** @returns where the CRIU of such a command writes what it does */
export function criuLog(work: string, options: readonly string[]): string {
  const directory = givenValue(options, '-W', '--work-dir') ?? work;
  return resolve(directory, givenValue(options, '-o', '--log-file') ?? CRIU_LOG);
}
