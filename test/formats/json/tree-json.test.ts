import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { ProcessRows } from '../../../src/formats/json/process-rows.ts';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';
import { readParsedTree, readTree } from '../../../src/formats/read-tree.ts';
import { ProcessImageSchema, TreeImageSchema } from '../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../full-size.ts';
import { refusalOf, treeOf } from '../loaded.ts';

const checkProcess = Compile(ProcessImageSchema);

const anyValue = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    1.5,
    65535,
    65536,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 53,
    1e300,
    null,
    true,
    false,
    '',
    '1',
    {},
    [],
  ),
  fc.constantFrom(
    'alive',
    'zombie',
    'x'.repeat(64),
    'x'.repeat(65),
    'x'.repeat(255),
    'x'.repeat(256),
    '😀'.repeat(200),
  ),
  fc.array(fc.constantFrom(0, 1, 2, -1, 1.5, '1', null, 2 ** 31), { maxLength: 34 }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 1 }),
);
const FIELDS = Object.keys(ProcessImageSchema.properties);
const processLike = fc
  .tuple(
    fc.record({ pid: fc.nat(9), ppid: fc.nat(9), pgid: fc.nat(9), sid: fc.nat(9) }),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...FIELDS), fc.constantFrom('__proto__', 'x', 'constructor')),
      anyValue,
      { maxKeys: 3 },
    ),
    fc.subarray(FIELDS, { maxLength: 1 }),
  )
  .map(([numbers, fields, dropped]) => {
    const members = Object.entries({ ...numbers, ...fields }).filter(([name]) => !dropped.includes(name));
    return JSON.parse(
      `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`,
    ) as unknown;
  });

function examplesOf(schema: object): unknown[] {
  assert.ok('examples' in schema && Array.isArray(schema.examples));
  return schema.examples;
}

describe('the loop over processes', () => {
  it('accepts and refuses exactly what the schema does', () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 9, arbitrary: processLike }, { weight: 1, arbitrary: anyValue }),
        (value) => {
          const rows = new ProcessRows(undefined, 0, 1);
          assert.equal(rows.append(value), checkProcess.Check(value));
        },
      ),
      { numRuns: scaled(5000, 20_000) },
    );
  });

  it('finds the schema in agreement with its own examples', () => {
    const check = Compile(TreeImageSchema);
    for (const example of examplesOf(TreeImageSchema)) assert.ok(check.Check(example));
    for (const example of examplesOf(ProcessImageSchema)) assert.ok(checkProcess.Check(example));
  });
});

const process = (fields: string): string => `{"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1},{${fields}}]}`;

async function fault(text: string): Promise<(string | number | undefined)[]> {
  const { status, faults } = refusalOf(await readTree('json', Buffer.from(text)));
  return [status, faults[0]!.code, faults[0]!.pointer];
}

