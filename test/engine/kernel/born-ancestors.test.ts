/** kernel-rules section 10: closest alive born ancestors, v4. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bornAncestors } from '../../../src/engine/kernel/born-ancestors.ts';
import { Kernel } from '../../../src/engine/kernel/kernel.ts';
import { proc } from './proc.ts';
import { steps } from './script.ts';

function after(script: string): { kernel: Kernel; caba: Record<number, number> } {
  const kernel = new Kernel({ root: 1, rootIsInit: true });
  assert.equal(kernel.run(steps(script)), null);
  const { pid, caba } = bornAncestors(kernel);
  return { kernel, caba: Object.fromEntries([...pid].map((of, i) => [of, caba[i]!])) };
}

test("the reference tree of the patch's selftest", () => {
  const { kernel, caba } = after(`
    clone 1 2 · setsid 2 · clone 2 3 · clone 3 4 · clone 4 5 · setsid 4 · clone 4 6 · clone 6 7
    flag 2 · exit 6 · wait 4 6 · unflag 2 · exit 3 · wait 2 3`);
  assert.deepEqual(caba, { 1: 0, 2: 1, 4: 2, 5: 4, 7: 4 });
  assert.deepEqual(
    [2, 4, 5, 7].map((pid) => [proc(kernel, pid)?.ppid, proc(kernel, pid)?.sid]),
    [
      [1, 2],
      [1, 4],
      [4, 2],
      [2, 4],
    ],
  );
});

test('the caller of CLONE_PARENT counts, not the new parent', () => {
  assert.deepEqual(after('clone 1 2 · clone 2 3 P').caba, { 1: 0, 2: 1, 3: 2 });
});

test('a zombie counts until it is reaped', () => {
  assert.deepEqual(after('clone 1 2 · clone 2 3 · exit 2').caba, { 1: 0, 2: 1, 3: 2 });
  assert.deepEqual(after('clone 1 2 · clone 2 3 · exit 2 · wait 1 2').caba, { 1: 0, 3: 1 });
});

test('a number taken again is another process', () => {
  const { caba } = after(
    'clone 1 2 · clone 2 3 · clone 3 4 · exit 3 · exit 2 · wait 1 2 · wait 1 3 · clone 4 3',
  );
  assert.deepEqual(caba, { 1: 0, 3: 4, 4: 1 });
});

test('over namespaces, and from outside', () => {
  const { caba } = after('clone 1 2,1 N · setns 1 2 · clone 1 3,5 · clone 3 4,6 · clone 0 9');
  assert.deepEqual(caba, { 1: 0, 2: 1, 3: 1, 4: 3, 9: 0 });
});
