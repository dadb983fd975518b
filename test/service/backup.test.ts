/** The operator's page, "Backup and upgrade": what it says to do brings everything back. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { readConfig } from '../../src/config.ts';
import { startServer } from '../../src/server.ts';
import { PostgresServer, postgresProgram, whyNoPostgres } from '../store/postgres-server.ts';

type Place = Readonly<Record<string, string>>;

const opened = (place: Place): Promise<FastifyInstance> =>
  startServer(readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...place }));

/** Of a thousand processes and more, steps lie apart from their row. */
const SIZES = [1, 5, 3000];

function star(children: number): object {
  const processes = [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }];
  for (let pid = 2; pid < children + 2; pid++) processes.push({ pid, ppid: 1, pgid: pid, sid: pid });
  return { tree: { processes } };
}

/** Paths of trees and plans with what is answered there. */
async function filled(app: FastifyInstance): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const size of SIZES) {
    const made = await app.inject({ method: 'POST', url: '/v1/plans', payload: star(size) });
    assert.equal(made.statusCode, 201);
    const { id, treeId } = made.json();
    for (const url of [`/v1/trees/${treeId}`, `/v1/plans/${id}?include=steps`])
      answers.set(url, (await app.inject(url)).body);
  }
  return answers;
}

async function expectAll(app: FastifyInstance, answers: ReadonlyMap<string, string>): Promise<void> {
  for (const [url, body] of answers) assert.equal((await app.inject(url)).body, body, url);
  const again = await app.inject({ method: 'POST', url: '/v1/trees', payload: star(SIZES[0]!) });
  assert.notEqual(again.statusCode, 500);
}

test('embedded: a copy of DATA_DIR, made while no server runs, is a whole store', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-backup-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  const first = await opened({ DATA_DIR: data });
  const answers = await filled(first);
  await first.close();
  cpSync(data, copy, { recursive: true });
  rmSync(data, { recursive: true });
  const restored = await opened({ DATA_DIR: copy });
  await expectAll(restored, answers);
  await restored.close();
});

test('PostgreSQL: what pg_dump writes, while the server runs, psql brings into an empty database', {
  skip: whyNoPostgres,
}, async (t) => {
  const postgres = await PostgresServer.start();
  t.after(() => postgres.remove());
  const from = await postgres.newDatabase('before');
  const first = await opened({ DATABASE_URL: from });
  t.after(() => first.close());
  const answers = await filled(first);
  const dump = execFileSync(postgresProgram('pg_dump'), [from], { maxBuffer: 1 << 28 });
  const to = await postgres.newDatabase('after');
  const quiet = ['--quiet', '--set=ON_ERROR_STOP=1', to];
  execFileSync(postgresProgram('psql'), quiet, { input: dump, stdio: ['pipe', 'ignore', 'inherit'] });
  const restored = await opened({ DATABASE_URL: to });
  await expectAll(restored, answers);
  await restored.close();
});
