/**
 * Looks for real histories that the test's seeds do not have: `node dist/test/kernel/history-sweep.js single|nested|cut|shared|gifted|shared-nested
 * COUNT FIRST_SEED [FILE]`. Misses go to FILE, one a line, with their images.
 */

import { writeFileSync } from 'node:fs';
import {
  giftedHistories,
  nestedHistories,
  sharedHistories,
  sharedNestedHistories,
  singleHistories,
} from './history-kinds.ts';
import { type Knowledge, loop } from './history-loop.ts';

const [family = 'single', count = '200', first = '1', file] = process.argv.slice(2);
const histories =
  {
    nested: nestedHistories,
    shared: sharedHistories,
    gifted: giftedHistories,
    'shared-nested': sharedNestedHistories,
  }[family] ?? singleHistories;
const started = Date.now();
const known: Knowledge[] = ['as scanned', 'with flags'];
if (family === 'single') known.push('with flags and births');
const kinds = histories(Number(count), Number(first));
const { misses, ...report } = await loop(kinds, known, family === 'cut' ? 'a subtree' : 'all of it');
console.log(JSON.stringify(report), `${((Date.now() - started) / 1000).toFixed(1)} s`);
const tally = new Map<string, number>();
for (const { knowledge, what } of misses) {
  const word = `${knowledge}: ${what.replace(/\d+/g, 'N').slice(0, 160)}`;
  tally.set(word, (tally.get(word) ?? 0) + 1);
}
for (const [word, times] of [...tally].sort((a, b) => b[1] - a[1])) console.log(times, word);
if (file) writeFileSync(file, misses.map((miss) => `${JSON.stringify(miss)}\n`).join(''));
