/** PROCESSES: several server processes on one port and one PostgreSQL, as one service. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresServer, whyNoPostgres } from '../store/postgres-server.ts';

const MAIN = join(import.meta.dirname, '../../src/main.js');

const environment = (more: Record<string, string>) => ({ PATH: process.env.PATH, PORT: '0', ...more });

function refused(more: Record<string, string>): string {
  const { status, stderr } = spawnSync(process.execPath, [MAIN], {
    env: environment({ PROCESSES: '3', LOG_LEVEL: 'silent', ...more }),
    encoding: 'utf8',
  });
  assert.equal(status, 1, stderr);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
  return stderr.trim();
}

test('several processes need a database, and say once what is wrong', () => {
  assert.match(refused({ DATA_DIR: '/none' }), /PROCESSES=3: .* set DATABASE_URL/);
  assert.match(
    refused({ DATABASE_URL: 'postgres://regraft:secret@127.0.0.1:1/none' }),
    /DATABASE_URL=.*REFUSED/,
  );
});

test('processes share a port, their metrics are one, a killed one is replaced, and all end together', {
  skip: whyNoPostgres,
}, async (t) => {
  const postgres = await PostgresServer.start();
  t.after(() => postgres.remove());
  const DATABASE_URL = await postgres.newDatabase('processes');
  const parent = spawn(process.execPath, [MAIN], {
    env: environment({ DATABASE_URL, PROCESSES: '2' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => parent.kill('SIGKILL'));
  const log: { msg: string; pid: number }[] = [];
  let rest = '';
  parent.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop()!;
    log.push(...lines.map((line) => JSON.parse(line)));
  });
  const serving = () => log.filter(({ msg }) => msg === 'serving').map(({ pid }) => pid);
  const said = async (isSaid: () => boolean) => {
    for (let tries = 0; !isSaid(); tries++) {
      assert.ok(tries < 600, JSON.stringify(log));
      await delay(50);
    }
  };
  await said(() => serving().length === 2);
  const [, url] = log.map(({ msg }) => /Server listening at (http:\S+)/.exec(msg)).find(Boolean)!;

  const address = new URL(url!);
  /** On a connection of its own: connections go to the processes in turn. */
  const ask = async (path: string, tree?: object) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(new URL(path, address), {
      ...{ agent: new Agent(), headers, method: tree ? 'POST' : 'GET' },
    });
    sent.end(tree && JSON.stringify({ tree }));
    const [answer] = await once(sent, 'response');
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk;
    return { status: answer.statusCode as number, text };
  };
  const treeOf = (pid: number) => ({
    processes: [
      { pid: 1, ppid: 0, pgid: 1, sid: 1 },
      { pid, ppid: 1, pgid: pid, sid: pid },
    ],
  });
  for (let pid = 2; pid < 12; pid++) assert.equal((await ask('/v1/plans', treeOf(pid))).status, 201);
  const made = async () => {
    const { text } = await ask('/metrics');
    assert.match(text, /regraft_build_info\{.*\} 1\n/);
    assert.match(text, /regraft_store_records\{kind="tree"\} \d+\n/);
    return Number(/regraft_plans_total\{outcome="restorable"\} (\d+)/.exec(text)?.[1]);
  };
  assert.equal(await made(), 10, 'of both, whoever is asked');

  const killed = serving()[1]!;
  process.kill(killed, 'SIGKILL');
  await said(() => serving().length === 3);
  for (let pid = 20; pid < 24; pid++) assert.equal((await ask('/v1/plans', treeOf(pid))).status, 201);
  assert.ok(log.some(({ msg }) => msg.startsWith('a server process ended')));

  parent.kill('SIGTERM');
  const [code] = await once(parent, 'exit');
  assert.equal(code, 0);
  for (const pid of serving()) assert.throws(() => readFileSync(`/proc/${pid}/stat`), `${pid} is gone`);
});
