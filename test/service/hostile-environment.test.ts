/** The locale, the time zone and the options of Node of who starts it change nothing: neither plans nor the server. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const REGRAFT = join(import.meta.dirname, '../../../bin/regraft.js');
const MAIN = join(import.meta.dirname, '../../src/main.js');

/** In Turkish I and i are no pair; in Kolkata hours begin at the half; what is deprecated throws, and __proto__ is gone. */
const HOSTILE = {
  TZ: 'Asia/Kolkata',
  LANG: 'tr_TR.UTF-8',
  LC_ALL: 'tr_TR.UTF-8',
  NODE_OPTIONS:
    '--throw-deprecation --pending-deprecation --disable-proto=delete --max-old-space-size=256 --max-semi-space-size=1',
};

/** A session whose leader is dead, a zombie, and names of other scripts. */
const IMAGE = JSON.stringify({
  processes: [
    { pid: 1, ppid: 0, pgid: 1, sid: 1, comm: 'INIT' },
    { pid: 5, ppid: 1, pgid: 3, sid: 3, comm: 'iıİ' },
    { pid: 7, ppid: 1, pgid: 7, sid: 7, comm: 'दीप' },
    { pid: 8, ppid: 7, pgid: 7, sid: 7, state: 'zombie', exitStatus: 15 },
  ],
});

const plain = { PATH: process.env.PATH };

test('the command answers byte for byte the same', () => {
  const asked = (more: object) =>
    spawnSync(process.execPath, [REGRAFT, 'plan', '-'], {
      input: IMAGE,
      encoding: 'utf8',
      env: { ...plain, ...more },
    });
  const [expected, found] = [asked({}), asked(HOSTILE)];
  assert.equal(expected.status, 0, expected.stderr);
  assert.deepEqual([found.status, found.stdout], [0, expected.stdout], found.stderr);
});

/** What a server answers, apart from what names the request; and its exit code. */
async function served(
  more: Record<string, string>,
): Promise<{ answers: string[]; code: number; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-hostile-environment-'));
  const child = spawn(process.execPath, [MAIN], {
    env: { ...plain, PORT: '0', DATA_DIR: folder, INLINE_MAX_PROCESSES: '3', ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`it ended: ${log}${said}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        const [, found] = /Server listening at (http:[^"]+)/.exec(log) ?? [];
        if (found) resolve(found);
      });
    });
    const answers: string[] = [];
    const ask = async (path: string, body?: string) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}${path}`, { ...(body && { method: 'POST', headers, body }) });
      answers.push(`${answer.status} ${await answer.text()}`);
      return answers.at(-1)!;
    };
    const plan = /"id":"(\w+)"/.exec(await ask('/v1/plans?include=steps,diff', IMAGE))![1];
    for (const view of ['steps', 'births', 'diff', 'explanation', 'scripts'])
      await ask(`/v1/plans/${plan}/${view}`);
    await ask(
      '/v1/trees',
      '{"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1},{"pid":1,"ppid":1,"pgid":1,"sid":1}]}',
    );
    await ask('/v1/trees?limit=-1');
    await ask('/openapi.json');
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = await exit;
    return {
      answers: answers.map((text) => text.replaceAll(/"(?:requestId|instance)":"[^"]*"/g, '')),
      code,
      said,
    };
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

test('so does the server, with its threads', async () => {
  const [expected, found] = await Promise.all([served({}), served(HOSTILE)]);
  assert.match(expected.answers[0]!, /^201 /);
  assert.deepEqual(found, expected);
});
