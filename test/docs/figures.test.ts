/** The figures of the docs are those of their sources: the theory's counts, the benchmarks, the plans of today. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { planImage, type TreeImage } from '../../src/library.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
/** Cells of the rows of all tables, without their marks. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\|(.+)\|$/gm)].map(([, row]) =>
    row!.split('|').map((cell) => cell.replace(/[*%]/g, '').trim()),
  );

const COMPARISON = read('docs/guide/comparison.md');

test('the shares of the restorers are those of the theory', () => {
  const theory = rowsOf(read('docs/reference/theory.md'));
  /** Row of the theory, and which of its values, by what is in the comparison. */
  const SOURCES: Readonly<Record<string, readonly [set: string, at: number]>> = {
    'sessions, orphans fall to the init, five processes': ['layer 1', -1],
    'sessions and subreapers, four processes': ['layer 3, n = 2', -3],
    'sessions and subreapers, five processes': ['layer 3, n = 2', -2],
    'sessions and subreapers, six processes': ['layer 3, n = 2', -1],
    'the same and zombies, five processes': ['layer 4', -1],
    'the same, zombies and groups, four processes': ['layer 5', -1],
  };
  let seen = 0;
  for (const [name, count, criu, virtuozzo] of rowsOf(COMPARISON)) {
    const source = SOURCES[name!];
    if (!source) continue;
    const row = theory.find(
      ([set, , third]) => set!.startsWith(source[0]) && third?.includes('/') && set!.includes('n ='),
    );
    assert.ok(row, source[0]);
    const values = row.slice(1, 4).map((cell) => cell.split('/').at(source[1])?.trim());
    assert.deepEqual([count, criu, virtuozzo], values, name);
    seen++;
  }
  assert.equal(seen, Object.keys(SOURCES).length);
});

test('our speed is that of the benchmarks', () => {
  const [, section] = read('docs/benchmarks.md').split('## Random histories with subreapers');
  for (const [who, processes, time] of rowsOf(COMPARISON)) {
    if (who !== 'Regraft' || !/^[\d,]+$/.test(processes!)) continue;
    const row = rowsOf(section!).find(([size]) => size === processes)!;
    const ms = Number(row[6]!.replace(',', '')) + Number(row[7]!.replace(',', ''));
    const told = Number.parseFloat(time!) * (time!.endsWith(' ms') ? 1 : 1000);
    assert.ok(Math.abs(told - ms) / ms < 0.05, `${processes}: ${time}, the benchmarks say ${ms} ms`);
  }
});

test('the puzzle takes as many steps and helpers as the docs say', () => {
  const row = (pid: number, ppid: number, sid: number) => ({
    pid,
    ppid,
    pgid: sid,
    sid,
    childSubreaper: false,
  });
  const puzzle: TreeImage = {
    processes: [
      row(1, 0, 1),
      row(6, 1, 6),
      row(8, 6, 7),
      row(15, 6, 12),
      row(10, 1, 10),
      row(11, 10, 7),
      row(13, 10, 12),
    ],
  };
  const { steps, helpers, summary } = planImage(puzzle);
  assert.deepEqual([steps.length, helpers.length, summary.helpersAtLeast], [19, 2, 2]);
  assert.match(COMPARISON, /19 steps and two helpers/);
});

test('the README counts the dumps that it speaks of', () => {
  const dumps = readdirSync('test/fixtures/criu-images', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('/pstree.img'),
  );
  assert.match(read('README.md'), new RegExp(`the ${dumps.length} real dumps`));
});
