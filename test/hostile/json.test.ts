/** JSON that is no tree image, in every place where a tree image may stand. */

import assert from 'node:assert/strict';
import { scaled } from '../full-size.ts';
import type { Attacker } from './attacker.ts';
import { besieged } from './siege.ts';

const siege = await besieged();
const JSON_TYPE = 'application/json';
const ROOT = '{"pid":1,"ppid":0,"pgid":1,"sid":1}';
const REST = '"ppid":1,"pgid":1,"sid":1';

type Case = readonly [fields: string, status: number, code: string, field: string | null];

/** What a second process must not be. */
const PROCESSES: readonly Case[] = [
  [`"pid":"2",${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":2.5,${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":-2,${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":9007199254740992,${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":9007199254740993,${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":4294967298,${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":1e999,${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":null,${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":[2],${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":{},${REST}`, 422, 'FIELD_INVALID', '/pid'],
  [`"pid":NaN,${REST}`, 400, 'JSON_SYNTAX', null],
  [`"pid":Infinity,${REST}`, 400, 'JSON_SYNTAX', null],
  [`"pid":0x2,${REST}`, 400, 'JSON_SYNTAX', null],
  [`"pid":02,${REST}`, 400, 'JSON_SYNTAX', null],
  [`"pid":2,${REST},`, 400, 'JSON_SYNTAX', null],
  [`"pid":2,${REST},"comm":"\u0001"`, 400, 'JSON_SYNTAX', null],
  [`"pid":2,${REST},"comm":"\\ud800"`, 201, '', null],
  [`"pid":1,${REST}`, 422, 'DUPLICATE_PID', '/pid'],
  ['"pid":2,"ppid":9,"pgid":1,"sid":1', 422, 'PARENT_ABSENT', '/ppid'],
  ['"pid":2,"ppid":2,"pgid":1,"sid":1', 422, 'PARENT_CYCLE', '/ppid'],
  [`"pid":2,${REST},"tty":1`, 422, 'FIELD_UNKNOWN', '/tty'],
  [`"pid":2,${REST},"__proto__":{"state":"zombie"}`, 422, 'FIELD_UNKNOWN', '/__proto__'],
  [`"pid":2,${REST},"constructor":{"prototype":{"x":1}}`, 422, 'FIELD_UNKNOWN', '/constructor'],
  [`"pid":2,${REST},"toString":1`, 422, 'FIELD_UNKNOWN', '/toString'],
  [`"pid":2,${REST},"pid":3`, 400, 'JSON_DUPLICATE_MEMBER', '/pid'],
  [`"pid":2,${REST},"\\u0070id":3`, 400, 'JSON_DUPLICATE_MEMBER', '/pid'],
  [`"pid":2,${REST},"threads":[2,1]`, 422, 'THREAD_ID_IS_PID', '/threads'],
  [`"pid":2,${REST},"threads":[3,3]`, 422, 'THREAD_ID_TWICE', '/threads'],
  [`"pid":2,${REST},"threads":["3"]`, 422, 'FIELD_INVALID', '/threads/0'],
  [`"pid":2,${REST},"nspid":[2,1]`, 422, 'LEVELS_LENGTH', '/nspid'],
  [`"pid":2,${REST},"pidns":"__proto__"`, 422, 'NAMESPACE_UNKNOWN', '/pidns'],
  [`"pid":2,${REST},"exitStatus":65536`, 422, 'FIELD_INVALID', '/exitStatus'],
  [`"pid":2,${REST},"startTime":-1`, 422, 'FIELD_INVALID', '/startTime'],
  [`"pid":2,${REST},"caba":2`, 422, 'CABA_SELF', '/caba'],
];

async function refusedAt(
  attacker: Attacker,
  type: string,
  text: string,
  expected: Case,
  at: string,
): Promise<void> {
  const [fields, status, code, field] = expected;
  if (status === 201) return void (await attacker.post('/v1/plans', type, text, fields));
  const { errors } = await attacker.refused('/v1/plans', type, text, [status, code], fields);
  if (field !== null) assert.equal(errors![0]!.pointer, at + field, fields);
  else assert.ok(errors![0]!.offset !== undefined, fields);
}

