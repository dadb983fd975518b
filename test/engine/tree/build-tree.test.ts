import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type BuiltTree, buildTree } from '../../../src/engine/tree/build-tree.ts';
import { type PidNamespaceDeclaration, ProcessColumns } from '../../../src/engine/tree/process-columns.ts';
import { OUTSIDE, rootIsInit } from '../../../src/engine/tree/process-tree.ts';
import { TREE_FAULT_CODES } from '../../../src/engine/tree/tree-fault.ts';

/** Columns from [pid, ppid] pairs; pgid and sid are 1. */
function columnsOf(...rows: readonly (readonly [pid: number, ppid: number])[]): ProcessColumns {
  const columns = new ProcessColumns(1);
  for (const [pid, ppid] of rows) columns.append(pid, ppid, 1, 1);
  return columns;
}

function codesOf(built: BuiltTree): string[] {
  return built.ok ? [] : built.faults.map(({ code, row, field }) => `${code} ${row} ${field}`);
}

function treeFrom(columns: ProcessColumns) {
  const built = buildTree(columns);
  assert.ok(built.ok, built.ok ? '' : JSON.stringify(built.faults));
  return built.tree;
}

describe('the canonical tree', () => {
  it('has the root first, parents before children, siblings by pid', () => {
    const tree = treeFrom(columnsOf([9, 4], [4, 1], [3, 1], [7, 3], [1, 0], [2, 4]));
    assert.deepEqual([...tree.pid], [1, 3, 4, 7, 2, 9]);
    assert.deepEqual([...tree.parent], [OUTSIDE, 0, 0, 1, 2, 2]);
    assert.deepEqual([0, 1, 2, 5, 9, 10, -1].map(tree.indexOf), [-1, 0, 4, -1, 5, -1, -1]);
    assert.equal(tree.pid.length, tree.size);
  });

  it('does not depend on the order of the rows', () => {
    const rows = fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        rows,
        fc.infiniteStream(fc.nat()),
        fc.constantFrom(1, 7, 50_000),
        (parents, keys, scale) => {
          const pids = parents.map((_, index) => 1 + index * scale);
          const pairs = parents.map(
            (parent, index) => [pids[index]!, index === 0 ? 0 : pids[parent % index]!] as const,
          );
          const shuffled = pairs
            .map((pair) => ({ key: keys.next().value!, pair }))
            .sort((a, b) => a.key - b.key)
            .map(({ pair }) => pair);
          const tree = treeFrom(columnsOf(...shuffled));
          assert.deepEqual({ ...tree, indexOf: null }, { ...treeFrom(columnsOf(...pairs)), indexOf: null });
          for (const [pid, ppid] of pairs) {
            const index = tree.indexOf(pid);
            assert.equal(tree.pid[index], pid);
            assert.equal(tree.parent[index], ppid === 0 ? OUTSIDE : tree.indexOf(ppid));
          }
          for (let index = 1; index < tree.size; index++) {
            assert.ok(tree.parent[index - 1]! <= tree.parent[index]!, 'breadth first');
            if (tree.parent[index - 1] === tree.parent[index])
              assert.ok(tree.pid[index - 1]! < tree.pid[index]!);
          }
        },
      ),
    );
  });

  it('takes what hangs from outside beside a named root', () => {
    const columns = columnsOf([3, 0], [5, 3], [2, 0], [1, 0]);
    columns.root = 3;
    assert.deepEqual([...treeFrom(columns).pid], [3, 1, 2, 5]);
  });

  it('has the root as init exactly if its pid is 1 and nothing else is declared', () => {
    assert.ok(rootIsInit(treeFrom(columnsOf([1, 0]))));
    assert.ok(!rootIsInit(treeFrom(columnsOf([7, 0]))));
    const columns = columnsOf([7, 0]);
    columns.namespaces = [{ id: '0', parent: null, init: 1 }];
    assert.equal(treeFrom(columns).namespaces[0]!.init, OUTSIDE);
  });

  it('has thread ids in ascending order', () => {
    const columns = new ProcessColumns();
    columns.append(1, 0, 1, 1);
    for (const tid of [9, 4]) columns.appendThread(tid);
    columns.append(2, 1, 1, 1);
    for (const tid of [8, 3, 5]) columns.appendThread(tid);
    const tree = treeFrom(columns);
    assert.deepEqual([...tree.threadOffset], [0, 2, 5]);
    assert.deepEqual([...tree.threadId], [4, 9, 3, 5, 8]);
  });

  it('keeps birth columns only where something is known', () => {
    const columns = columnsOf([1, 0], [2, 1]);
    columns.caba = new Int32Array(8).fill(-1);
    columns.startTime = new Float64Array(8).fill(Number.NaN);
    const tree = treeFrom(columns);
    assert.deepEqual([tree.caba, tree.startTime, tree.birthOrder, tree.comm], [null, null, null, null]);
  });
});

