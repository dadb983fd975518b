import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { membersOf } from '../../../src/formats/json/json-text.ts';
import { readParsedTree, readTree, readTreeParts } from '../../../src/formats/read-tree.ts';
import { treeId } from '../../../src/formats/tree-id.ts';
import { processImage } from '../../../src/formats/write-tree.ts';
import { dumpParts, tarOf } from '../dumps.ts';
import { refusalOf, treeOf } from '../loaded.ts';

/** The dump `zombies` as crit decodes it, plain or with --pretty: its table of state names is wrong by design. */
function critFiles(pretty: boolean): Record<string, unknown> {
  const record = (pid: number, ppid: number, pgid: number, sid: number, threads: number[]): unknown => ({
    pid,
    ppid,
    pgid,
    sid,
    threads,
  });
  const core = (state: number, exit_code: number, alive: boolean): unknown => ({
    magic: 'CORE',
    entries: [
      {
        mtype: 'X86_64',
        ...(alive ? { thread_info: { gpregs: { r15: pretty ? '0x0' : 0 } } } : {}),
        tc: {
          task_state: pretty && state === 1 ? 'Alive' : state,
          exit_code,
          personality: 0,
          blk_sigset: pretty ? '0x0' : 0,
          comm: 'treegen',
          ...(alive ? { child_subreaper: false } : {}),
        },
      },
    ],
  });
  const ids = (id: number) => ({
    magic: 'IDS',
    entries: [{ vm_id: id, files_id: id, fs_id: id, sighand_id: id, pid_ns_id: 2 }],
  });
  return {
    'inventory.img': {
      magic: 'INVENTORY',
      entries: [{ img_version: 2, fdinfo_per_id: true, root_ids: { pid_ns_id: 1 } }],
    },
    'pstree.img': {
      magic: 'PSTREE',
      entries: [
        record(1, 0, 1, 1, [1]),
        record(2, 1, 1, 1, [2]),
        record(3, 2, 1, 1, [1400306704]),
        record(4, 2, 4, 4, [2690661472]),
        record(5, 2, 5, 1, [4185197680]),
        record(6, 2, 5, 1, [6]),
        record(7, 1, 1, 1, [0]),
      ],
    },
    'core-1.img': core(1, 0, true),
    'core-2.img': core(1, 0, true),
    'core-3.img': core(2, 1792, false),
    'core-4.img': core(2, 768, false),
    'core-5.img': core(2, 0, false),
    'core-6.img': core(1, 0, true),
    'core-7.img': core(2, 15, false),
    'ids-1.img': ids(1),
    'ids-2.img': ids(2),
    'ids-6.img': ids(3),
  };
}

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('crit JSON', () => {
  it('gives the tree of the binary images, plain and pretty, in every form', async () => {
    const expected = treeId(treeOf(await readTreeParts(dumpParts('zombies'))));
    for (const pretty of [false, true]) {
      const files = critFiles(pretty);
      const renamed = (rename: (name: string) => string): Record<string, unknown> =>
        Object.fromEntries(Object.entries(files).map(([name, content]) => [rename(name), content]));
      const parts = Object.entries(files).map(([name, content]) => ({
        name: `${name}.json`,
        bytes: bytesOf(content),
      }));
      const reads = [
        await readTree('json', bytesOf(files)),
        await readTree('json', bytesOf(renamed((name) => name.replace('.img', '.json')))),
        await readTree('json', bytesOf(renamed((name) => name.replace('.img', '')))),
        await readParsedTree(
          bytesOf({ tree: files }),
          { value: files, members: membersOf(files) + 1 },
          undefined,
          '/tree',
          1,
        ),
        await readTreeParts(parts),
        await readTree('archive', await tarOf(parts)),
        await readTree(
          'archive',
          await tarOf(Object.entries(files).map(([name, value]) => ({ name, bytes: bytesOf(value) }))),
        ),
      ];
      for (const read of reads) {
        assert.ok(read.ok);
        assert.deepEqual(read.findings, []);
        assert.equal(treeId(treeOf(read)), expected);
      }
    }
  });

  it('--pretty calls a stopped task a zombie; it is alive', async () => {
    const files = critFiles(true) as Record<string, { entries: { tc: Record<string, unknown> }[] }>;
    files['core-2.img']!.entries[0]!.tc.task_state = 'Zombie';
    const tree = treeOf(await readTree('json', bytesOf(files)));
    assert.equal(processImage(tree, tree.indexOf(2)).state, 'alive');
  });

  it('of pstree alone is read, without states', async () => {
    const read = await readTree('json', bytesOf(critFiles(false)['pstree.img']));
    assert.ok(read.ok);
    assert.equal(read.findings[0]!.code, 'STATE_UNKNOWN');
  });

  it('is refused with a pointer', async () => {
    const cases: [(files: Record<string, CritFile>) => void, string, string][] = [
      [
        (files) => {
          files['pstree.img']!.magic = 'CORE';
        },
        'IMAGE_MAGIC',
        '/pstree.img/magic',
      ],
      [
        (files) => {
          files['pstree.img']!.entries[2] = null;
        },
        'FIELD_INVALID',
        '/pstree.img/entries/2',
      ],
      [
        (files) => {
          files['pstree.img']!.entries[2] = { pid: '3' };
        },
        'FIELD_INVALID',
        '/pstree.img/entries/2/pid',
      ],
      [
        (files) => {
          files['pstree.img']!.entries[2] = { pid: 3.5 };
        },
        'FIELD_INVALID',
        '/pstree.img/entries/2',
      ],
      [
        (files) => {
          files['pstree.img']!.entries[2] = { pid: 3 };
        },
        'FIELD_MISSING',
        '/pstree.img/entries/2',
      ],
      [
        (files) => {
          files['core-2.img']!.entries[0] = { tc: { task_state: 'Odd' } };
        },
        'FIELD_INVALID',
        '/core-2.img/entries/0/tc/task_state',
      ],
      [
        (files) => {
          files['core-2.img']!.entries[0] = { tc: { task_state: 9 } };
        },
        'FIELD_INVALID',
        '/core-2.img/entries/0',
      ],
    ];
    for (const [change, code, pointer] of cases) {
      const files = structuredClone(critFiles(false)) as Record<string, CritFile>;
      change(files);
      const { faults } = refusalOf(await readTree('json', bytesOf(files)));
      assert.deepEqual([faults[0]!.code, faults[0]!.pointer], [code, pointer]);
    }
  });
});

type CritFile = { magic: string; entries: unknown[] };
