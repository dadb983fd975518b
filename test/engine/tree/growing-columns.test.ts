/** Columns of an upload keep what rows have said while they grow, and numbers that no process has are told. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildTree } from '../../../src/engine/tree/build-tree.ts';
import { ProcessColumns, UNDECLARED } from '../../../src/engine/tree/process-columns.ts';
import { FILES, LARGEST_SIGNAL } from '../../../src/engine/tree/sharing-columns.ts';

const ROWS = 300;

function flat(rows: number): ProcessColumns {
  const columns = new ProcessColumns(1);
  for (let pid = 1; pid <= rows; pid++) columns.append(pid, pid === 1 ? 0 : 1, 1, 1);
  return columns;
}

describe('columns that grow', () => {
  it('keep what the first row has said, and say nothing of the others', () => {
    const columns = new ProcessColumns(1);
    const first = columns.append(1, 0, 1, 1);
    columns.setCaba(first, 0);
    columns.setBirthOrder(first, 7);
    columns.setStartTime(first, 70);
    columns.setForChildren(first, UNDECLARED);
    columns.setComm(first, 'init');
    columns.sharingOfRows().setClass(first, FILES, 4);
    columns.sharingOfRows().setExitSignal(first, 10);
    columns.sharingOfRows().setTerminal(first, 34816);
    for (let pid = 2; pid <= ROWS; pid++) columns.append(pid, 1, 1, 1);
    const { caba, birthOrder, startTime, forChildren, comm, sharing } = columns;
    const files = sharing!.classes[FILES]!;
    assert.deepEqual([caba![0], birthOrder![0], startTime![0], comm![0]], [0, 7, 70, 'init']);
    assert.deepEqual([files[0], sharing!.exitSignal![0], sharing!.terminal![0]], [4, 10, 34816]);
    for (let row = 1; row < ROWS; row++) {
      const said = [
        caba![row],
        forChildren![row],
        files[row],
        sharing!.exitSignal![row],
        sharing!.terminal![row],
      ];
      assert.deepEqual(said, [-1, -1, -1, 17, -1]);
      assert.ok(Number.isNaN(birthOrder![row]) && Number.isNaN(startTime![row]));
    }
  });

  it('keep the classes of threads with those threads that are kept', () => {
    const columns = new ProcessColumns(1);
    for (let pid = 1; pid <= 3; pid++) {
      columns.append(pid, pid - 1, 1, 1);
      for (let t = 0; t < 100; t++) columns.appendThread(pid * 1000 + t);
    }
    for (let t = 0; t < 300; t++) columns.sharingOfRows().setThreadFiles(t, t);
    columns.sharingOfRows().setThreadFs(7, 9);
    columns.keepThreads(Uint8Array.of(1, 0, 1));
    assert.equal(columns.threadCount, 200);
    assert.deepEqual([...columns.threadOffset.subarray(0, 4)], [0, 100, 100, 200]);
    assert.deepEqual([columns.threadId[99], columns.threadId[100]], [1099, 3000]);
    assert.deepEqual([columns.sharing!.threadFiles![99], columns.sharing!.threadFiles![100]], [99, 200]);
    assert.equal(columns.sharing!.threadFs![7], 9);
  });
});

describe('numbers out of range', () => {
  const CASES: Readonly<Record<string, (columns: ProcessColumns) => void>> = {
    root: (columns) => {
      columns.root = -1;
    },
    pgid: (columns) => {
      columns.pgid[1] = -1;
    },
    sid: (columns) => {
      columns.sid[1] = -1;
    },
    exitStatus: (columns) => {
      columns.exitStatus[1] = -1;
    },
    threads: (columns) => columns.appendThread(0),
    nspid: (columns) => columns.setLevels([2, 0], [1, 1], [1, 1]),
    nspgid: (columns) => columns.setLevels([2, 1], [1, -2], [1, 1]),
    nssid: (columns) => columns.setLevels([2, 1], [1, 1], [1, -2]),
    exitSignal: (columns) => columns.sharingOfRows().setExitSignal(1, LARGEST_SIGNAL + 1),
  };
  for (const [field, spoil] of Object.entries(CASES)) {
    it(`are told of ${field}`, () => {
      const columns = flat(2);
      spoil(columns);
      const built = buildTree(columns);
      assert.ok(!built.ok);
      assert.deepEqual(
        built.faults.map((fault) => [fault.code, fault.field]),
        [['NUMBER_OUT_OF_RANGE', field]],
      );
    });
  }

  it('are no numbers of namespaces that nobody declares', () => {
    const columns = flat(2);
    columns.setForChildren(1, UNDECLARED);
    const built = buildTree(columns);
    assert.ok(!built.ok);
    assert.deepEqual(
      built.faults.map(({ code, field }) => [code, field]),
      [['NAMESPACE_UNKNOWN', 'pidnsForChildren']],
    );
  });
});
