/**
 * `npm run digest`: plans every set of test/digest and says what differs from test/fixtures/digests; exit 1 if anything
 * does.
 *   --quick       the share that the test takes, in seconds
 *   --write       writes what is checked in anew (the quick one too), and says what changed; refused where an answer did and
 *                 ENGINE_VERSION was not raised, since servers would go on answering with the plans that they have. Sets that
 *                 are new are written: they change no answer
 *   --rows FILE   writes a line a tree; --against FILE: counts the trees that differ from such lines
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ENGINE_VERSION } from '../src/jobs/engine-version.ts';
import {
  changesOf,
  type Digests,
  digestsOf,
  digestText,
  hasOnlyNewSets,
  type Row,
  rowChanges,
  type Share,
} from '../test/digest/digest.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rows: { type: 'string' },
    against: { type: 'string' },
  },
});

const VERSION_FILE = new URL('../../test/fixtures/digests/engine-version.txt', import.meta.url);
const isRaised = readFileSync(VERSION_FILE, 'utf8').trim() !== ENGINE_VERSION;

let fails = false;
const rows: Record<string, readonly Row[]> = {};
const before: Record<string, readonly Row[]> = values.against
  ? JSON.parse(readFileSync(values.against, 'utf8'))
  : {};
for (const share of sharesOf(values.quick, values.write)) await compare(share);
if (values.rows) writeFileSync(values.rows, JSON.stringify(rows));
if (fails) process.exitCode = 1;
if (values.write && isRaised && !values.quick) writeFileSync(VERSION_FILE, `${ENGINE_VERSION}\n`);
if (values.write && fails)
  console.log('Not written: raise ENGINE_VERSION (src/jobs/engine-version.ts) first.');

function sharesOf(quick: boolean, write: boolean): Share[] {
  if (quick) return ['quick'];
  return write ? ['quick', 'full'] : ['full'];
}

async function compare(share: Share): Promise<void> {
  const file = new URL(`../../test/fixtures/digests/${share}.json`, import.meta.url);
  const known: Digests = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const digests = await digestsOf(share, (name, run) => {
    rows[name] = run.rows;
    const changed = before[name] && rowChanges(before[name], run.rows);
    if (changed) console.log(`${name}: ${changed}`);
  });
  const changes = changesOf(known, digests);
  console.log(changes.length > 0 ? changes.join('\n') : `${share}: as checked in`);
  if (values.write && (isRaised || hasOnlyNewSets(known, digests))) writeFileSync(file, digestText(digests));
  else fails ||= changes.length > 0;
}
