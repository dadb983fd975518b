/** Where the records alone say that CRIU does it, the model of each release says so too. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isInheritedTree, type RecordNumbers } from '../../../src/engine/restorers/criu/inherited-tree.ts';
import { predictCriu } from '../../../src/engine/restorers/criu/predict.ts';
import { CRIU_4_2, CRIU_4_3 } from '../../../src/engine/restorers/releases.ts';
import { scaled } from '../../full-size.ts';
import { treeOf } from '../../histories/proven-plan.ts';

interface DrawnProcess {
  readonly parent: number;
  readonly kind: 'member' | 'group leader' | 'session leader' | 'stray';
  readonly group: number;
  readonly childSubreaper: boolean;
}

const drawn = fc.record({
  rootPid: fc.constantFrom(1, 7, 500),
  numbers: fc.uniqueArray(fc.integer({ min: 2, max: 60 }), { minLength: 12, maxLength: 12 }),
  processes: fc.array(
    fc.record<DrawnProcess>({
      parent: fc.nat(),
      kind: fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom('member', 'group leader', 'session leader') },
        { weight: 1, arbitrary: fc.constant('stray') },
      ),
      group: fc.nat(),
      childSubreaper: fc.boolean(),
    }),
    { maxLength: 12 },
  ),
});

/** Children have lower and higher numbers than their parents. A stray is in any group of its session. */
function recordsOf(rootPid: number, numbers: readonly number[], processes: readonly DrawnProcess[]) {
  const records: RecordNumbers[] = [{ pid: rootPid, ppid: 0, pgid: rootPid, sid: rootPid }];
  const free = numbers.filter((number) => number !== rootPid);
  for (const { parent: at, kind, group } of processes.slice(0, free.length)) {
    const pid = free[records.length - 1]!;
    const { pid: ppid, pgid, sid } = records[at % records.length]!;
    const inSession = records.filter((record) => record.sid === sid);
    if (kind === 'session leader') records.push({ pid, ppid, pgid: pid, sid: pid });
    else if (kind === 'group leader') records.push({ pid, ppid, pgid: pid, sid });
    else if (kind === 'member') records.push({ pid, ppid, pgid, sid });
    else records.push({ pid, ppid, pgid: inSession[group % inSession.length]!.pgid, sid });
  }
  return records;
}

test('CRIU restores an inherited tree exactly, and each time, by both models', () => {
  let inherited = 0;
  fc.assert(
    fc.property(drawn, ({ rootPid, numbers, processes }) => {
      const records = recordsOf(rootPid, numbers, processes);
      if (!isInheritedTree(records)) return;
      inherited++;
      const tree = treeOf({
        processes: records.map((record, i) => ({
          ...record,
          childSubreaper: i > 0 && processes[i - 1]!.childSubreaper,
        })),
      });
      for (const rules of [CRIU_4_2, CRIU_4_3]) {
        assert.deepEqual(predictCriu(tree, rules), { outcome: 'restores', message: null, pids: [] });
      }
    }),
    { numRuns: scaled(500, 20_000), seed: 14 },
  );
  assert.ok(inherited > 100, `only ${inherited} were inherited`);
});

const root = { pid: 1, ppid: 0, pgid: 1, sid: 1 };
const NOT_INHERITED: Readonly<Record<string, readonly RecordNumbers[]>> = {
  nothing: [],
  'a root in a session from outside': [{ ...root, sid: 0, pgid: 0 }],
  'a member of a session that its parent has left': [
    root,
    { pid: 2, ppid: 1, pgid: 2, sid: 2 },
    { pid: 3, ppid: 2, pgid: 1, sid: 1 },
  ],
  "a member of somebody else's group": [
    root,
    { pid: 2, ppid: 1, pgid: 2, sid: 1 },
    { pid: 3, ppid: 1, pgid: 2, sid: 1 },
  ],
  'a session without its leader': [root, { pid: 3, ppid: 1, pgid: 9, sid: 9 }],
  'a child before its parent': [
    root,
    { pid: 3, ppid: 2, pgid: 1, sid: 1 },
    { pid: 2, ppid: 1, pgid: 1, sid: 1 },
  ],
  'a number twice': [root, { pid: 2, ppid: 1, pgid: 1, sid: 1 }, { pid: 2, ppid: 1, pgid: 1, sid: 1 }],
};

for (const [what, records] of Object.entries(NOT_INHERITED)) {
  test(`the records alone do not answer for ${what}`, () => assert.ok(!isInheritedTree(records)));
}