siege.survived('a process that is none: alone, in a request, in NDJSON', async (attacker) => {
  for (const expected of PROCESSES) {
    const image = `{"processes":[${ROOT},{${expected[0]}}]}`;
    await refusedAt(attacker, JSON_TYPE, image, expected, '/processes/1');
    await refusedAt(attacker, JSON_TYPE, `{"tree":${image}}`, expected, '/tree/processes/1');
    const [, status, code] = expected;
    const lines = `{"root":1}\n${ROOT}\n{${expected[0]}}\n`;
    if (status === 201) continue;
    const { errors } = await attacker.refused(
      '/v1/plans',
      'application/x-ndjson',
      lines,
      [status, code],
      lines,
    );
    assert.equal(errors![0]!.line, 3, lines);
  }
});

const nested = (open: string, close = ''): string => open.repeat(100_000) + close.repeat(100_000);

siege.refused('texts that are no image', async (attacker) => {
  const texts: [string, number, string][] = [
    ['', 400, 'BODY_EMPTY'],
    [' ', 400, 'JSON_SYNTAX'],
    ['null', 422, 'FIELD_INVALID'],
    ['[]', 422, 'FIELD_INVALID'],
    ['"x"', 422, 'FIELD_INVALID'],
    ['{}', 422, 'FIELD_MISSING'],
    ['{"processes":[]}', 422, 'NO_PROCESS'],
    ['{"processes":{"length":1}}', 422, 'FIELD_INVALID'],
    ['{"processes":[null]}', 422, 'FIELD_INVALID'],
    ['{"processes":[[]]}', 422, 'FIELD_INVALID'],
    ['{"processes":[],"processes":[]}', 400, 'JSON_DUPLICATE_MEMBER'],
    [`{"__proto__":{"processes":[${ROOT}]}}`, 422, 'FIELD_UNKNOWN'],
    [`{"__proto__":null,"processes":[${ROOT}]}`, 422, 'FIELD_UNKNOWN'],
    [`{"rooot":1,"processes":[${ROOT}]}`, 422, 'FIELD_UNKNOWN'],
    [`{"root":2,"processes":[${ROOT}]}`, 422, 'ROOT_ABSENT'],
    [`{"tree":{"processes":[${ROOT}]},"treeId":"x"}`, 422, 'BODY_INVALID'],
    [`{"tree":{"processes":[${ROOT}]},"__proto__":{}}`, 422, 'BODY_INVALID'],
    [`{"tree":null}`, 422, 'FIELD_INVALID'],
    [`{"treeId":"../../etc/passwd"}`, 404, 'TREE_NOT_FOUND'],
    [`{"treeId":{}}`, 422, 'BODY_INVALID'],
    [`{"pstree":{"magic":"PSTREE","entries":{}}}`, 422, 'FIELD_INVALID'],
    [`{"pstree":{"magic":"PSTREE","entries":[{"pid":"1"}]}}`, 422, 'FIELD_INVALID'],
    [`{"magic":"CORE","entries":[]}`, 422, 'IMAGE_MAGIC'],
    [`{"magic":"PSTREE","entries":[{"pid":1e400}]}`, 422, 'FIELD_INVALID'],
    [`{"magic":"PSTREE","entries":[null]}`, 422, 'FIELD_INVALID'],
    [nested('[', ']'), 422, 'JSON_TOO_DEEP'],
    [nested('['), 422, 'JSON_TOO_DEEP'],
    [nested('{"a":', '}'), 422, 'JSON_TOO_DEEP'],
    [`{"processes":[{"pid":${nested('[', ']')}}]}`, 422, 'JSON_TOO_DEEP'],
    [`{"tree":${nested('{"tree":', '}')}}`, 422, 'JSON_TOO_DEEP'],
    [`{"options":${nested('[', ']')},"tree":{"processes":[${ROOT}]}}`, 422, 'JSON_TOO_DEEP'],
    [`{"processes":[${ROOT}]}x`, 400, 'JSON_SYNTAX'],
    [`{"processes":[${ROOT}]`, 400, 'JSON_SYNTAX'],
  ];
  for (const [text, status, code] of texts) {
    await attacker.refused('/v1/plans', JSON_TYPE, text, [status, code], text.slice(0, 100));
  }
});

