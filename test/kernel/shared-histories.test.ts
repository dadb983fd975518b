/**
 * Real tree with shared kernel objects → scan by kcmp → plan → replay → the same tree, kcmp of all processes equal.
 * REGRAFT_SHARED_HISTORIES is the number of histories, REGRAFT_SEED the first seed. `npm run test:sharings` takes 20,000.
 */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { giftedHistories, sharedHistories, sharedNestedHistories } from './history-kinds.ts';
import { type LoopReport, loop } from './history-loop.ts';
import { whyNotReplayable } from './replayer.ts';

const skip = whyNotReplayable() ?? false;
const HISTORIES = Number(process.env.REGRAFT_SHARED_HISTORIES ?? 300);
const FIRST_SEED = Number(process.env.REGRAFT_SEED ?? 1);

/** @param tolerated most undecided ones; nothing else may miss */
function conclude({ misses, ...report }: LoopReport, name: string, tolerated: number): string {
  const file = join(tmpdir(), `regraft-${name}-misses.jsonl`);
  if (misses.length > 0) writeFileSync(file, misses.map((miss) => `${JSON.stringify(miss)}\n`).join(''));
  const wrong = misses.filter(({ what }) => !what.startsWith('undecided'));
  assert.equal(wrong.length, 0, `see ${file}; the first: ${wrong[0]?.what.slice(0, 1000)}`);
  assert.ok(misses.length <= tolerated, `${misses.length} are undecided, see ${file}`);
  const counts = Object.entries(report).map(([word, count]) => `${word} ${count}`);
  return `${counts.join(', ')}, undecided ${misses.length}, 0 refused, 0 differences`;
}

test('files, fs, undo lists, address spaces and signal handlers, in one namespace', {
  skip,
  timeout: 7_200_000,
}, async (t) => {
  const report = await loop(sharedHistories(HISTORIES, FIRST_SEED), ['as scanned']);
  assert.equal(report.histories, HISTORIES);
  t.diagnostic(conclude(report, 'shared', HISTORIES / 1000));
});

test('with I/O contexts, terminals and exit signals', { skip, timeout: 1_200_000 }, async (t) => {
  const wanted = Math.ceil(HISTORIES / 10);
  const report = await loop(giftedHistories(wanted, FIRST_SEED), ['as scanned']);
  // A process with an exit signal of its own that the births at hand would have adopted is undecided.
  t.diagnostic(conclude(report, 'gifted', wanted / 4));
});

test('across pid namespaces: what the births at hand carry', { skip, timeout: 1_200_000 }, async (t) => {
  const wanted = Math.ceil(HISTORIES / 10);
  const report = await loop(sharedNestedHistories(wanted, FIRST_SEED), ['as scanned']);
  t.diagnostic(conclude(report, 'shared-nested', wanted / 2));
});
