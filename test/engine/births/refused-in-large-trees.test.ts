/** Given births that a few processes exclude, in trees of which a proof cannot take everybody. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage } from '../../histories/proven-plan.ts';

const SIZE = 2000;

type Row = readonly [pid: number, ppid: number, sid: number, caba?: number];

function imageOf(rows: readonly Row[]): TreeImage {
  const processes = rows.map(([pid, ppid, sid, caba]) => ({
    pid,
    ppid,
    pgid: sid,
    sid,
    ...(caba === undefined ? {} : { caba }),
  }));
  return { root: 1, processes };
}

const numbers = (from: number): number[] => Array.from({ length: SIZE - from }, (_, i) => from + i);

/** The births that are refused, proof checked. */
function refused(rows: readonly Row[]): unknown {
  const { outcome, diagnostics, verification } = planImage(imageOf(rows));
  assert.equal(outcome, 'unrestorable');
  assert.equal(verification?.by, 'proof checker');
  assert.equal(diagnostics[0]!.code, 'CABA_CONTRADICTION');
  return diagnostics[0]!.detail.core;
}

test('two leaders above each other’s members, both said to be born of the root, in sessions of a thousand', () => {
  const rows: Row[] = [
    [1, 0, 1],
    [2, 1, 2, 1],
    [3, 2, 4],
    [4, 1, 4, 1],
    [5, 4, 2],
  ];
  const members = numbers(6).map((pid): Row => [pid, 1 + (pid % 2), 1 + (pid % 2)]);
  assert.deepEqual(refused([...rows, ...members]), [
    { pid: 2, caba: 1 },
    { pid: 4, caba: 1 },
  ]);
});

test('the last of a long chain is not born of the first', () => {
  const chain = numbers(2).map((pid): Row => [pid, pid - 1, pid]);
  assert.deepEqual(refused([[1, 0, 1], ...chain, [SIZE, SIZE - 1, SIZE, 1]]), [{ pid: SIZE, caba: 1 }]);
});

test('a leader whose child is in the session that it was born in is not born in another one', () => {
  const rows: Row[] = [
    [1, 0, 1],
    [2, 1, 2],
    [3, 2, 1],
    [4, 1, 4],
    [5, 4, 4, 2],
  ];
  const members = numbers(6).map((pid): Row => [pid, 4, 4]);
  const others = numbers(6).map((pid): Row => [SIZE + pid, 1, 1]);
  assert.deepEqual(refused([...rows, ...members, ...others]), [{ pid: 5, caba: 2 }]);
});