siege.refused('options that are none', async (attacker) => {
  const options = [
    '1',
    '[]',
    '{"x":1}',
    '{"__proto__":{"history":1}}',
    '{"history":-1}',
    '{"history":1e300}',
    '{"helperPidMin":"300"}',
    '{"helperPidMin":9007199254740992}',
    '{"occupiedPids":[1.5]}',
    '{"occupiedPids":{}}',
    '{"births":[1]}',
    '{"births":{"x":1}}',
    '{"births":{"__proto__":1}}',
    '{"history":0,"history":1}',
  ];
  for (const wish of options) {
    const text = `{"tree":{"processes":[{"pid":5,"ppid":0,"pgid":5,"sid":5}]},"options":${wish}}`;
    const { status } = await attacker.post('/v1/plans', JSON_TYPE, text, wish);
    assert.ok(status === 422 || status === 400, `${wish}: ${status}`);
  }
});

siege.refused('fields and faults by the thousand', async (attacker) => {
  const many = scaled(20_000, 300_000);
  const unknown = Array.from({ length: many }, (_, at) => `"x${at}":1`).join();
  const list = (value: string): string => new Array(many).fill(value).join();
  const texts: [string, string, number, string][] = [
    ['unknown fields of an image', `{${unknown},"processes":[]}`, 422, 'FIELD_UNKNOWN'],
    ['unknown fields of a process', `{"processes":[{${unknown}}]}`, 422, 'FIELD_UNKNOWN'],
    ['unknown fields of a request', `{"tree":{},${unknown}}`, 422, 'BODY_INVALID'],
    ['wrong processes', `{"processes":[${list('{}')}]}`, 422, 'FIELD_MISSING'],
    ['wrong namespaces', `{"pidNamespaces":[${list('{"id":1}')}],"processes":[]}`, 422, 'FIELD_MISSING'],
    [
      'thread ids of one number',
      `{"processes":[{${REST},"pid":2,"threads":[${list('3')}]}]}`,
      422,
      'THREAD_ID_TWICE',
    ],
    ['levels', `{"processes":[{${REST},"pid":2,"nspid":[${list('2')}]}]}`, 422, 'FIELD_INVALID'],
    ['one pid', `{"processes":[${list(ROOT)}]}`, 422, 'DUPLICATE_PID'],
    [
      'a name that is long',
      `{"processes":[{${REST},"pid":2,"comm":"${'x'.repeat(many)}"}]}`,
      422,
      'FIELD_INVALID',
    ],
  ];
  for (const [what, text, status, code] of texts) {
    const refusal = await attacker.refused('/v1/plans', JSON_TYPE, text, [status, code], what);
    assert.ok(refusal.errors!.length <= 200, `${what}: ${refusal.errors!.length} faults`);
  }
});

siege.refused('a cycle of parents', async (attacker) => {
  const size = scaled(10_000, 1_000_000);
  const ring = Array.from(
    { length: size },
    (_, at) => `{"pid":${at + 2},"ppid":${((at + 1) % size) + 2},"pgid":1,"sid":1}`,
  ).join();
  siege.server.forgetPeak();
  await attacker.refused(
    '/v1/plans',
    JSON_TYPE,
    `{"processes":[${ROOT},${ring}]}`,
    [422, 'PARENT_CYCLE'],
    `a cycle of ${size}`,
  );
});
