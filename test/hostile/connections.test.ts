/** Clients that send slowly, stop in the middle, send many requests at once, or do not speak HTTP. */

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { dumpParts, tarOf } from '../formats/dumps.ts';
import { scaled } from '../full-size.ts';
import type { Attacker } from './attacker.ts';
import { MULTIPART, multipartBody } from './multipart.ts';
import { besieged } from './siege.ts';

const REQUEST_TIMEOUT_MS = 2000;
const siege = await besieged({ REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) });
const parts = dumpParts('trivial');
const tar = await tarOf(parts);
const LINE = '{"pid":1,"ppid":0,"pgid":1,"sid":1}';
/** Valid beginnings of bodies, one a form. */
const BODIES: readonly (readonly [string, Buffer])[] = [
  ['application/json', Buffer.from(`{"processes":[${LINE}]}`)],
  ['application/x-ndjson', Buffer.from(`{"root":1}\n${LINE}\n`)],
  ['application/x-tar', tar],
  ['application/gzip', gzipSync(tar)],
  [MULTIPART, multipartBody(parts)],
];

async function open(): Promise<Socket> {
  const socket = connect(siege.server.port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

function head(type: string, length: number): string {
  return `POST /v1/plans HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;
}

/** Everything that the server says until it closes. */
async function everything(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

async function answersSoon(attacker: Attacker, what: string): Promise<void> {
  const image = '{"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1}]}';
  const { status } = await attacker.post('/v1/plans', 'application/json', image, what);
  assert.equal(status, 201);
}

siege.refused('uploads that end in the middle', async (attacker) => {
  const rounds = scaled(4, 40);
  for (let round = 0; round < rounds; round++) {
    await Promise.all(
      BODIES.map(async ([type, body]) => {
        const socket = await open();
        socket.write(head(type, body.length));
        socket.write(body.subarray(0, Math.floor((body.length * round) / rounds)));
        await sleep(5);
        if (round % 2 === 0) socket.destroy();
        else socket.resetAndDestroy();
      }),
    );
    await answersSoon(attacker, `after round ${round}`);
  }
});

siege.refused('large uploads that end in the middle', async (attacker) => {
  const blank = Buffer.alloc(2 ** 20, ' ');
  for (const [type] of BODIES) {
    const socket = await open();
    socket.write(head(type, 2 ** 30));
    const first = type === 'application/x-ndjson' ? '{"root":1}\n' : '';
    socket.write(first);
    // More than is received whole, so that a thread reads it already.
    for (let sent = 0; sent < 40 && !socket.destroyed; sent++) {
      if (!socket.write(blank)) await drained(socket, 100);
    }
    socket.destroy();
    await answersSoon(attacker, `after ${type}`);
  }
  const large = `{"processes":[],"root":1${' '.repeat(2 ** 20)}}`;
  await attacker.refused('/v1/plans', 'application/json', large, [422, 'NO_PROCESS'], 'the reading thread');
});

/** Or not, within this time. */
function drained(socket: Socket, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const ended = (): void => {
      clearTimeout(late);
      socket.off('drain', ended).off('close', ended);
      resolve();
    };
    const late = setTimeout(ended, milliseconds);
    socket.on('drain', ended).on('close', ended);
  });
}

siege.refused('uploads a byte at a time, until their time is up', async (attacker, context) => {
  const sockets = await Promise.all(Array.from({ length: 50 }, open));
  const begun = performance.now();
  const ends = sockets.map(everything);
  sockets.forEach((socket, at) => {
    socket.write(head(BODIES[at % BODIES.length]![0], 1000));
  });
  let closed = false;
  void Promise.all(ends).then(() => {
    closed = true;
  });
  while (!closed) {
    for (const socket of sockets) if (socket.writable) socket.write(' ');
    await answersSoon(attacker, 'while 50 are slow');
    await sleep(100);
    assert.ok(performance.now() - begun < 5 * REQUEST_TIMEOUT_MS, 'slow uploads are not ended');
  }
  context.diagnostic(`ended after ${Math.round(performance.now() - begun)} ms`);
  for (const text of await Promise.all(ends)) {
    if (text !== '') isProblem(text, 408, 'slow');
  }
});

/** The only answer is a problem. */
function isProblem(text: string, status: number, what: string): void {
  assert.ok(text.startsWith(`HTTP/1.1 ${status} `), `${what}: ${text.slice(0, 300)}`);
  assert.match(text, /content-type: application\/problem\+json/i, what);
  const problem = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as { status: number; code: string };
  assert.equal(problem.status, status);
  assert.ok(problem.code);
}

siege.survived('requests that come all at once on one connection', async (_attacker, context) => {
  const requests = scaled(300, 3000);
  const socket = await open();
  const said = everything(socket);
  const bodies = Array.from({ length: requests }, (_, at) =>
    at % 3 === 0
      ? `{"processes":[{"pid":${at + 1}}]}`
      : `{"processes":[${LINE.replace('1', String(at + 1))}]}`,
  );
  const wire = bodies.map((body) => head('application/json', body.length) + body);
  socket.write(`${wire.join('')}GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  const begun = performance.now();
  const text = await said;
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
  assert.deepEqual(statuses, [...bodies.map((_, at) => (at % 3 === 0 ? 422 : 201)), 200]);
  context.diagnostic(`${requests} answers in their order after ${Math.round(performance.now() - begun)} ms`);
});

siege.refused('what is not HTTP', async (attacker) => {
  const cases: [string, string, number][] = [
    ['no request line', 'hello\r\n\r\n', 400],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\n: x\r\n\r\n', 400],
    [
      'two lengths',
      'POST /v1/plans HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx',
      400,
    ],
    [
      'a length and chunks',
      'POST /v1/plans HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['a negative length', 'POST /v1/plans HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', 400],
    ['a header of 100 KB', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
    ['an address of 100 KB', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431],
  ];
  for (const [what, bytes, status] of cases) {
    const socket = await open();
    const said = everything(socket);
    socket.write(bytes, 'latin1');
    isProblem(await said, status, what);
    await answersSoon(attacker, what);
  }
});
