/** What an upload says beside its tree, over HTTP: requirements and the command, of the upload that is meant. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { FIXTURES, imageParts, tarOf } from '../formats/dumps.ts';
import { postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const FOLDER = join(FIXTURES, 'criu-surroundings');
const IMAGES = imageParts(FOLDER).map(({ name, bytes }) => ({ name: `checkpoint/${name}`, bytes }));

async function post(without: string) {
  const payload = await tarOf(IMAGES.filter(({ name }) => !name.includes(without)));
  const headers = { 'content-type': 'application/x-tar' };
  return (await app.inject({ method: 'POST', url: '/v1/trees', headers, payload })).json();
}
const properties = async (url: string): Promise<string[]> =>
  (await app.inject(url)).json().requirements.map(({ property }: { property: string }) => property);

test('equal trees with other surroundings are told apart, and the latest one is the default', async () => {
  const whole = await post('nothing');
  const without = await post('filelocks');
  assert.equal(whole.id, without.id);
  assert.notEqual(whole.surroundings, without.surroundings);
  const plain = `/v1/trees/${whole.id}/requirements`;
  assert.ok((await properties(whole.links.requirements)).includes('locks'));
  assert.ok(!(await properties(plain)).includes('locks'));
  await post('nothing');
  assert.ok((await properties(plain)).includes('locks'));
  const command = (await app.inject(whole.links.criuCommand)).json();
  assert.match(command.restore, /--tcp-established --file-locks/);
  assert.ok(command.options.every(({ because }: { because: string }) => because.length > 10));

  const json = (await app.inject(`/v1/trees/${whole.id}`)).json();
  const again = (await postJson(app, '/v1/trees', json)).json();
  assert.equal(again.id, whole.id);
  assert.equal(again.surroundings, undefined);
  assert.ok((await properties(plain)).includes('locks'), 'a tree alone changes nothing of it');
});

test('surroundings that nobody brought are not found, and go with their tree', async () => {
  const { id, surroundings } = await post('nothing');
  assert.equal(
    (await app.inject(`/v1/trees/${id}/requirements?surroundings=${'0'.repeat(64)}`)).statusCode,
    404,
  );
  assert.equal((await app.inject(`/v1/trees/${id}/requirements?surrounding=x`)).statusCode, 400);
  await app.inject({ method: 'DELETE', url: `/v1/trees/${id}` });
  const json = { root: 1, processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }] };
  await postJson(app, '/v1/trees', json);
  await post('nothing');
  assert.equal(
    (await app.inject(`/v1/trees/${id}/requirements?surroundings=${surroundings}`)).statusCode,
    200,
  );
});
