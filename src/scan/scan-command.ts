/** `regraft scan`: arguments, output, exit codes. */

import { readlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isSystemError, parsedArguments, runCommand, say, wholeNumber } from '../command.ts';
import { ReadError } from '../formats/read-error.ts';
import { bootTime, CLOCK_STEP } from '../proc/boot-clock.ts';
import { INITIAL_PID_NAMESPACE, ProcDirectory } from '../proc/proc-directory.ts';
import { ProgressLine } from '../terminal/progress-line.ts';
import { toldBody } from '../terminal/told-body.ts';
import { nativeClassProbe } from './class-probe.ts';
import { DEFAULT_POST, PostError, postAddress, postImage } from './post-image.ts';
import { nativeProbe } from './probe.ts';
import { ScanError, type Target } from './reading.ts';
import { withRecordedBirths } from './recorded-births.ts';
import { type Scan, scan } from './scan.ts';
import { type TargetOrder, targetHere } from './target-command.ts';

const HELP = `Usage: regraft scan [OPTION]...
Reads a process tree from /proc and prints it as a tree image (JSON).

  --pid ROOT         ROOT and all its descendants; the default is the parent of this command
  --namespace PID    every process of the pid namespace that PID lives in, and of those below it.
                     The image begins at that namespace: numbers further out are cut off
  --out FILE         writes the image to FILE instead of standard output
  --post URL         posts the image, and prints the answer. URL is a server (/v1/trees is meant) or
                     a call, as http://HOST:8080/v1/plans?include=steps; REGRAFT_TOKEN is the token
  --births FILE      fills in who created whom from a record that regraft watch is writing: known,
                     or told as a set, or left out
  --retries N        further readings, beyond two, until two in a row agree (default 5)
  --pause MS         pause between these readings (default 50)
  --target           what this machine has instead of a tree: the body of POST …/preflight
  --for PATH         with --target: a directory with images, or a file with the answer of
                     GET …/requirements; files, mounts and numbers that it asks for are looked at
  --root DIR         with --target: where the paths of the image begin (default /)
  --criu RELEASE     with --target: the release of CRIU that will restore, as 4.3
  --with-scanner     keep the processes of the scan itself where they belong to the tree
  -h, --help         this text

Exit code: 0; 1 no image, or not posted; 2 usage. A tree that never stood still between two
readings is printed all the same, and a warning says so.
`;

const PROBE = fileURLToPath(new URL('../../../native/build/regraft-probe', import.meta.url));

interface Order {
  readonly target: Target;
  readonly retries: number;
  readonly pauseMs: number;
  readonly withScanner: boolean;
  readonly out: string | undefined;
  readonly post: URL | undefined;
  readonly births: string | undefined;
  /** Not a tree, but what the machine has. */
  readonly machine: TargetOrder | null;
}

export const scanCommand = (args: string[]): Promise<number> =>
  runCommand({ name: 'scan', help: HELP, orderOf, carryOut, exitCodeOf }, args);

function exitCodeOf(error: Error): number | null {
  const told = error instanceof ScanError || error instanceof PostError || error instanceof ReadError;
  return told || isSystemError(error) ? 1 : null;
}

async function carryOut({
  target,
  retries,
  pauseMs,
  withScanner,
  out,
  post,
  births,
  machine,
}: Order): Promise<number> {
  if (machine) return delivered(`${JSON.stringify(await targetHere(machine))}\n`, out, post);
  const proc = new ProcDirectory();
  // The probe names processes by the numbers of this process's own namespace.
  const isOwn = proc.self() === process.pid;
  const probe = isOwn ? nativeProbe(PROBE) : null;
  const classProbe = isOwn ? nativeClassProbe(PROBE) : null;
  const result = await scan(proc, {
    ...{ target, retries, pauseMs, withScanner, probe, classProbe },
    withBirths: births !== undefined,
  });
  const scannedAt = bootTime() + CLOCK_STEP;
  report(result);
  let { image } = result;
  if (births !== undefined) {
    if (readlinkSync('/proc/self/ns/pid') !== INITIAL_PID_NAMESPACE || proc.self() !== process.pid) {
      throw new ScanError(
        'the numbers of a record are those of the initial pid namespace: scan has to run there',
      );
    }
    const filled = await withRecordedBirths(image, result.numberOf, births, scannedAt);
    image = filled.image;
    for (const note of filled.notes) say(note);
  }
  return delivered(`${JSON.stringify(image)}\n`, out, post);
}

async function delivered(text: string, out: string | undefined, post: URL | undefined): Promise<number> {
  if (out !== undefined) await writeFile(out, text);
  else if (!post) process.stdout.write(text);
  if (!post) return 0;
  const progress = new ProgressLine();
  const { status, location, body } = await postImage(post, text, {
    ...DEFAULT_POST,
    token: process.env.REGRAFT_TOKEN,
    onRetry: (why, pauseMs) => {
      progress.end();
      say(`${why}; again in ${(pauseMs / 1000).toFixed(1)} s`);
    },
    // A told body is sent once: only without it a server can redirect.
    ...(process.stderr.isTTY && {
      bodyOf: (image) => toldBody(image, (words, share) => progress.tell(words, share)),
    }),
  }).finally(() => progress.end());
  say(`posted: ${status}${location ? `, ${location}` : ''}`);
  process.stdout.write(body.endsWith('\n') ? body : `${body}\n`);
  return 0;
}

function report({ image, agreed, readings, notes }: Scan): void {
  const { length } = image.processes;
  say(
    `${length} ${length === 1 ? 'process' : 'processes'}, ${
      agreed ? `two readings agree (${readings} made)` : `no two of ${readings} readings in a row agree`
    }`,
  );
  if (!agreed)
    say('WARNING: the tree changed while it was read, the image may mix two moments; try --retries');
  for (const note of notes) say(note);
}

function orderOf(args: string[]): Order {
  const { values } = parsedArguments({
    args,
    options: {
      pid: { type: 'string' },
      namespace: { type: 'string' },
      out: { type: 'string' },
      post: { type: 'string' },
      births: { type: 'string' },
      target: { type: 'boolean', default: false },
      for: { type: 'string' },
      root: { type: 'string' },
      criu: { type: 'string' },
      retries: { type: 'string', default: '5' },
      pause: { type: 'string', default: '50' },
      'with-scanner': { type: 'boolean', default: false },
    },
  });
  if (values.pid !== undefined && values.namespace !== undefined) {
    throw new Error('--pid and --namespace exclude each other');
  }
  if (!values.target && (values.for ?? values.root ?? values.criu) !== undefined) {
    throw new Error('--for, --root and --criu go with --target');
  }
  if (values.target && (values.pid ?? values.namespace ?? values.births) !== undefined) {
    throw new Error('--target looks at the machine; --pid, --namespace and --births are of trees');
  }
  return {
    target:
      values.namespace === undefined
        ? { kind: 'tree', pid: wholeNumber('--pid', values.pid ?? String(process.ppid), 1) }
        : { kind: 'namespace', pid: wholeNumber('--namespace', values.namespace, 1) },
    retries: wholeNumber('--retries', values.retries, 0),
    pauseMs: wholeNumber('--pause', values.pause, 0),
    withScanner: values['with-scanner'],
    out: values.out,
    births: values.births,
    machine: values.target ? { wanted: values.for, root: values.root ?? '/', criu: values.criu } : null,
    post: values.post === undefined ? undefined : postAddress(values.post),
  };
}
