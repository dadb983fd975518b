import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';
import { readTree } from '../../../src/formats/read-tree.ts';
import { treeId } from '../../../src/formats/tree-id.ts';
import { inPieces } from '../dumps.ts';
import { refusalOf, treeOf } from '../loaded.ts';

const ROOT = '{"pid":1,"ppid":0,"pgid":1,"sid":1}';
const CHILD = '{"pid":2,"ppid":1,"pgid":1,"sid":1}';

async function fault(text: string): Promise<(string | number | undefined)[]> {
  const { status, faults } = refusalOf(await readTree('ndjson', Buffer.from(text)));
  return [status, faults[0]!.code, faults[0]!.line, faults[0]!.pointer];
}

describe('an NDJSON image', () => {
  it('is read in pieces of any size, with blank lines and either line end', async () => {
    const text = Buffer.from(`\r\n{"root":1}\r\n${ROOT}\r\n\r\n${CHILD}`);
    for (let size = 1; size <= text.length; size++) {
      assert.equal(treeOf(await readTree('ndjson', inPieces(text, size))).size, 2);
    }
  });

  it('names the line of what is wrong', async () => {
    assert.deepEqual(await fault(`{}\n${ROOT}\n\n{"pid":"2"}`), [422, 'FIELD_MISSING', 4, '/ppid']);
    assert.deepEqual(await fault(`{}\n${ROOT}\n{"pid":2`), [400, 'JSON_SYNTAX', 3, undefined]);
    assert.deepEqual(await fault(`{}\n${ROOT},${CHILD}`), [400, 'JSON_SYNTAX', 2, undefined]);
    assert.deepEqual(await fault(`{}\n${ROOT}\n\n${CHILD.replace('1', '9')}`), [
      422,
      'PARENT_ABSENT',
      4,
      '/ppid',
    ]);
    assert.deepEqual(await fault(`{}\n${ROOT}\n${CHILD.replace('}', ',"pid":2}')}`), [
      400,
      'JSON_DUPLICATE_MEMBER',
      3,
      '/pid',
    ]);
    assert.deepEqual(await fault(`{}\n${'['.repeat(100_000)}`), [422, 'JSON_TOO_DEEP', 2, undefined]);
    assert.deepEqual(await fault(`{"root":7}\n${ROOT}`), [422, 'ROOT_ABSENT', 1, '/root']);
    assert.deepEqual(await fault(`${ROOT}\n${CHILD}`), [422, 'FIELD_UNKNOWN', 1, '/pid']);
    assert.deepEqual(await fault('\n\n'), [422, 'IMAGE_EMPTY', undefined, undefined]);
    assert.deepEqual(await fault('{}'), [422, 'NO_PROCESS', 1, '/processes']);
  });

  it('is read the same where a line is not as images write it', async () => {
    const plain = treeOf(await readTree('ndjson', Buffer.from(`{}\n${ROOT}\n${CHILD}`)));
    for (const child of [
      CHILD.replace('"pid"', '"\\u0070id"'),
      CHILD.replace('2', '2.0'),
      ` ${CHILD.replaceAll(':', ' : ').replaceAll(',', '\t, ')} \t`,
    ]) {
      const tree = treeOf(await readTree('ndjson', Buffer.from(`{}\n${ROOT}\n${child}\n`)));
      assert.equal(treeId(tree), treeId(plain), child);
    }
  });

  it('has each process in a line of its own', async () => {
    assert.deepEqual(await fault(`{}\n${ROOT}\n${CHILD.replace(',', ',\n')}`), [
      400,
      'JSON_SYNTAX',
      3,
      undefined,
    ]);
    assert.deepEqual(await fault(`{}\n${ROOT} ${CHILD}`), [400, 'JSON_SYNTAX', 2, undefined]);
    assert.deepEqual(await fault(`{}\n${ROOT}\n${CHILD.replace('}', '')}\n}`), [
      400,
      'JSON_SYNTAX',
      3,
      undefined,
    ]);
    assert.deepEqual(await fault(`{}\n${ROOT}\n${CHILD.replace('2', '-2')}`), [
      422,
      'FIELD_INVALID',
      3,
      '/pid',
    ]);
  });

  it('is held to its limits while it arrives', async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(65536, 0x20);
    };
    const limits = { ...DEFAULT_READ_LIMITS, maxEntryBytes: 2 ** 20 };
    assert.equal(refusalOf(await readTree('ndjson', endless(), limits)).status, 413);
    for (const end of ['', '\n', `\n${CHILD}`]) {
      const long = `${ROOT.slice(0, -1)}${' '.repeat(200)}}`;
      const text = `{}\n${long}${end}`;
      const { status, faults } = refusalOf(
        await readTree('ndjson', Buffer.from(text), { ...DEFAULT_READ_LIMITS, maxEntryBytes: 200 }),
      );
      assert.deepEqual([status, faults[0]!.line, faults[0]!.offset], [413, 2, 3], 'within a block too');
      const fits = { ...DEFAULT_READ_LIMITS, maxEntryBytes: long.length };
      assert.ok(treeOf(await readTree('ndjson', Buffer.from(text), fits)).size > 0);
    }
    const few = { ...DEFAULT_READ_LIMITS, maxProcesses: 1 };
    assert.equal(refusalOf(await readTree('ndjson', Buffer.from(`{}\n${ROOT}\n${CHILD}`), few)).status, 413);
  });
});
