/** How the service speaks HTTP: methods, HEAD, media types, limits, request ids, other origins, clients that go away. */

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import supertest from 'supertest';
import { PROBLEMS } from '../../src/errors.ts';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { flatTree, postJson, startService } from './service-under-test.ts';

const { app } = await startService({ MAX_BODY_BYTES: '100000', MAX_PROCESSES: '500' });
await app.listen({ port: 0, host: '127.0.0.1' });
const client = supertest(app.server);
const NDJSON_FIRST = 'application/x-ndjson, application/json;q=0.5';
const row = (pid: number) => ({ pid, ppid: pid === 1 ? 0 : 1, pgid: pid, sid: pid });
const PROBLEM = /^application\/problem\+json/;

async function problem(
  request: supertest.Test,
  status: number,
  code: string,
): Promise<Record<string, unknown>> {
  const { body, headers } = await request.expect(status);
  assert.match(headers['content-type']!, PROBLEM);
  assert.equal(body.code, code);
  assert.equal(body.status, status);
  assert.equal(body.title, PROBLEMS[body.code as keyof typeof PROBLEMS].title);
  assert.equal(body.requestId, headers['x-request-id']);
  return body;
}

/** What comes back on a connection of its own until it is closed. */
function rawAnswer(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = app.server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
    socket.write(request);
  });
}