describe('a hostile JSON image', () => {
  it('is refused with a pointer to what is wrong', async () => {
    const rest = '"ppid":1,"pgid":1,"sid":1';
    const at = '/processes/1';
    const cases: [string, number, string, string | undefined][] = [
      [process(`"pid":"2",${rest}`), 422, 'FIELD_INVALID', `${at}/pid`],
      [process(`"pid":2.5,${rest}`), 422, 'FIELD_INVALID', `${at}/pid`],
      [process(`"pid":9007199254740992,${rest}`), 422, 'FIELD_INVALID', `${at}/pid`],
      [process(`"pid":1e999,${rest}`), 422, 'FIELD_INVALID', `${at}/pid`],
      [process(`"pid":NaN,${rest}`), 400, 'JSON_SYNTAX', undefined],
      [process(`"pid":0,${rest}`), 422, 'FIELD_INVALID', `${at}/pid`],
      [process(rest), 422, 'FIELD_MISSING', `${at}/pid`],
      [process(`"pid":2,${rest},"tty":1`), 422, 'FIELD_UNKNOWN', `${at}/tty`],
      [process(`"pid":2,${rest},"__proto__":{"state":"zombie"}`), 422, 'FIELD_UNKNOWN', `${at}/__proto__`],
      [process(`"pid":2,${rest},"${'x'.repeat(64)}":1`), 422, 'FIELD_UNKNOWN', `${at}/${'x'.repeat(64)}`],
      [process(`"pid":2,${rest},"${'x'.repeat(65)}":1`), 422, 'FIELD_UNKNOWN', at],
      [process(`"pid":2,${rest},"a/b~":1`), 422, 'FIELD_UNKNOWN', `${at}/a~1b~0`],
      [process(`"pid":2,${rest},"pid":2`), 400, 'JSON_DUPLICATE_MEMBER', `${at}/pid`],
      [process(`"pid":2,${rest},"\\u0070id":2`), 400, 'JSON_DUPLICATE_MEMBER', `${at}/pid`],
      [process(`"pid":2,${rest},"state":"dead"`), 422, 'FIELD_INVALID', `${at}/state`],
      [process(`"pid":2,${rest},"nspid":[]`), 422, 'FIELD_INVALID', `${at}/nspid`],
      [process(`"pid":2,${rest},"nspid":[2,1]`), 422, 'LEVELS_LENGTH', `${at}/nspid`],
      [process(`"pid":2,${rest},"nspid":[3]`), 422, 'LEVELS_MISMATCH', `${at}/nspid`],
      [process(`"pid":2,${rest},"nspid":[2],"nssid":[1,1]`), 422, 'LEVELS_LENGTH', `${at}/nssid`],
      [process(`"pid":2,${rest},"pidns":"9"`), 422, 'NAMESPACE_UNKNOWN', `${at}/pidns`],
      [process(`"pid":1,${rest}`), 422, 'DUPLICATE_PID', `${at}/pid`],
      [process('"pid":2,"ppid":9,"pgid":1,"sid":1'), 422, 'PARENT_ABSENT', `${at}/ppid`],
      [process('"pid":2,"ppid":2,"pgid":1,"sid":1'), 422, 'PARENT_CYCLE', `${at}/ppid`],
      [process(`"pid":2,${rest},"threads":[2,1]`), 422, 'THREAD_ID_IS_PID', `${at}/threads`],
      ['{"processes":[],"processes":[]}', 400, 'JSON_DUPLICATE_MEMBER', '/processes'],
      ['{"processes":[]}', 422, 'NO_PROCESS', '/processes'],
      ['{"processes":{}}', 422, 'FIELD_INVALID', '/processes'],
      ['{"root":1}', 422, 'FIELD_MISSING', '/processes'],
      ['[]', 422, 'FIELD_INVALID', ''],
      ['null', 422, 'FIELD_INVALID', ''],
      ['', 400, 'IMAGE_EMPTY', undefined],
      ['{"processes":[{]}', 400, 'JSON_SYNTAX', undefined],
      [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 422, 'JSON_TOO_DEEP', undefined],
      ['{"a":'.repeat(100_000), 422, 'JSON_TOO_DEEP', undefined],
      [`{"rooot":1,"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1}]}`, 422, 'FIELD_UNKNOWN', '/rooot'],
    ];
    for (const [text, ...expected] of cases)
      assert.deepEqual(await fault(text), expected, text.slice(0, 120));
  });

  it('that is not UTF-8 is refused', async () => {
    const bytes = Buffer.from(process('"pid":2,"ppid":1,"pgid":1,"sid":1,"comm":"\xff"'), 'latin1');
    assert.equal(refusalOf(await readTree('json', bytes)).faults[0]!.code, 'NOT_UTF8');
  });

  it('with a syntax error is refused with its byte offset', async () => {
    const { faults } = refusalOf(await readTree('json', Buffer.from('{"é":1,}')));
    assert.deepEqual([faults[0]!.code, faults[0]!.offset], ['JSON_SYNTAX', 8]);
  });

  it('of a million wrong processes gives a hundred faults and the number', async () => {
    const processes = new Array(1_000_000).fill({ pid: 0, ppid: 0, pgid: 0, sid: 0 });
    const parsed = { value: { processes }, members: 4_000_002 };
    const read = await readParsedTree(new Uint8Array(0), parsed, DEFAULT_READ_LIMITS, '/tree', 1);
    const { faults, total } = refusalOf(read);
    assert.equal(faults.length, 100);
    assert.equal(total, 1_000_000);
    assert.equal(faults[99]!.pointer, '/tree/processes/99/pid');
  });

  it('with a list too long or wrong far in it is told where', async () => {
    const long = new Array(300_000).fill('2').join();
    const namespaces = new Array(2000).fill('{"id":1,"parent":null,"init":null}').join();
    const cases: [string, string, string][] = [
      [process(`"pid":2,"ppid":1,"pgid":1,"sid":1,"nspid":[${long}]`), 'FIELD_INVALID', '/processes/1/nspid'],
      [
        process(`"pid":2,"ppid":1,"pgid":1,"sid":1,"threads":[${long},"3"]`),
        'FIELD_INVALID',
        '/processes/1/threads/300000',
      ],
      [`{"pidNamespaces":[${namespaces}],"processes":[]}`, 'FIELD_INVALID', '/pidNamespaces/0/id'],
    ];
    for (const [text, code, pointer] of cases) {
      const { faults } = refusalOf(await readTree('json', Buffer.from(text)));
      assert.deepEqual([faults[0]!.code, faults[0]!.pointer], [code, pointer]);
      assert.ok(faults.length <= 100);
    }
  });

  it('with unknown fields by the million, __proto__ among them, gives a hundred faults', async () => {
    const unknown = Array.from({ length: 1_000_000 }, (_, at) => `"x${at}":1`).join();
    const { faults } = refusalOf(
      await readTree('json', Buffer.from(`{"__proto__":{},${unknown},"processes":[]}`)),
    );
    assert.equal(faults.length, 100);
    assert.deepEqual([faults[0]!.code, faults[0]!.pointer], ['FIELD_UNKNOWN', '/__proto__']);
  });

  it('over a limit is 413', async () => {
    const processes = [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1, 2, 3] }];
    for (const limit of [{ maxProcesses: 0 }, { maxThreads: 1 }, { maxDecodedBytes: 10 }]) {
      const limits = { ...DEFAULT_READ_LIMITS, ...limit };
      assert.equal(
        refusalOf(await readTree('json', Buffer.from(JSON.stringify({ processes })), limits)).status,
        413,
      );
    }
  });

  it('with a byte order mark is read', async () => {
    const bytes = Buffer.from('\ufeff{"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1}]}');
    assert.equal(treeOf(await readTree('json', bytes)).size, 1);
  });
});
