/** `regraft watch`: arguments, output, exit codes. */

import { readlinkSync } from 'node:fs';
import { isSystemError, parsedArguments, runCommand, say, wholeNumber } from '../command.ts';
import type { BirthEvent } from '../engine/record/birth-event.ts';
import { ReadError } from '../formats/read-error.ts';
import { bootId } from '../proc/boot-clock.ts';
import { INITIAL_PID_NAMESPACE, ProcDirectory } from '../proc/proc-directory.ts';
import { RecordFile, RecordFileError } from './record-file.ts';
import { type RecordSink, record } from './recorder.ts';
import { findTracefs, TraceInstance, WatchError } from './trace-instance.ts';

const HELP = `Usage: regraft watch [OPTION]...
Records births and deaths of processes from the running kernel as NDJSON (docs/births-format.md),
until it is interrupted. Needs root, tracefs, and the initial pid namespace.

  --out FILE         appends to FILE instead of standard output; goes on with a record of this boot
  --max-bytes N      contracts FILE to the births of who may still live when it has more bytes
                     (default 8388608, or twice what that left)
  --buffer-kb N      trace buffer of each CPU (default: 64 MiB over all, 0.5 to 8 MiB each)
  -h, --help         this text

Exit code: 0 when interrupted or terminated; 1 it cannot record here; 2 usage.
`;

interface Order {
  readonly out: string | undefined;
  readonly maxBytes: number;
  readonly bufferKb: number;
}

export const watchCommand = (args: string[]): Promise<number> =>
  runCommand({ name: 'watch', help: HELP, orderOf, carryOut, exitCodeOf }, args);

function exitCodeOf(error: Error): number | null {
  const told = error instanceof WatchError || error instanceof RecordFileError || error instanceof ReadError;
  return told || isSystemError(error) ? 1 : null;
}

async function carryOut({ out, maxBytes, bufferKb }: Order): Promise<number> {
  if (readlinkSync('/proc/self/ns/pid') !== INITIAL_PID_NAMESPACE) {
    throw new WatchError(
      'the kernel names processes as the initial pid namespace does: watch has to run there',
    );
  }
  const stop = new AbortController();
  // Npm, a wrapper and a terminal tell one signal two times.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  // A reader that has gone away wants no more.
  process.stdout.once('error', () => stop.abort());
  const trace = new TraceInstance(
    findTracefs((path) => say(`mounted tracefs at ${path}`)),
    bufferKb,
  );
  const file = out === undefined ? null : await openOr(() => RecordFile.open(out, maxBytes, bootId()), trace);
  const sink = file ? fileSink(file) : STANDARD_OUTPUT;
  try {
    say('recording');
    const { births, exits, lost } = await record(trace, sink, stop.signal);
    say(`${births} births, ${exits} exits, ${lost} events lost`);
    return 0;
  } finally {
    file?.close();
    trace.close();
  }
}

async function openOr(open: () => Promise<RecordFile>, trace: TraceInstance): Promise<RecordFile> {
  try {
    return await open();
  } catch (error) {
    trace.close();
    throw error;
  }
}

function fileSink(file: RecordFile): RecordSink {
  const proc = new ProcDirectory();
  return {
    write: (events) => file.write(events),
    rest: async () => {
      if (file.isTooLarge) await file.contract(new Set(proc.pids()));
    },
  };
}

const STANDARD_OUTPUT: RecordSink = {
  write: (events: readonly BirthEvent[]) => {
    for (const event of events) process.stdout.write(`${JSON.stringify(event)}\n`);
  },
  // Whoever reads slowly makes the recorder wait; the kernel's buffer holds on meanwhile, and tells what it lost.
  rest: async () => {
    if (process.stdout.writableNeedDrain)
      await new Promise((resolve) => process.stdout.once('drain', resolve).once('close', resolve));
  },
};

function orderOf(args: string[]): Order {
  const { values } = parsedArguments({
    args,
    options: {
      out: { type: 'string' },
      'max-bytes': { type: 'string', default: '8388608' },
      'buffer-kb': { type: 'string', default: '0' },
    },
  });
  return {
    out: values.out,
    maxBytes: wholeNumber('--max-bytes', values['max-bytes']),
    bufferKb: wholeNumber('--buffer-kb', values['buffer-kb']),
  };
}
