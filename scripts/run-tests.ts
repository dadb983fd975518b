/**
 * The fast suite on the Node that runs this: every test file but those for the running kernel, a real CRIU, a browser.
 *
 *     node dist/scripts/run-tests.js [FILE…]
 */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Suites with commands of their own. */
const OWN_COMMANDS = ['kernel/', 'criu/', 'browser/', 'faults/'];

const SLOWEST_TEST_MS = 170_000;

const named = process.argv.slice(2);
const files = named.length
  ? named
  : readdirSync('dist/test', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.js') && !OWN_COMMANDS.some((room) => file.startsWith(room)))
      .sort()
      .map((file) => `dist/test/${file}`);
const { status } = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-timeout=${SLOWEST_TEST_MS}`,
    `--test-concurrency=${availableParallelism()}`,
    ...files,
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