test('a request without Host is told so as any other mistake; HTTP/1.0 needs none', async () => {
  const answer = await rawAnswer('GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 400 .*application\/problem\+json.*"code":"REQUEST_INVALID"/s);
  assert.match(await rawAnswer('GET /livez HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /);
});

test('an error leads to its place in the guide', async () => {
  const { help } = await problem(client.get('/v1/nothing'), 404, 'NOT_FOUND');
  const [page, anchor] = String(help).split('#');
  const { text } = await client.get(page!).expect(200);
  for (const code of Object.keys(PROBLEMS)) assert.ok(text.includes(`id="${code.toLowerCase()}"`), code);
  assert.equal(anchor, 'not_found');
  for (const address of [`${page}/`, '/guide', '/guide/']) await client.get(address).expect(200);
});

test('probes and metrics answer', async () => {
  await client.get('/livez').expect(200, { status: 'ok' });
  await client.get('/readyz').expect(200, { status: 'ok' });
  const { text } = await client.get('/metrics').expect(200);
  assert.match(text, /regraft_plans_waiting 0/);
  assert.match(
    text,
    /regraft_http_request_duration_seconds_count\{method="GET",route="\/livez",status="200"\}/,
  );
});

test('the page, the document and its browser need nothing from elsewhere', async () => {
  for (const url of ['/', '/docs/', '/docs/static/swagger-initializer.js']) {
    const { text } = await client.get(url).expect(200);
    const elsewhere = text.match(/(?:src|href)="https?:[^"]*"/g);
    assert.equal(elsewhere, null, url);
  }
  const { body } = await client.get('/openapi.json').expect(200);
  assert.equal(body.openapi, '3.1.0');
  await client.get('/docs/json').expect(200);
});

test('other methods get 405 with Allow; OPTIONS and HEAD are right', async () => {
  const { headers } = await client.put('/v1/plans').send({}).expect(405).expect('content-type', PROBLEM);
  assert.equal(headers.allow, 'POST, OPTIONS');
  await client.options('/v1/trees').expect(204).expect('allow', 'GET, HEAD, POST, OPTIONS');
  await client
    .patch(`/v1/plans/${'0'.repeat(64)}`)
    .type('text/plain')
    .send('x')
    .expect(405);
  await client.trace('/v1/trees').expect(405).expect('allow', 'GET, HEAD, POST, OPTIONS');
  await client.get('/v1/plans:batch').expect(405).expect('allow', 'POST, OPTIONS');
  const head = await client.head('/v1/trees').expect(200);
  assert.equal(head.text, undefined);
});

test('a HEAD says of the representation what the GET says', async () => {
  const tree = { processes: Array.from({ length: 300 }, (_, i) => row(i + 1)) };
  const { id, treeId } = (await postJson(app, '/v1/plans', tree)).json<Record<string, string>>();
  const asked = [{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'br', accept: NDJSON_FIRST }];
  const said = ['etag', 'content-encoding', 'content-type', 'content-length', 'vary', 'cache-control'];
  for (const url of [
    `/v1/plans/${id}`,
    `/v1/plans/${id}/steps`,
    `/v1/trees/${treeId}`,
    '/v1/trees',
    '/',
    '/openapi.json',
  ]) {
    for (const headers of asked) {
      const [get, head] = await Promise.all([
        app.inject({ url, headers }),
        app.inject({ method: 'HEAD', url, headers }),
      ]);
      const fields = (answer: typeof get) => [answer.statusCode, ...said.map((name) => answer.headers[name])];
      assert.deepEqual(fields(head), fields(get), `${url} ${JSON.stringify(headers)}`);
      assert.equal(head.rawPayload.length, 0);
      const tag = head.headers.etag;
      if (!tag) continue;
      const again = await app.inject({ method: 'HEAD', url, headers: { ...headers, 'if-none-match': tag } });
      assert.deepEqual([again.statusCode, again.headers.etag], [304, tag]);
    }
  }
});

test('a type without a body deletes; a body asks for what is not done', async () => {
  const types = { json: 'application/json', form: 'application/x-www-form-urlencoded' };
  for (const [kind, contentType] of Object.entries(types)) {
    for (const length of [{}, { 'content-length': '0' }]) {
      const { id, treeId } = (await postJson(app, '/v1/plans', flatTree(3))).json<Record<string, string>>();
      const headers = { 'content-type': contentType, ...length };
      for (const url of [`/v1/plans/${id}`, `/v1/trees/${treeId}`]) {
        const filled = await app.inject({
          method: 'DELETE',
          url,
          headers: { 'content-type': contentType },
          body: '{}',
        });
        assert.equal(filled.statusCode, 415, `${kind} ${url}`);
        assert.equal(
          (await app.inject({ method: 'DELETE', url, headers })).statusCode,
          204,
          `${kind} ${url}`,
        );
      }
    }
  }
  await client.options('/v1/trees').type('json').expect(204);
  await problem(client.post('/v1/nothing').type('png').send('x'), 404, 'NOT_FOUND');
});

test('what is not there is 404, what is not accepted 406', async () => {
  const id = 'a'.repeat(64);
  await problem(client.get('/v1/nothing'), 404, 'NOT_FOUND');
  await problem(client.get(`/v1/trees/${id}`), 404, 'TREE_NOT_FOUND');
  await problem(client.get(`/v1/plans/${id}`), 404, 'PLAN_NOT_FOUND');
  await problem(client.get(`/v1/plans/${id}/steps`), 404, 'PLAN_NOT_FOUND');
  await problem(client.post('/v1/plans').send({ treeId: id }), 404, 'TREE_NOT_FOUND');
  await problem(client.get('/v1/trees').set('accept', 'image/png'), 406, 'NOT_ACCEPTABLE');
  for (const accept of ['application/json; charset=utf-8', 'application/json;charset="UTF-8";q=0.9']) {
    await client.get('/v1/trees').set('accept', accept).expect(200);
  }
  const latin = 'application/json; charset=iso-8859-1';
  await problem(client.get('/v1/trees').set('accept', latin), 406, 'NOT_ACCEPTABLE');
  await problem(client.get('/v1/trees/short'), 404, 'TREE_NOT_FOUND');
  await problem(client.get(`/v1/plans/${'G'.repeat(64)}/steps`), 404, 'PLAN_NOT_FOUND');
  await problem(client.get('/v1/trees?limit=0'), 400, 'QUERY_INVALID');
  await problem(client.post('/v1/plans?include=everything').send(SAMPLE), 400, 'QUERY_INVALID');
  await problem(client.get('/v1/%zz'), 400, 'REQUEST_INVALID');
});

test('bad bodies name the place', async () => {
  const text = (body: string) => client.post('/v1/plans').set('content-type', 'application/json').send(body);
  await problem(text(''), 400, 'BODY_EMPTY');
  for (const [type, says] of [
    ['application/octet-stream', /neither JSON nor NDJSON, no tar/],
    ['text/plain', /^text\/plain is no form of a tree image\. Send application\/json,/],
  ] as const) {
    const foreign = client.post('/v1/plans').set('content-type', type).send('hello');
    assert.match(String((await problem(foreign, 415, 'FORM_UNKNOWN')).detail), says);
  }
  const cut = await problem(text('{"processes": [{"pid": 1'), 400, 'IMAGE_UNPARSABLE');
  assert.deepEqual((cut.errors as { offset: number }[])[0]!.offset, 24);
  const twice = await problem(
    client.post('/v1/plans').send({ tree: { processes: [SAMPLE.processes[0], SAMPLE.processes[0]] } }),
    422,
    'IMAGE_INVALID',
  );
  assert.deepEqual((twice.errors as { pointer: string; code: string }[])[0], {
    code: 'DUPLICATE_PID',
    message: '1 is the pid of an earlier process too.',
    pointer: '/tree/processes/1/pid',
  });
  const options = await problem(
    client.post('/v1/plans').send({ tree: SAMPLE, options: { helperPidMin: '300', what: 1 } }),
    422,
    'BODY_INVALID',
  );
  const pointers = (options.errors as { pointer: string }[]).map(({ pointer }) => pointer);
  assert.ok(pointers.includes('/options/helperPidMin'), String(pointers));
  await problem(client.post('/v1/plans').send({ tree: SAMPLE, treeId: 'x' }), 422, 'BODY_INVALID');
  await problem(client.post('/v1/plans').send({ treeId: 7 }), 422, 'BODY_INVALID');
  const without = await problem(client.post('/v1/plans').send({ options: {} }), 422, 'BODY_INVALID');
  assert.match(String(without.detail), /^A tree is wanted/);
  await problem(text('{"treeId":"x","treeId":"y"}'), 400, 'IMAGE_UNPARSABLE');
  await problem(text('[]'), 422, 'IMAGE_INVALID');
  await problem(client.post('/v1/trees').type('text/html').send('<p>'), 415, 'FORM_UNKNOWN');
  await problem(client.post('/v1/plans:batch').send({}), 415, 'FORM_UNKNOWN');
  const { detail } = await problem(
    client.post('/v1/trees').set('content-type', ';;').send('{}'),
    415,
    'FORM_UNKNOWN',
  );
  assert.equal(detail, 'Content-Type is no media type: name one, or leave it out.');
});

test('limits are kept, announced length or not', async () => {
  const long = JSON.stringify(flatTree(2000));
  await problem(client.post('/v1/trees').type('json').send(long), 413, 'BODY_TOO_LARGE');
  const chunk = 'x'.repeat(50_000);
  const answer = await rawAnswer(
    'POST /v1/trees HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n' +
      `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(4) +
      '0\r\n\r\n',
  );
  assert.match(answer, /^HTTP\/1.1 413 Payload Too Large\r\n/);
  await problem(client.post('/v1/trees').send(flatTree(501)), 413, 'IMAGE_TOO_LARGE');
});

test('files of an image come as multipart too', async () => {
  const image = new URL('../../../test/fixtures/criu-images/docker_shim/', import.meta.url);
  const { readdirSync, readFileSync } = await import('node:fs');
  const request = client.post('/v1/plans');
  for (const name of readdirSync(image)) {
    if (name.endsWith('.img')) request.attach(name, readFileSync(new URL(name, image)), name);
  }
  request.attach('pages-1.img', Buffer.alloc(1000), 'pages-1.img');
  const { body } = await request.expect(201);
  assert.equal(body.outcome, 'restorable');
  await problem(client.post('/v1/plans').field('note', 'no file'), 400, 'BODY_EMPTY');
  await problem(
    client.post('/v1/plans').set('content-type', 'multipart/form-data; boundary=x').send('garbage'),
    400,
    'BODY_UNPARSABLE',
  );
});

test('a checkpoint archive is read as it comes', async () => {
  const { readFileSync } = await import('node:fs');
  const archive = readFileSync(
    new URL('../../../test/fixtures/archives/podman-checkpoint.tar.zst', import.meta.url),
  );
  const { body } = await client.post('/v1/plans').type('application/octet-stream').send(archive).expect(201);
  assert.equal(body.outcome, 'restorable');
});

test('a sensible request id is kept, another replaced', async () => {
  await client.get('/livez').set('x-request-id', 'client-7').expect('x-request-id', 'client-7');
  const { headers } = await client.get('/livez').set('x-request-id', 'a b"c');
  assert.match(headers['x-request-id']!, /^[0-9a-f-]{36}$/);
});

test('browsers from elsewhere get nothing unless CORS is on', async () => {
  const { headers } = await client.get('/livez').set('origin', 'https://elsewhere.example');
  assert.equal(headers['access-control-allow-origin'], undefined);
  const open = await startService({ CORS_ORIGIN: 'https://ours.example' });
  const ours = await open.app.inject({ url: '/livez', headers: { origin: 'https://ours.example' } });
  assert.equal(ours.headers['access-control-allow-origin'], 'https://ours.example');
  const preflight = await open.app.inject({
    method: 'OPTIONS',
    url: '/v1/plans',
    headers: { origin: 'https://ours.example', 'access-control-request-method': 'POST' },
  });
  assert.equal(preflight.statusCode, 204);
  assert.match(String(preflight.headers['access-control-allow-methods']), /POST/);
});

test('an aborted upload leaves the service as it was', async () => {
  const { port } = app.server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST /v1/plans HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n{"pro',
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  assert.equal((await postJson(app, '/v1/plans', SAMPLE)).statusCode, 201);
});
