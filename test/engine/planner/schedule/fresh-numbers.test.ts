/** Numbers for helpers: none that the image or the target uses, none twice. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FreshNumbers, LARGEST_PID } from '../../../../src/engine/planner/schedule/fresh-numbers.ts';
import { treeOf } from '../../../histories/proven-plan.ts';
import { changed, written } from '../tree-notation.ts';

const TREE = treeOf(changed(written('1 > 300; 1 > 301(s302)'), { 301: { pgid: 303, threads: [301, 304] } }));

test('pids, sessions, groups, threads and occupied numbers are left out', () => {
  const fresh = new FreshNumbers(TREE, 300, [305, 307]);
  assert.deepEqual([fresh.take(), fresh.take(), fresh.take()], [306, 308, 309]);
});

test('so are numbers that the image has inside nested pid namespaces only', () => {
  const inside = { pgid: 2, sid: 2, pidns: '1' };
  const nested = treeOf({
    root: 1,
    pidNamespaces: [
      { id: '0', parent: null, init: 1 },
      { id: '1', parent: '0', init: 2 },
    ],
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1 },
      { ...inside, pid: 2, ppid: 1, nspid: [2, 1] },
      { ...inside, pid: 3, ppid: 2, nspid: [3, 300] },
      { ...inside, pid: 4, ppid: 2, nspid: [4, 5], sid: 6, nssid: [6, 301], pgid: 7, nspgid: [7, 303] },
    ],
  });
  const fresh = new FreshNumbers(nested, 300, []);
  assert.deepEqual([fresh.take(), fresh.take()], [302, 304]);
});

test('above the largest number those that were given back come again, the first at first, then those below', () => {
  const fresh = new FreshNumbers(TREE, LARGEST_PID - 1, []);
  const [first, second] = [fresh.take(), fresh.take()];
  for (const number of [second, 302, first, 300]) fresh.giveBack(number);
  assert.deepEqual([fresh.take(), fresh.take(), fresh.take()], [second, first, 2]);
  const without = new FreshNumbers(TREE, LARGEST_PID, [], false);
  assert.deepEqual([without.take(), without.take()], [LARGEST_PID, 0]);
});

test('above the largest number it goes on below the first, and ends when none is left', () => {
  const most = LARGEST_PID - 1;
  const fresh = new FreshNumbers(TREE, most, []);
  assert.deepEqual([fresh.take(), fresh.take(), fresh.take()], [most, LARGEST_PID, 2]);
  const three = new FreshNumbers(
    TREE,
    4,
    Array.from({ length: LARGEST_PID - 4 }, (_, i) => i + 4),
  );
  assert.deepEqual([three.take(), three.take(), three.take(), three.take()], [LARGEST_PID, 2, 3, 0]);
});
