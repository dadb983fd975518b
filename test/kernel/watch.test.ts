/**
 * The recorder beside a fork storm: whatever a scan then says of births is what the storm itself noted.
 * REGRAFT_STORM_SECONDS is how long the first storm lasts.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { INITIAL_PID_NAMESPACE } from '../../src/proc/proc-directory.ts';
import { NATIVE, whyNotReplayable } from './replayer.ts';

function whyNotRecorded(): string | null {
  if (!existsSync('/sys/kernel/tracing')) return 'this kernel has no tracefs';
  const initial = readlinkSync('/proc/self/ns/pid') === INITIAL_PID_NAMESPACE;
  return initial ? null : 'births are recorded in the initial pid namespace alone';
}

const skip = whyNotReplayable() ?? whyNotRecorded() ?? false;
const SECONDS = Number(process.env.REGRAFT_STORM_SECONDS ?? 8);
const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
const STORM = join(NATIVE, 'build', 'regraft-storm');

interface Truth {
  readonly root: number;
  readonly births: number;
  readonly caba: readonly (readonly [number, number])[];
}

class Storm {
  private readonly program: ChildProcess;
  readonly truth: Promise<Truth>;

  constructor(t: TestContext, seconds: number, rate: number, kept: number) {
    const args = [seconds, rate, kept].map(String);
    this.program = spawn(STORM, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.program.stdout! });
    t.after(() => this.program.stdin!.end());
    this.truth = once(lines, 'line').then(([line]) => JSON.parse(line as string) as Truth);
  }

  async end(): Promise<void> {
    const ended = once(this.program, 'exit');
    this.program.stdin!.end();
    await ended;
  }
}

class Watch {
  private readonly program: ChildProcess;
  private said = '';

  constructor(t: TestContext, file: string, args: readonly string[]) {
    this.program = spawn(process.execPath, [CLI, 'watch', '--out', file, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.program.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
    t.after(() => this.program.kill('SIGINT'));
  }

  async ready(): Promise<void> {
    while (!this.said.includes('recording')) {
      assert.equal(this.program.exitCode, null, this.said);
      await delay(20);
    }
    await delay(300);
  }

  /** Largest resident set in KiB and time on a processor in seconds, so far. */
  usage(): { readonly peakKb: number; readonly seconds: number } {
    const proc = `/proc/${this.program.pid}`;
    const peak = /VmHWM:\s*(\d+)/.exec(readFileSync(`${proc}/status`, 'utf8'))!;
    const fields = readFileSync(`${proc}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return { peakKb: Number(peak[1]), seconds: (Number(fields[11]) + Number(fields[12])) / 100 };
  }

  async end(): Promise<string> {
    const ended = once(this.program, 'close');
    this.program.kill('SIGINT');
    // As from a terminal, whose signal npm or a wrapper tells once more.
    await Promise.race([ended, delay(20)]);
    this.program.kill('SIGINT');
    const [code] = await ended;
    assert.equal(code, 0, this.said);
    return this.said.trim().split('\n').at(-1)!;
  }
}

interface Counts {
  readonly known: number;
  readonly wrong: readonly string[];
  readonly notes: string;
}

async function scanned(root: number, record: string, truth: Truth, folder: string): Promise<Counts> {
  const out = join(folder, 'tree.json');
  const args = [CLI, 'scan', '--pid', String(root), '--births', record, '--out', out];
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] });
  let said = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(program, 'close');
  assert.equal(code, 0, said);
  const { processes } = JSON.parse(readFileSync(out, 'utf8')) as {
    processes: { pid: number; caba?: number }[];
  };
  const of = new Map(truth.caba);
  assert.equal(processes.length, truth.caba.length + 1);
  const wrong: string[] = [];
  let known = 0;
  for (const { pid, caba } of processes) {
    if (pid === root || caba === undefined) continue;
    known++;
    if (caba !== of.get(pid)) wrong.push(`${pid}: ${caba}, not ${of.get(pid)}`);
  }
  return {
    known,
    wrong,
    notes: said.split('\n').find((line) => line.includes('births from the record')) ?? '',
  };
}

function temporary(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-watch-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('beside a storm of up to 10,000 births a second nearly all births are known, and all of these right', {
  skip,
  timeout: 600_000,
}, async (t) => {
  const folder = temporary(t);
  const record = join(folder, 'births.ndjson');
  const watch = new Watch(t, record, []);
  await watch.ready();
  const storm = new Storm(t, SECONDS, 10_000, 200);
  const truth = await storm.truth;
  const { known, wrong, notes } = await scanned(truth.root, record, truth, folder);
  const { peakKb, seconds } = watch.usage();
  const rate = Math.round(truth.births / SECONDS);
  const size = statSync(record).size;
  await storm.end();
  const end = await watch.end();
  t.diagnostic(`${truth.births} births, ${rate} a second; ${notes}; ${end}`);
  t.diagnostic(
    `recorder: ${seconds.toFixed(1)} s on a processor, at most ${Math.round(peakKb / 1024)} MiB; record ${Math.round(size / 1024)} KiB`,
  );
  assert.deepEqual(wrong, []);
  assert.ok(known >= 0.95 * truth.caba.length, notes);
});

test('with a buffer that loses events nothing is known wrongly', { skip, timeout: 600_000 }, async (t) => {
  const folder = temporary(t);
  const record = join(folder, 'births.ndjson');
  const watch = new Watch(t, record, ['--buffer-kb', '8']);
  await watch.ready();
  const storm = new Storm(t, 4, 10_000, 200);
  const truth = await storm.truth;
  const { wrong, notes } = await scanned(truth.root, record, truth, folder);
  await storm.end();
  const end = await watch.end();
  t.diagnostic(`${truth.births} births; ${notes}; ${end}`);
  assert.deepEqual(wrong, []);
  assert.doesNotMatch(end, / 0 events lost/);
});

test('attached late, and contracted again and again, nothing is known wrongly', {
  skip,
  timeout: 600_000,
}, async (t) => {
  const folder = temporary(t);
  const record = join(folder, 'births.ndjson');
  const storm = new Storm(t, 6, 10_000, 200);
  await delay(2000);
  const watch = new Watch(t, record, ['--max-bytes', '200000']);
  await watch.ready();
  const truth = await storm.truth;
  const { known, wrong, notes } = await scanned(truth.root, record, truth, folder);
  const size = statSync(record).size;
  await storm.end();
  const end = await watch.end();
  t.diagnostic(`${truth.births} births; ${notes}; ${end}; record ${Math.round(size / 1024)} KiB`);
  assert.deepEqual(wrong, []);
  assert.ok(known > 0 && known < truth.caba.length, notes);
  assert.ok(size < 1_500_000, `${size} bytes`);
});
