/** The service as a process: how it starts, why it does not, and how it stops. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const MAIN = join(import.meta.dirname, '../../src/main.js');
const folder = mkdtempSync(join(tmpdir(), 'regraft-start-'));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});
const dataDir = join(folder, 'data');

const environment = (more: Record<string, string>) => ({
  ...{ PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir },
  ...more,
});

/** Starts a server; resolves with it, its address and what it has logged. */
async function started(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN], {
    env: environment(more),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let log = '';
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`it ended: ${log}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const [, url] = /Server listening at (http:[^"]+)/.exec(log) ?? [];
      if (url && log.includes('"serving"')) resolve(url);
    });
  });
  return { child, address, log: () => log };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  return (await exit)[0];
}

it('a token that a client puts into the address is in no line of the log', async () => {
  const { child, address, log } = await started();
  for (const name of ['token', 'access_token', '%74oken', 'api-key', 'Authorization']) {
    await fetch(`${address}/v1/trees?limit=1&${name}=hidden`);
  }
  assert.equal(await ended(child, 'SIGTERM'), 0);
  assert.match(log(), /"url":"\/v1\/trees\?limit=1&access_token=…"/);
  assert.doesNotMatch(log(), /hidden/);
});

describe('a start that cannot be', () => {
  const refused = (more: Record<string, string>) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], {
      env: environment(more),
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout], [1, ''], stderr);
    assert.equal(stderr.split('\n').length, 2, stderr);
    return stderr.trim();
  };

  it('says in a line which setting is wrong, and what is allowed', () => {
    assert.equal(refused({ PORT: 'many' }), 'regraft: PORT=many: a whole number from 0 to 65535');
  });

  it('names the port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    assert.equal(
      refused({ PORT: String(port) }),
      `regraft: PORT=${port}: another program listens there on 127.0.0.1; 0 takes any free port`,
    );
    other.close();
  });

  it('names an address that is not of this machine', () => {
    assert.match(
      refused({ HOST: '192.0.2.1', OPEN_TO_ALL: 'yes' }),
      /^regraft: HOST=192\.0\.2\.1: .*an address of this machine$/,
    );
  });

  it('names a data directory that is no folder, or has a damaged database', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.match(
      refused({ DATA_DIR: file }),
      /^regraft: DATA_DIR=.*file: .*has to be a folder that can be written$/,
    );
    const damaged = join(folder, 'damaged');
    mkdirSync(damaged);
    writeFileSync(join(damaged, 'regraft.db'), 'not a database'.repeat(100));
    assert.match(refused({ DATA_DIR: '/proc/regraft/data' }), /^regraft: DATA_DIR=.*has to be a folder/);
    assert.match(refused({ DATA_DIR: damaged }), /^regraft: DATA_DIR=.*damaged: .*not a database/);
  });

  it('names a database that does not answer, without its password', () => {
    const line = refused({ DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/regraft' });
    assert.match(
      line,
      /^regraft: DATABASE_URL=postgres:\/\/someone:…@127\.0\.0\.1:1\/regraft: .*ECONNREFUSED/,
    );
    assert.ok(!line.includes('secret'));
    for (const address of [
      'postgres://someone:a@secret@127.0.0.1:1/x',
      'postgres://127.0.0.1:1/x?password=secret',
    ]) {
      assert.ok(!refused({ DATABASE_URL: address }).includes('secret'), address);
    }
  });
});

describe('a server', () => {
  it('logs its version, where it keeps things and its limits; warns of a misspelt setting', async () => {
    const { child, log } = await started({ MAX_PROCESS: '5' });
    assert.match(log(), /"version":"\d+\.\d+\.\d+"/);
    assert.ok(log().includes(`"dataDir":${JSON.stringify(dataDir)}`));
    assert.match(log(), /there is no setting MAX_PROCESS: is MAX_PROCESSES meant\?/);
    assert.equal(await ended(child, 'SIGTERM'), 0);
  });

  it('has its data directory to itself, and a kill frees it', async () => {
    const first = await started();
    const { status, stderr } = spawnSync(process.execPath, [MAIN], {
      env: environment({}),
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`in use by another Regraft \\(pid ${first.child.pid}\\)`));
    await ended(first.child, 'SIGKILL');
    const second = await started();
    assert.equal(await ended(second.child, 'SIGTERM'), 0);
  });

  it('has every tree that it acknowledged when it is killed under writes', async () => {
    const first = await started();
    const acknowledged: string[] = [];
    let number = 0;
    const post = async (): Promise<void> => {
      for (;;) {
        const pid = 2 + number++;
        const processes = [1, pid].map((own) => ({ pid: own, ppid: own === 1 ? 0 : 1, pgid: own, sid: own }));
        const answer = await fetch(`${first.address}/v1/plans`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ tree: { processes } }),
        });
        const plan = (await answer.json()) as { id: string; treeId: string };
        assert.equal(answer.status, 201);
        acknowledged.push(`trees/${plan.treeId}`, `plans/${plan.id}`);
      }
    };
    const posting = Array.from({ length: 8 }, () => post().catch(() => {}));
    while (acknowledged.length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
    await ended(first.child, 'SIGKILL');
    await Promise.all(posting);
    const second = await started();
    for (const path of acknowledged) {
      assert.equal((await fetch(`${second.address}/v1/${path}`)).status, 200, path);
    }
    assert.equal(await ended(second.child, 'SIGTERM'), 0);
  });
});
