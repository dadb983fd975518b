/** Query parameters and bodies mean what they say: typed, and refused where they are not known. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FAULT_CODES } from '../../src/http/schemas/problem-schema.ts';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const { id, treeId } = (await postJson(app, '/v1/plans', SAMPLE)).json();

interface Operation {
  readonly operationId: string;
}
const { paths } = JSON.parse(
  readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8'),
) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { code: string; parameter?: string; pointer?: string; message: string }[];
}

test('every option of a plan can be given in the query, and means the same as in the body', async () => {
  const queries: [string, object][] = [
    ['occupiedPids=300', { occupiedPids: [300] }],
    ['occupiedPids=301,300', { occupiedPids: [300, 301] }],
    ['births=7:4,6:2', { births: { 7: 4, 6: 2 } }],
    [
      'helperPidMin=500&allowCloneParent=false&respectCaba=false&history=0',
      {
        helperPidMin: 500,
        allowCloneParent: false,
        respectCaba: false,
        history: 0,
      },
    ],
  ];
  for (const [query, options] of queries) {
    const inQuery = await postJson(app, `/v1/plans?${query}`, SAMPLE);
    const inBody = await postJson(app, '/v1/plans', { tree: SAMPLE, options });
    assert.equal(inQuery.statusCode, 201, inQuery.body);
    assert.equal(inQuery.json().id, inBody.json().id, query);
    assert.deepEqual(inQuery.json().options, inBody.json().options);
  }
});

test('an option in the query and another one in the body are a mistake, the same one in both is none', async () => {
  const options = { helperPidMin: 500, births: { 6: 2, 7: 4 }, occupiedPids: [8, 9], history: 0 };
  const same = 'helperPidMin=500&births=7:4,6:2&occupiedPids=9,8,9&allowCloneParent=true';
  const both = await postJson(app, `/v1/plans?${same}`, { tree: SAMPLE, options });
  assert.equal(both.json().id, (await postJson(app, '/v1/plans', { tree: SAMPLE, options })).json().id);
  for (const query of [
    'helperPidMin=501',
    'births=6:2',
    'occupiedPids=8',
    'history=1',
    'helperPidMin=501&history=1',
  ]) {
    const answer = await postJson(app, `/v1/plans?${query}`, { tree: SAMPLE, options });
    assert.equal(answer.statusCode, 400, query);
    const { code, errors } = answer.json();
    const names = query.split('&').map((pair) => pair.split('=')[0]);
    assert.equal(code, 'QUERY_INVALID');
    assert.deepEqual(
      errors.map(({ parameter, pointer }: Record<string, string>) => [parameter, pointer]),
      names.map((name) => [name, `/options/${name}`]),
    );
  }
});

test('values that a parameter cannot have are told by its name', async () => {
  const wrong: [string, string][] = [
    ['occupiedPids=0', 'occupiedPids'],
    ['occupiedPids=3,x', 'occupiedPids'],
    ['occupiedPids=9999999999', 'occupiedPids'],
    ['births=6', 'births'],
    ['births=6:9999999999', 'births'],
    ['births=6:99', 'births'],
    ['helperPidMin=1', 'helperPidMin'],
    ['helperPidMin=300.5', 'helperPidMin'],
    ['helperPidMin=0x200', 'helperPidMin'],
    ['history=true', 'history'],
    ['history=0e0', 'history'],
    ['history=', 'history'],
    ['history=-1', 'history'],
    ['history=0&history=1', 'history'],
    ['allowCloneParent=perhaps', 'allowCloneParent'],
    ['include=everything', 'include'],
  ];
  for (const [query, parameter] of wrong) {
    const answer = await postJson(app, `/v1/plans?${query}`, SAMPLE);
    const { code, errors } = answer.json<Refusal>();
    assert.deepEqual(
      [answer.statusCode, code, errors[0]!.parameter],
      [400, 'QUERY_INVALID', parameter],
      query,
    );
    assert.ok(errors.every((error) => error.code in FAULT_CODES));
  }
});

test('no call takes a parameter that it does not know', async () => {
  let calls = 0;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { operationId }] of Object.entries(operations)) {
      if (method === 'delete') continue;
      const url = path.replace('{id}', path.includes('/trees/') ? treeId : id).replace('{other}', id);
      const type = operationId === 'explainLog' ? 'text/plain' : 'application/json';
      const posted = method === 'post' && { payload: '{}', headers: { 'content-type': type } };
      const answer = await app.inject({
        method: method.toUpperCase() as 'GET' | 'POST',
        url: `${url}?helperPidMn=3`,
        ...posted,
      });
      const { code, errors } = answer.json<Refusal>();
      assert.deepEqual([answer.statusCode, code], [400, 'QUERY_INVALID'], operationId);
      assert.deepEqual([errors[0]!.code, errors[0]!.parameter], ['PARAMETER_UNKNOWN', 'helperPidMn']);
      calls++;
    }
  }
  assert.ok(calls > 15);
});

test('a preflight with a field that is not known is refused', async () => {
  for (const [body, pointer] of [
    [{ occupiedPid: [1] }, '/occupiedPid'],
    [{ kernelrelease: '4.0' }, '/kernelrelease'],
    [{ pidMax: '32768' }, '/pidMax'],
  ] as const) {
    const answer = await postJson(app, `/v1/plans/${id}/preflight`, body);
    const { code, errors } = answer.json<Refusal>();
    assert.deepEqual([answer.statusCode, code, errors[0]!.pointer], [422, 'BODY_INVALID', pointer]);
  }
});

test('births to assume are checked key by key', async () => {
  const wrong: [object, string, string][] = [
    [{ x: 1 }, '/options/births/x', 'FIELD_UNKNOWN'],
    [{ '-5': 1 }, '/options/births/-5', 'FIELD_UNKNOWN'],
    [{ 6: -1 }, '/options/births/6', 'FIELD_INVALID'],
    [{ 6: 'x' }, '/options/births/6', 'FIELD_INVALID'],
    [{ 99: 1 }, '/options/births/99', 'BIRTH_UNKNOWN'],
    [{ 6: 99 }, '/options/births/6', 'BIRTH_UNKNOWN'],
    [{ 6: 6 }, '/options/births/6', 'BIRTH_UNKNOWN'],
  ];
  for (const [births, pointer, fault] of wrong) {
    const answer = await postJson(app, '/v1/plans', { tree: SAMPLE, options: { births } });
    const { code, errors } = answer.json<Refusal>();
    assert.deepEqual(
      [answer.statusCode, code, errors[0]!.pointer, errors[0]!.code],
      [422, 'BODY_INVALID', pointer, fault],
      answer.body,
    );
  }
});

test('a value that is none of a few is told which there are', async () => {
  const tree = { processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1, state: 'dead' }] };
  const { errors } = (await postJson(app, '/v1/plans', tree)).json<Refusal>();
  assert.match(errors[0]!.message, /"alive", "zombie"/);
  const { detail } = (await postJson(app, '/v1/plans?include=all', SAMPLE)).json<Refusal>();
  assert.match(detail, /`steps`, `diff`/);
});
