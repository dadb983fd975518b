/** `regraft restore`: from a CRIU image set to a running tree that equals it, or to nothing. */

import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { counted, isSystemError, parsedArguments, runCommand } from '../command.ts';
import { criuCommand, criuLog, criuRelease, refusedOption } from './criu-program.ts';
import { type Finishing, finishingLines } from './finishing-lines.ts';
import { GuardedRestore } from './guarded-restore.ts';
import { inheritedRecords } from './inherited-images.ts';
import { nativeFinisher, RestoreError } from './native-finisher.ts';
import { checkWritable, removeEndedPidfile } from './pidfile.ts';

const HELP = `Usage: regraft restore DIR [OPTION]... [-- CRIU OPTION...]
Restores the CRIU image set in DIR. A tree that CRIU refuses, breaks or hangs on is restored from a
grafted copy of the images. Nothing of the tree runs before it equals the image; where that fails,
everything that was started ends, and DIR stays as it was. Needs root.

  --criu PATH        the CRIU to call; the default is the one in PATH
  --pidfile FILE     writes the root's number, as seen here, to FILE
  --patience SECONDS so long CRIU may stand still, with nobody below it doing anything, before
                     the restore has failed: 1 to 100, 0 for ever; the default is 10
  --check TOKEN      the token of a preflight: refuses where what it judged has changed
  --out DIR          keeps the grafted image set in DIR, which must not be there yet
  -h, --help         this text

Exit code: 0 the tree runs, and equalled the image when it began to; 1 it does not; 2 usage.
`;

interface Order {
  readonly directory: string;
  readonly criu: string;
  readonly pidfile: string | undefined;
  readonly out: string | undefined;
  readonly check: string | undefined;
  readonly patienceMs: number;
  readonly options: readonly string[];
}

export const restoreCommand = (args: string[]): Promise<number> =>
  runCommand({ name: 'restore', help: HELP, orderOf, carryOut, exitCodeOf }, args);

async function carryOut(order: Order): Promise<number> {
  process.stdout.write(`${await restored(order)}\n`);
  return 0;
}

function exitCodeOf(error: Error): number | null {
  return error instanceof RestoreError || isSystemError(error) ? 1 : null;
}

function orderOf(args: string[]): Order {
  const end = args.indexOf('--');
  const options = end < 0 ? [] : args.slice(end + 1);
  const { values, positionals } = parsedArguments({
    args: end < 0 ? args : args.slice(0, end),
    allowPositionals: true,
    options: {
      criu: { type: 'string', default: 'criu' },
      pidfile: { type: 'string' },
      out: { type: 'string' },
      check: { type: 'string' },
      patience: { type: 'string', default: '10' },
    },
  });
  if (positionals.length !== 1) throw new Error('one directory with images is needed');
  const refused = refusedOption(options);
  if (refused) throw new Error(refused);
  return {
    directory: resolve(positionals[0]!),
    criu: values.criu,
    pidfile: removable('--pidfile', values.pidfile, (there) => (there.isFile() ? null : 'is no file')),
    out: removable('--out', values.out, () => 'is there already'),
    check: values.check,
    patienceMs: 1000 * patienceOf(values.patience),
    options,
  };
}

/** CRIU itself looks around every two minutes while it waits, and so never stands still for longer. */
function patienceOf(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new Error(`--patience: ${text} is no number of seconds from 0 to 100`);
}

/** What a failure removes at the end: nothing that is somebody else's. */
function removable(
  option: string,
  path: string | undefined,
  fault: (there: Stats) => string | null,
): string | undefined {
  if (path === undefined) return undefined;
  const there = lstatSync(path, { throwIfNoEntry: false });
  const why = there ? fault(there) : null;
  if (why) throw new Error(`${option}: ${path} ${why}`);
  return resolve(path);
}

/** @returns what was done, in a sentence. */
async function restored(order: Order): Promise<string> {
  const begin = Date.now();
  const { directory, criu, pidfile, out, options } = order;
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new RestoreError(`${directory} is no directory`);
  if (pidfile !== undefined) checkWritable(pidfile);
  const finisher = nativeFinisher();
  if (out !== undefined) claim(out);
  const scratch = scratchBeside(out ?? directory);
  const guard = new GuardedRestore(finisher, { scratch, out, pidfile });
  try {
    mkdirSync(scratch, { mode: 0o700 });
    const { finishing, how } = await begun(order, guard, scratch);
    const root = await guard.hold(finishingLines(finishing)).catch(async (error) => {
      // One that is not there, or does not run, is said to be so.
      await criuRelease(criu);
      const { reasonOfCriu } = await import('./reason-of-criu.ts');
      throw new RestoreError(`${error.message}${reasonOfCriu(criuLog(scratch, options))}`);
    });
    if (pidfile !== undefined) writeFileSync(pidfile, `${root}\n`);
    await guard.release();
    const ms = Date.now() - begin;
    return `Restored ${counted(finishing.expected.length, 'process', 'processes')} as they are in the image, ${how}, in ${ms} ms; the root is process ${root}.`;
  } catch (error) {
    await guard.abandon();
    // The guard may have gone before these were there.
    if (out !== undefined) rmSync(out, { recursive: true, force: true });
    if (pidfile !== undefined) removeEndedPidfile(pidfile);
    throw error;
  } finally {
    await guard.abandon();
    rmSync(scratch, { recursive: true, force: true });
    if (out !== undefined) removeUnused(out);
  }
}

/** What is there from here on is ours: two restores at once do not have one --out. */
function claim(out: string): void {
  try {
    mkdirSync(out);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST' ? new RestoreError(`--out: ${out} is there already`) : error;
  }
}

/** A tree that CRIU restores alone has no grafted images. */
function removeUnused(out: string): void {
  try {
    rmdirSync(out);
  } catch {
    // It is in use, or has gone.
  }
}

interface Begun {
  readonly finishing: Finishing;
  /** In words. */
  readonly how: string;
}

/** Starts CRIU: at once where the records say that it does alone, else when the images are planned and grafted. */
async function begun(order: Order, guard: GuardedRestore, scratch: string): Promise<Begun> {
  const { directory, criu, out, check, patienceMs, options } = order;
  const start = (root: number, images: string): void =>
    guard.begin(root, patienceMs, criuCommand(criu, images, scratch, options));
  const inherited = inheritedRecords(directory);
  if (check !== undefined) {
    const { checkTarget } = await import('./check-target.ts');
    await checkTarget(directory, check, await criuRelease(criu), options);
  }
  if (inherited !== null) {
    start(inherited[0]!.pid, directory);
    const { inheritedFinishing } = await import('./inherited-finishing.ts');
    return { finishing: inheritedFinishing(directory, inherited), how: 'by CRIU alone' };
  }
  // What reads and plans is loaded while CRIU tells its version.
  const release = criuRelease(criu);
  release.catch(() => {});
  const { prepareImages } = await import('./prepare-images.ts');
  const { images, graft } = await prepareImages(directory, join(scratch, 'images'), await release);
  const kept = images !== directory && out !== undefined;
  if (kept) renameSync(images, out);
  start(graft.root, kept ? out : images);
  const how =
    graft.records.length > 0
      ? `by a graft with ${counted(graft.carriers.length, 'carrier')}`
      : 'by CRIU alone';
  return { finishing: graft, how };
}

/** Beside the images, where links reach them; else among the temporary files. */
function scratchBeside(directory: string): string {
  const name = `.regraft-${process.pid}-${Date.now().toString(36)}`;
  try {
    accessSync(dirname(directory), constants.W_OK);
    return join(dirname(directory), name);
  } catch {
    return join(tmpdir(), name);
  }
}
