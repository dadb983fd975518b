/**
 * The proxy of docker-compose.yml before three servers on one PostgreSQL: as it stands there, but for the names and ports. One server
 * is told to stop, another one is killed, and each comes back, under requests: clients notice nothing.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { flatTree } from '../http/service-under-test.ts';
import { PostgresServer, whyNoPostgres } from '../store/postgres-server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'dist/src/main.js');
const skip =
  whyNoPostgres ||
  (spawnSync('nginx', ['-v']).status === 0 ? false : 'no nginx is installed (Debian: nginx-light)');

async function serve(port: number, database: string, children: ChildProcess[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, PORT: String(port), DATABASE_URL: database, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  children.push(child);
  for (let patience = 0; patience < 300; patience++) {
    const isReady = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return child;
    await delay(100);
  }
  throw new Error('the server does not start');
}

/** The configuration of the compose file, for servers at these ports. */
function proxyConfiguration(folder: string, port: number, servers: readonly number[]): string {
  const compose = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  const [, indented] = /\n {4}content: \|\n((?: {6}.*\n)+)/.exec(compose)!;
  const server = /^ *server replica:8080 resolve (.*)$/m;
  const [, parameters] = server.exec(indented!)!;
  return `pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
${indented!
  .replaceAll('$$', '$')
  .replace(/^ *resolver .*$/m, '')
  .replace(server, servers.map((at) => `server 127.0.0.1:${at} ${parameters}`).join('\n'))
  .replace('listen 80;', `listen 127.0.0.1:${port};`)}}
`;
}

/** How long, in milliseconds, the proxy asks no server again that was away (`fail_timeout`). */
function passedOverFor(folder: string): number {
  const [, seconds] = /fail_timeout=(\d+)s/.exec(readFileSync(join(folder, 'nginx.conf'), 'utf8'))!;
  return Number(seconds) * 1000 + 500;
}

test('a server that drains, and one that is killed, are passed over; where none is left the proxy says so as a server would', {
  skip,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-proxy-'));
  const children: ChildProcess[] = [];
  const postgres = await PostgresServer.start();
  t.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await postgres.remove();
    rmSync(folder, { recursive: true });
  });
  const database = await postgres.newDatabase('regraft');
  const ports = [await freePort(), await freePort(), await freePort()] as const;
  const servers = await Promise.all(ports.map((port) => serve(port, database, children)));
  const proxy = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), proxyConfiguration(folder, proxy, ports));
  const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-g', 'daemon off; master_process off;'], {
    stdio: 'ignore',
  });
  children.push(nginx);
  const origin = `http://127.0.0.1:${proxy}`;
  await fetch(`${origin}/readyz`).catch(() => delay(1000));

  let isOver = false;
  let count = 0;
  const failed: string[] = [];
  const ask = async (path: string, init?: RequestInit): Promise<string> => {
    const answer = await fetch(origin + path, { signal: AbortSignal.timeout(60_000), ...init });
    const text = await answer.text();
    count++;
    if (!answer.ok) failed.push(`${init?.method ?? 'GET'} ${path}: ${answer.status} ${text.slice(0, 200)}`);
    return text;
  };
  const post = (path: string, body: string, type = 'application/json') =>
    ask(path, { method: 'POST', body, headers: { 'content-type': type } });
  const client = async (n: number): Promise<void> => {
    for (let turn = 0; !isOver; turn++) {
      const tree = JSON.stringify({
        tree: flatTree(3 + (turn % 50)),
        options: { helperPidMin: 1000 * n + turn },
      });
      try {
        const { id, treeId } = JSON.parse(await post('/v1/plans', tree)) as { id: string; treeId: string };
        await ask(`/v1/plans/${id}`);
        await post('/v1/plans', JSON.stringify({ treeId, options: { helperPidMin: 1000 * n + turn } }));
        if (turn % 20 === n) await post('/v1/trees', JSON.stringify(flatTree(20_000 + n + turn)));
        if (turn % 10 === n)
          await post('/v1/plans:batch', `{"treeId":"${treeId}"}\n`, 'application/x-ndjson');
      } catch (error) {
        failed.push(`${(error as Error).message} ${(error as { cause?: unknown }).cause ?? ''}`);
      }
    }
  };
  const clients = [1, 2, 3, 4].map(client);
  for (const [i, signal] of [
    [0, 'SIGTERM'],
    [1, 'SIGKILL'],
    [2, 'SIGTERM'],
  ] as const) {
    await delay(1500);
    const exit = once(servers[i]!, 'exit');
    servers[i]!.kill(signal);
    await exit;
    await delay(1000);
    servers[i] = await serve(ports[i]!, database, children);
  }
  isOver = true;
  await Promise.all(clients);
  t.diagnostic(`${count} requests`);
  for (const one of failed.slice(0, 20)) t.diagnostic(one);
  assert.deepEqual(failed, []);
  assert.ok(count > 200);

  await postgres.stop();
  await delay(passedOverFor(folder));
  const body = JSON.stringify({ tree: flatTree(5) });
  const told = async (): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${origin}/v1/plans`, { method: 'POST', body, headers });
    const { code } = (await answer.json()) as { code: string };
    assert.equal(answer.status, 503);
    assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    return code;
  };
  assert.equal(await told(), 'STORE_UNAVAILABLE');
  for (const server of servers) server.kill('SIGKILL');
  assert.equal(await told(), 'SHUTTING_DOWN');
});