describe('what is not a tree', () => {
  it('is told row by row', () => {
    const cases: [ProcessColumns, string[]][] = [
      [columnsOf(), ['NO_PROCESS -1 processes']],
      [columnsOf([1, 0], [0, 1]), ['NUMBER_OUT_OF_RANGE 1 pid']],
      [columnsOf([1, 0], [2, -1]), ['NUMBER_OUT_OF_RANGE 1 ppid']],
      [columnsOf([1, 0], [2, 1], [2, 1]), ['DUPLICATE_PID 2 pid']],
      [columnsOf([1, 0], [2, 0]), ['ROOT_NOT_NAMED 1 ppid']],
      [columnsOf([1, 0], [2, 3]), ['PARENT_ABSENT 1 ppid']],
      [columnsOf([1, 0], [2, 2]), ['PARENT_CYCLE 1 ppid']],
      [columnsOf([1, 0], [2, 3], [3, 4], [4, 3], [5, 4]), ['PARENT_CYCLE 2 ppid']],
      [columnsOf([2, 3], [3, 2]), ['PARENT_CYCLE 0 ppid']],
    ];
    for (const [columns, expected] of cases) assert.deepEqual(codesOf(buildTree(columns)), expected);
  });

  it('is no root with the number of its real parent, which means 0', () => {
    for (const root of [0, 7]) {
      const columns = columnsOf([7, 3], [8, 7]);
      columns.root = root;
      const tree = treeFrom(columns);
      assert.deepEqual([...tree.pid, ...tree.parent], [7, 8, -1, 0]);
    }
    const named = columnsOf([7, 3], [8, 0]);
    named.root = 7;
    assert.deepEqual([...treeFrom(named).parent], [-1, -1]);
  });

  it('may be a root that is named wrongly', () => {
    const absent = columnsOf([1, 0]);
    absent.root = 2;
    assert.deepEqual(codesOf(buildTree(absent)), ['ROOT_ABSENT -1 root']);
    const orphan = columnsOf([5, 3], [6, 4], [7, 5]);
    assert.deepEqual(codesOf(buildTree(orphan)), ['ROOT_NOT_NAMED 1 ppid', 'PARENT_ABSENT 1 ppid']);
    const child = columnsOf([1, 0], [2, 1]);
    child.root = 2;
    assert.deepEqual(codesOf(buildTree(child)), ['ROOT_HAS_PARENT 1 ppid']);
  });

  it('may be thread ids used twice', () => {
    const columns = new ProcessColumns();
    columns.append(1, 0, 1, 1);
    for (const tid of [2, 3]) columns.appendThread(tid);
    columns.append(2, 1, 1, 1);
    columns.appendThread(3);
    assert.deepEqual(codesOf(buildTree(columns)), [
      'THREAD_ID_IS_PID 0 threads',
      'THREAD_ID_TWICE 1 threads',
    ]);
  });

  it('may be a birth that is no birth', () => {
    // 0 below the root: whoever was put in from outside made it, and has been reaped.
    const columns = columnsOf([1, 0], [2, 1], [3, 1], [4, 1]);
    for (const [row, caba] of [0, 2, 9, 0].entries()) columns.setCaba(row, caba);
    assert.deepEqual(codesOf(buildTree(columns)), ['CABA_SELF 1 caba', 'CABA_ABSENT 2 caba']);
  });

  it('is told a hundred times at most, with the number', () => {
    const columns = new ProcessColumns();
    for (let row = 0; row < 5000; row++) columns.append(1, 0, 1, 1);
    const built = buildTree(columns);
    assert.ok(!built.ok);
    assert.deepEqual([built.faults.length, built.total], [100, 4999]);
    assert.ok(built.faults[0]!.code in TREE_FAULT_CODES);
  });
});

