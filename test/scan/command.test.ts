/** The command itself, on the real /proc: what any user may scan. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { planImage } from '../histories/proven-plan.ts';

const COMMAND = join(import.meta.dirname, '../../../bin/regraft.js');

function regraft(...args: string[]) {
  return spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
}

test('a shell with children, which needs no root', async (t) => {
  const shell = spawn('sh', ['-c', 'sleep 60 & sleep 60 & echo ready; wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  t.after(() => process.kill(-shell.pid!, 'SIGKILL'));
  await once(shell.stdout, 'data');
  const { status, stdout, stderr } = regraft('scan', '--pid', String(shell.pid));
  assert.equal(status, 0, stderr);
  const image = JSON.parse(stdout) as TreeImage;
  assert.equal(image.root, shell.pid);
  assert.deepEqual(image.processes.map(({ comm }) => comm).sort(), ['sh', 'sleep', 'sleep']);
  assert.match(stderr, /3 processes, two readings agree/);
  assert.match(stderr, /not visible to anyone: child-subreaper flags/);
  assert.equal(planImage(image).outcome, 'restorable');

  const folder = mkdtempSync(join(tmpdir(), 'regraft-scan-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tree.json');
  const written = regraft('scan', '--pid', String(shell.pid), '--out', file);
  assert.deepEqual([written.status, written.stdout], [0, '']);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), image);
});

test('the process that asks is the root, without the scan', () => {
  const { pid, stdout } = regraft('scan');
  const image = JSON.parse(stdout) as TreeImage;
  assert.equal(image.root, process.pid);
  assert.ok(!image.processes.some((other) => other.pid === pid));
});

test('wrong use', () => {
  for (const args of [
    ['scan', '--pid', 'x'],
    ['scan', '--pid', '1', '--namespace', '1'],
    ['scan', '--post', 'nowhere'],
    ['scan', '--what'],
    ['replay', 'one'],
    ['replay', '/there/is/no/image', 'package.json'],
    ['replay', 'package.json', 'README.md'],
    ['fly'],
    [],
  ]) {
    const { status, stdout, stderr } = regraft(...args);
    assert.deepEqual([status, stdout], [2, ''], args.join(' '));
    assert.notEqual(stderr, '');
  }
  const { status, stderr } = regraft('scan', '--pid', '2147483647');
  assert.deepEqual([status, stderr], [1, 'regraft: there is no process 2147483647\n']);
});

test('help', () => {
  for (const args of [['--help'], ['scan', '--help'], ['replay', '--help']]) {
    const { status, stdout } = regraft(...args);
    assert.equal(status, 0);
    assert.match(stdout, /^Usage:/);
  }
});
