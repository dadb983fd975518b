/**
 * A container that runc and CRIU refuse to restore, restored by the same runc and CRIU: its images grafted, one line in
 * /etc/criu/runc.conf.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { NATIVE } from '../kernel/replayer.ts';
import { CRIUS, type Criu, REGRAFT, run, Workshop, whyNoCriu } from './criu.ts';
import { snapshot } from './snapshot.ts';

const CONFIG = '/etc/criu/runc.conf';

const there = (command: string): boolean => spawnSync('which', [command]).status === 0;
const skip = whyNoCriu() ?? (there('runc') ? false : 'runc is not installed: apt-get install runc');

/** Needs a graft: 4, a member of 3's session, was adopted by the child-subreaper 2. */
const SCRIPT = [
  ...['1 setsid', '1 fork 2 - 0', '2 setsid', '2 subreaper 1', '2 fork 3 - 0', '3 setsid', '3 fork 5 - 0'],
  ...['5 fork 4 - 0', '5 exit 0', '3 reap'],
].join('\n');

for (const criu of CRIUS) {
  test(`a container under runc, CRIU ${criu.name}`, { skip }, async () => {
    const workshop = new Workshop();
    const before = existsSync(CONFIG) ? readFileSync(CONFIG) : null;
    const name = `regraft-test-${process.pid}`;
    try {
      await throughRunc(criu, workshop, name);
    } finally {
      await run('runc', ['delete', '--force', name]);
      if (before) writeFileSync(CONFIG, before);
      else rmSync(CONFIG, { force: true });
      workshop.remove();
    }
  });
}

async function throughRunc(criu: Criu, workshop: Workshop, name: string): Promise<void> {
  const bundle = makeBundle(workshop);
  const images = workshop.path('images');
  const grafted = workshop.path('grafted');
  const work = ['--work-path', workshop.path('work')];
  mkdirSync(dirname(CONFIG), { recursive: true });
  writeFileSync(CONFIG, 'network-lock skip\n');

  await succeeds('runc', ['run', '--detach', '--bundle', bundle, name]);
  const started = await builtTree(bundle, await rootOf(name));
  await succeeds('runc', ['--criu', criu.path, 'checkpoint', '--image-path', images, ...work, name]);
  const counted = counts(bundle);

  const restore = ['--criu', criu.path, 'restore', '--detach', '--bundle', bundle, ...work];
  const refused = await run('runc', [...restore, '--image-path', images, name]);
  assert.notEqual(refused.code, 0, 'runc and CRIU alone refuse it');

  await succeeds(process.execPath, [REGRAFT, 'graft', images, '--out', grafted, '--criu', criu.name]);
  const script = join(dirname(REGRAFT), 'regraft-finish');
  writeFileSync(CONFIG, `network-lock skip\naction-script ${script}\n`);
  await succeeds('runc', [...restore, '--image-path', grafted, name]);
  assert.deepEqual(snapshot(await rootOf(name)), started);
  await delay(200);
  const now = counts(bundle);
  for (const [pid, count] of counted) assert.ok(now.get(pid)! > count, `process ${pid} goes on`);
}

/** The builder of trees is the container's only program. */
function makeBundle(workshop: Workshop): string {
  const bundle = workshop.path('bundle');
  for (const directory of ['bin', 'tmp', 'proc', 'dev', 'sys', 'etc']) {
    mkdirSync(join(bundle, 'rootfs', directory), { recursive: true });
  }
  copyFileSync(join(NATIVE, 'build', 'regraft-tree'), join(bundle, 'rootfs', 'bin', 'regraft-tree'));
  writeFileSync(join(bundle, 'rootfs', 'script'), SCRIPT);
  assert.equal(spawnSync('runc', ['spec'], { cwd: bundle }).status, 0);
  const file = join(bundle, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.process.terminal = false;
  config.process.args = ['/bin/regraft-tree', '--here', '/script', '/tmp/counts'];
  config.root.readonly = false;
  writeFileSync(file, JSON.stringify(config));
  return bundle;
}

async function succeeds(command: string, args: string[]): Promise<string> {
  const { code, output } = await run(command, args);
  assert.equal(code, 0, `${command} ${args.join(' ')}: ${output}`);
  return output;
}

async function rootOf(name: string): Promise<number> {
  return JSON.parse(await succeeds('runc', ['state', name])).pid;
}

/** Waits until everybody counts. */
async function builtTree(bundle: string, root: number): Promise<ReturnType<typeof snapshot>> {
  for (let patience = 0; patience < 200; patience++) {
    const seen = snapshot(root);
    if (seen.length === 4 && existsSync(join(bundle, 'rootfs/tmp/counts')) && counts(bundle).size === 4)
      return seen;
    await delay(50);
  }
  throw new Error('the tree in the container was not built');
}

function counts(bundle: string): Map<number, number> {
  const directory = join(bundle, 'rootfs', 'tmp', 'counts');
  const found = new Map<number, number>();
  for (let pid = 1; pid < 20; pid++) {
    const file = join(directory, `${pid}.count`);
    if (!existsSync(file)) continue;
    const bytes = readFileSync(file);
    const length = Math.floor(bytes.length / 4);
    for (let i = 0; i < length; i++) assert.equal(bytes.readUInt32LE(4 * i), i + 1, `${file} at ${i}`);
    found.set(pid, length);
  }
  return found;
}
