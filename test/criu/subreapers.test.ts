/**
 * CRIU makes all child-subreapers at once, and the kernel may lose the flag of one that has another above it. The
 * finisher makes those again: here on trees in which the flag was never there.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { type Finishing, finishingLines } from '../../src/restore/finishing-lines.ts';
import { nativeFinisher } from '../../src/restore/native-finisher.ts';
import { whyNoCriu } from './criu.ts';
import { LivingTree } from './living-tree.ts';

const skip = whyNoCriu() ?? false;

/** A chain of four in one session; `flags`: child-subreapers of the image. */
async function finished(
  built: readonly number[],
  flags: readonly number[],
  seen: readonly number[],
): Promise<string> {
  const chain = [1, 2, 3, 4];
  const calls = [
    '1 setsid',
    '1 fork 2 - 0',
    '2 fork 3 - 0',
    '3 fork 4 - 0',
    ...built.map((pid) => `${pid} subreaper 1`),
  ];
  const tree = await LivingTree.build(`${calls.join('\n')}\n`);
  try {
    const expected: Finishing['expected'] = chain.map((pid) => {
      const threads = [pid];
      return { pid, ppid: pid - 1, pgid: 1, sid: 1, threads, childSubreaper: seen.includes(pid) };
    });
    const restore = { stops: [], pdeathSignals: [], signals: [] };
    const lines = finishingLines({ carriers: [], script: [], restore, expected })
      .filter((line) => !line.startsWith('subreaper'))
      .concat(flags.map((pid) => `subreaper ${pid}`));
    const { status, stderr } = spawnSync(nativeFinisher(), ['tree', `${tree.root}`], {
      input: `${lines.join('\n')}\n`,
      encoding: 'utf8',
    });
    return status === 0 ? 'finished' : stderr;
  } finally {
    await tree.end();
    tree.remove();
  }
}

test('a flag that was lost below another child-subreaper is set again, and its parent has none', {
  skip,
}, async () => {
  assert.equal(await finished([2], [2, 4], [2, 4]), 'finished');
});

test('below a parent that has it too', { skip }, async () => {
  assert.equal(await finished([1, 3], [1, 3, 4], [1, 3, 4]), 'finished');
});

test('who has no child-subreaper above it cannot have lost it, and is left alone', { skip }, async () => {
  assert.equal(await finished([], [2], []), 'finished');
  assert.match(await finished([], [2], [2]), /process 2 is no child-subreaper/);
});

test('each that the image tells of is named, carriers too', () => {
  const restore = { stops: [], pdeathSignals: [], signals: [] };
  const process = { ppid: 1, pgid: 1, sid: 1, threads: [] };
  const lines = finishingLines({
    carriers: [
      { pid: 7, childSubreaper: true },
      { pid: 8, childSubreaper: false },
    ],
    script: [],
    restore,
    expected: [
      { ...process, pid: 2, childSubreaper: true },
      { ...process, pid: 3, childSubreaper: false },
      { ...process, pid: 4 },
    ],
  });
  assert.deepEqual(
    lines.filter((line) => line.startsWith('subreaper')),
    ['subreaper 7', 'subreaper 2'],
  );
});