describe('pid namespaces', () => {
  const outermost = { id: '0', parent: null, init: 1 };

  /** 1 in level 0; 2 and 3 in the namespaces given, with vectors as long as given. */
  function nested(
    namespaces: PidNamespaceDeclaration[],
    homes: [number, number],
    vectors: [number[], number[]],
  ): ProcessColumns {
    const columns = new ProcessColumns();
    columns.namespaces = namespaces;
    columns.append(1, 0, 1, 1);
    columns.setLevels([1], [1], [1]);
    for (const [at, pid] of [2, 3].entries()) {
      const row = columns.append(pid, 1, 1, 1);
      columns.namespace[row] = homes[at]!;
      columns.setLevels(
        vectors[at]!,
        vectors[at]!.map(() => -1),
        vectors[at]!.map(() => -1),
      );
    }
    return columns;
  }

  it('come parents first, then by init, whatever the order of their declarations', () => {
    const declared = [{ id: 'b', parent: 'a', init: 3 }, { id: 'a', parent: '0', init: 2 }, outermost];
    const columns = nested(
      declared,
      [1, 0],
      [
        [2, 1],
        [3, 5, 1],
      ],
    );
    columns.namespace[0] = 2;
    const tree = treeFrom(columns);
    assert.deepEqual(tree.namespaces, [
      { id: '0', parent: -1, level: 0, init: 0 },
      { id: 'a', parent: 0, level: 1, init: 1 },
      { id: 'b', parent: 1, level: 2, init: 2 },
    ]);
    assert.deepEqual([...tree.namespace], [0, 1, 2]);
    assert.deepEqual([...tree.levels!.pid], [1, 2, 1, 3, 5, 1]);
    assert.deepEqual([...tree.levels!.sid], [1, 1, 0, 1, 0, 0], 'a session led outside shows as 0 inside');
  });

  it('derive a vector that was left out from the leader, down to where both live', () => {
    const columns = nested(
      [outermost, { id: 'a', parent: '0', init: 2 }],
      [1, 1],
      [
        [2, 1],
        [3, 7],
      ],
    );
    columns.pgid[2] = 2;
    columns.sid[2] = 9;
    assert.deepEqual(codesOf(buildTree(columns)), ['LEVELS_ABSENT 2 nssid']);
    columns.sid[2] = 2;
    const { levels } = treeFrom(columns);
    assert.deepEqual([...levels!.pgid.subarray(3)], [2, 1]);
  });

  it('that are no forest are told', () => {
    const homes: [number, number] = [0, 0];
    const plain: [number[], number[]] = [[2], [3]];
    const cases: [PidNamespaceDeclaration[], string][] = [
      [[outermost, { ...outermost, id: '1' }], 'NAMESPACE_OUTERMOST -1 pidNamespaces'],
      [[outermost, { id: '0', parent: '0', init: 2 }], 'NAMESPACE_TWICE -1 pidNamespaces/1/id'],
      [[outermost, { id: 'a', parent: 'z', init: 2 }], 'NAMESPACE_UNKNOWN -1 pidNamespaces/1/parent'],
      [[outermost, { id: 'a', parent: 'a', init: 2 }], 'NAMESPACE_CYCLE -1 pidNamespaces/1/parent'],
      [[outermost, { id: 'a', parent: '0', init: null }], 'INIT_ABSENT -1 pidNamespaces/1/init'],
      [[outermost, { id: 'a', parent: '0', init: 7 }], 'INIT_ABSENT -1 pidNamespaces/1/init'],
      [[outermost, { id: 'a', parent: '0', init: 2 }], 'INIT_ELSEWHERE -1 pidNamespaces/1/init'],
      [[{ ...outermost, init: 2 }], 'INIT_NOT_ROOT -1 pidNamespaces/0/init'],
    ];
    for (const [namespaces, expected] of cases) {
      assert.deepEqual(codesOf(buildTree(nested(namespaces, homes, plain))), [expected]);
    }
    assert.deepEqual(codesOf(buildTree(nested([outermost], [5, 0], plain))), ['NAMESPACE_UNKNOWN 1 pidns']);
  });

  it('need vectors as long as they are deep', () => {
    const declared = [outermost, { id: 'a', parent: '0', init: 2 }];
    assert.deepEqual(codesOf(buildTree(nested(declared, [1, 1], [[2, 1], [3]]))), ['LEVELS_LENGTH 2 nspid']);
    assert.deepEqual(
      codesOf(
        buildTree(
          nested(
            declared,
            [1, 1],
            [
              [2, 1],
              [4, 2],
            ],
          ),
        ),
      ),
      ['LEVELS_MISMATCH 2 nspid'],
    );
  });

  it('nest 32 levels and no more', () => {
    const chain = (length: number): PidNamespaceDeclaration[] =>
      Array.from({ length }, (_, level) => ({
        id: `${level}`,
        parent: level === 0 ? null : `${level - 1}`,
        init: level + 1,
      }));
    const columnsFor = (length: number): ProcessColumns => {
      const columns = new ProcessColumns();
      columns.namespaces = chain(length);
      for (let level = 0; level < length; level++) {
        columns.append(level + 1, level, 1, 1);
        columns.namespace[level] = level;
        const vector = Array.from({ length: level + 1 }, (_, at) => level + 1 - at);
        columns.setLevels(
          vector,
          vector.map(() => -1),
          vector.map(() => -1),
        );
      }
      return columns;
    };
    assert.equal(treeFrom(columnsFor(32)).namespaces.length, 32);
    assert.deepEqual(codesOf(buildTree(columnsFor(33))), ['NAMESPACE_TOO_DEEP -1 pidNamespaces/32/parent']);
  });
});

describe('a million processes', () => {
  const size = 1_000_000;
  const shapes: Record<string, (pid: number) => number> = {
    'a chain': (pid) => pid - 1,
    'children of one': () => 1,
    'a cycle': (pid) => (pid === 2 ? size : pid - 1),
  };
  for (const [name, parentOf] of Object.entries(shapes)) {
    it(`as ${name} are one linear sweep`, () => {
      const columns = new ProcessColumns(size);
      for (let pid = 1; pid <= size; pid++) columns.append(pid, pid === 1 ? 0 : parentOf(pid), 1, 1);
      const built = buildTree(columns);
      assert.equal(built.ok, name !== 'a cycle');
      if (!built.ok) assert.equal(built.total, 1);
    });
  }
});
