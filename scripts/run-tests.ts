/**
 * The fast suite on the Node that runs this: every test file but those for the running kernel, a real CRIU, a browser, those
 * that attack or kill a server, and those that run the commands of the docs.
 *
 *     node dist/scripts/run-tests.js [FILE…]
 *     node dist/scripts/run-tests.js --full    the files of which that suite runs a share, at full size
 *
 * What measures how long something takes runs after all others, alone.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Suites with commands of their own. */
const OWN_COMMANDS = [
  'kernel/',
  'criu/',
  'browser/',
  'faults/',
  'hostile/',
  'docs/commands',
  'docs/said',
  'docs/samples',
];
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

function run(files: readonly string[], concurrency: number): boolean {
  const { status } = spawnSync(
    process.execPath,
    [
      '--enable-source-maps',
      '--disable-warning=ExperimentalWarning',
      '--test',
      `--test-timeout=${isFull ? SLOWEST_FULL_TEST_MS : SLOWEST_TEST_MS}`,
      `--test-concurrency=${concurrency}`,
      ...files,
    ],
    { stdio: 'inherit' },
  );
  return status === 0;
}

const atDist = (files: readonly string[]): string[] => files.map((file) => `dist/test/${file}`);
if (isFull) process.exitCode = run(atDist(suite.filter(isShare)), availableParallelism()) ? 0 : 1;
else if (named.length > 0) process.exitCode = run(named, availableParallelism()) ? 0 : 1;
else {
  const together = run(atDist(suite.filter((file) => !ALONE.includes(file))), availableParallelism());
  process.exitCode = run(atDist(ALONE), 1) && together ? 0 : 1;
}
