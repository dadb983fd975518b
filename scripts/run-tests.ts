/**
 * The fast suite on the Node that runs this: every test file but those for the running kernel, a real CRIU, a browser, those
 * that start, attack or kill a server, and those that run the commands of the docs.
 *
 *     node dist/scripts/run-tests.js [FILE…]
 *     node dist/scripts/run-tests.js --full    the files of which that suite runs a share, at full size
 *
 * Most files only call functions: many of them share a process, so that what they import is loaded and compiled once.
 * What starts commands and threads has a process for each file, beside them. What measures how long something takes runs
 * after all others, alone.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Suites with commands of their own. */
const OWN_COMMANDS = [
  'kernel/',
  'criu/',
  'browser/',
  'faults/',
  'hostile/',
  'service/',
  'docs/commands',
  'docs/said',
  'docs/samples',
];
/** Rooms whose tests start commands and threads, or change what belongs to the whole process. */
const STARTS_PROCESSES = ['cli/', 'jobs/', 'package/', 'scan/', 'watch/'];
/** Tests of times. */
const ALONE = ['http/probes-while-planning.test.js'];

const SLOWEST_TEST_MS = 170_000;
const SLOWEST_FULL_TEST_MS = 1_200_000;

const named = process.argv.slice(2);
const isFull = named[0] === '--full';
if (isFull) process.env.TESTS = 'full';

const suite = readdirSync('dist/test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js') && !OWN_COMMANDS.some((room) => file.startsWith(room)))
  .sort();

/** Files of which a share runs, or that draw on one that does. */
function isShare(file: string): boolean {
  const text = readFileSync(`dist/test/${file}`, 'utf8');
  return /full-size\.js|someSmallTrees|from '\.\/refusals\.js'/.test(text);
}

const startsProcesses = (file: string): boolean => STARTS_PROCESSES.some((room) => file.startsWith(room));
const atDist = (files: readonly string[]): string[] => files.map((file) => `dist/test/${file}`);

function flags(isolation: 'process' | 'none', concurrency: number): string[] {
  return [
    '--enable-source-maps',
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--experimental-test-isolation=${isolation}`,
    `--test-timeout=${isFull ? SLOWEST_FULL_TEST_MS : SLOWEST_TEST_MS}`,
    `--test-concurrency=${concurrency}`,
  ];
}

/** A process for each file, `concurrency` at a time; shown as it runs. */
function run(files: readonly string[], concurrency: number): boolean {
  const { status } = spawnSync(process.execPath, [...flags('process', concurrency), ...files], {
    stdio: 'inherit',
  });
  return status === 0;
}

/** A run beside others: what it printed is shown when it has ended. */
async function runBeside(
  files: readonly string[],
  isolation: 'process' | 'none',
  concurrency = 1,
): Promise<boolean> {
  const child = spawn(process.execPath, [...flags(isolation, concurrency), ...files], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => printed.push(bytes));
  const [status] = await once(child, 'close');
  process.stdout.write(Buffer.concat(printed));
  return status === 0;
}

/** The files in as many parts; neighbours, which take about as long, in different ones. */
function dealt(files: readonly string[], parts: number): string[][] {
  return Array.from({ length: parts }, (_, part) => files.filter((_file, index) => index % parts === part));
}

/** A few parts for each core, so that none is idle long at the end. */
const PARTS_A_CORE = 3;

async function runAll(cores: number): Promise<boolean> {
  const together = suite.filter((file) => !ALONE.includes(file));
  const parts = dealt(
    together.filter((file) => !startsProcesses(file)),
    PARTS_A_CORE * cores,
  );
  let passed = true;
  const runParts = async (): Promise<void> => {
    for (let part = parts.pop(); part; part = parts.pop())
      passed = (await runBeside(atDist(part), 'none')) && passed;
  };
  const commands = runBeside(atDist(together.filter(startsProcesses)), 'process', cores);
  await Promise.all(Array.from({ length: cores }, runParts));
  passed = (await commands) && passed;
  return run(atDist(ALONE), 1) && passed;
}

const cores = availableParallelism();
let passed: boolean;
if (isFull) passed = run(atDist(suite.filter(isShare)), cores);
else if (named.length > 0) passed = run(named, cores);
else passed = await runAll(cores);
process.exitCode = passed ? 0 : 1;
