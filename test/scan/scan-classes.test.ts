/** Who shares what, as a scan tells it: classes from what kcmp said, terminals and exit signals from /proc. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProcDirectory } from '../../src/proc/proc-directory.ts';
import { type ClassProbe, parseClasses } from '../../src/scan/class-probe.ts';
import { scan } from '../../src/scan/scan.ts';
import { type FakeProcess, fakeProc } from './fake-proc.ts';

test('classes are numbered by their first holder; of a zombie only the handlers, of a thread what differs', async (t) => {
  const processes: readonly FakeProcess[] = [
    { pid: 1, ppid: 0, terminal: 34816 },
    { pid: 20, ppid: 1, threads: [[22], [21]], exitSignal: 10 },
    { pid: 30, ppid: 1, state: 'Z' },
    { pid: 40, ppid: 1, state: 'Z', threads: [[41], [42]] },
  ];
  const asked: string[] = [];
  const classProbe: ClassProbe = (tasks) => {
    asked.push(tasks.map(({ tid, kinds }) => `${tid} ${kinds}`).join(', '));
    return parseClasses(
      [
        '1 7 3 9 2 5 0',
        '20 8 3 2 1 5 0',
        '21 8 3 - - - -',
        '22 6 4 - - - -',
        '30 - - - 2 - -',
        '41 7 - 9 8 0 0',
        '42 7 - - - - -',
      ].join('\n'),
    );
  };
  const { image } = await scan(new ProcDirectory(fakeProc(t, processes)), {
    ...{ withScanner: false, probe: null, classProbe, retries: 0, pauseMs: 0 },
    target: { kind: 'namespace', pid: 1 },
  });
  assert.equal(asked[0], '1 63, 20 63, 21 3, 22 3, 30 8, 41 63, 42 3');
  const told = image.processes.map(({ pid, files, fs, vm, sighand, sysvsem, io }) => {
    return [pid, files, fs, vm, sighand, sysvsem, io];
  });
  assert.deepEqual(told, [
    [1, 1, 1, 1, 1, 1, 1],
    [20, 2, 1, 2, 2, 1, 2],
    [30, undefined, undefined, undefined, 1, undefined, undefined],
    [40, 1, undefined, 1, 3, 2, 3],
  ]);
  const [first, second, zombie, last] = image.processes;
  assert.deepEqual(
    [second!.threads, second!.threadFiles, second!.threadFs],
    [
      [20, 21, 22],
      [2, 2, 3],
      [1, 1, 2],
    ],
  );
  assert.equal(last!.threadFiles, undefined);
  assert.deepEqual(
    [first!.ttyNr, zombie!.ttyNr, second!.exitSignal, zombie!.exitSignal],
    [34816, undefined, 10, undefined],
  );
});
