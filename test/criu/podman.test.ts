/**
 * From `podman container checkpoint --export` to `podman container restore --import` of the grafted archive, with a container
 * that Podman, runc and CRIU alone refuse to restore.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { NATIVE } from '../kernel/replayer.ts';
import { FINISH, REFUSED_SCRIPT, RUNC_CONFIG, succeeds } from './container.ts';
import { CRIUS, REGRAFT, run, Workshop } from './criu.ts';
import { missing } from './program-trees.ts';
import { type SeenTask, snapshot } from './snapshot.ts';

/** A root that may not raise limits, as on some machines, gives the container lower ones. */
const LIMITS = ['--ulimit', 'nofile=512:512', '--ulimit', 'nproc=512:512'];

for (const criu of CRIUS) {
  test(`a container under Podman, CRIU ${criu.name}`, { skip: missing('podman', 'runc') }, async () => {
    const workshop = new Workshop();
    const before = existsSync(RUNC_CONFIG) ? readFileSync(RUNC_CONFIG) : null;
    const storage = ['--root', workshop.path('storage'), '--runroot', workshop.path('run')];
    const how = ['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--runtime', 'runc'];
    const podman = (...args: string[]) => ['podman', ...storage, ...how, ...args];
    // Podman and runc call the CRIU in PATH.
    mkdirSync(workshop.path('bin'));
    symlinkSync(criu.path, workshop.path('bin/criu'));
    const env = { PATH: `${workshop.path('bin')}:${process.env.PATH}` };
    const done = async (...args: string[]) => succeeds('podman', podman(...args).slice(1), env);
    const root = async () => Number(await done('inspect', '--format', '{{.State.Pid}}', 'tree'));
    try {
      makeRoot(workshop.path('rootfs'));
      mkdirSync(dirname(RUNC_CONFIG), { recursive: true });
      writeFileSync(RUNC_CONFIG, 'network-lock skip\n');
      await succeeds('tar', ['-C', workshop.path('rootfs'), '-cf', workshop.path('rootfs.tar'), '.']);
      await done('import', workshop.path('rootfs.tar'), 'tree');
      const options = ['--name', 'tree', '--network', 'none', '--log-driver', 'none', ...LIMITS];
      await done(
        'run',
        '--detach',
        ...options,
        'tree',
        '/bin/regraft-tree',
        '--here',
        '/script',
        '/tmp/counts',
      );
      const started = await built(await root());
      const [exported, grafted] = [workshop.path('exported.tar.gz'), workshop.path('grafted.tar.gz')];
      await done('container', 'checkpoint', 'tree', '--export', exported);
      await done('rm', '--all', '--force');

      const refused = await run('podman', podman('container', 'restore', '--import', exported).slice(1), {
        env,
      });
      assert.notEqual(refused.code, 0, 'Podman, runc and CRIU alone refuse it');
      await done('rm', '--all', '--force');

      await succeeds(process.execPath, [REGRAFT, 'graft', exported, '--out', grafted, '--criu', criu.name]);
      writeFileSync(RUNC_CONFIG, `network-lock skip\naction-script ${FINISH}\n`);
      await done('container', 'restore', '--import', grafted);
      const again = await root();
      assert.deepEqual(snapshot(again), started);
      const count = () => readFileSync(`/proc/${again}/root/tmp/counts/1.count`).length;
      const counted = count();
      await delay(300);
      assert.ok(count() > counted, 'it goes on');
    } finally {
      await run('podman', podman('rm', '--all', '--force').slice(1), { env });
      if (before) writeFileSync(RUNC_CONFIG, before);
      else rmSync(RUNC_CONFIG, { force: true });
      if (!readFileSync('/proc/mounts', 'utf8').includes(workshop.directory)) workshop.remove();
    }
  });
}

/** The builder of trees is the container's only program. */
function makeRoot(directory: string): void {
  for (const name of ['bin', 'tmp']) mkdirSync(join(directory, name), { recursive: true });
  copyFileSync(join(NATIVE, 'build', 'regraft-tree'), join(directory, 'bin', 'regraft-tree'));
  assert.equal(spawnSync('test', ['-x', join(directory, 'bin', 'regraft-tree')]).status, 0);
  writeFileSync(join(directory, 'script'), REFUSED_SCRIPT);
}

async function built(root: number): Promise<SeenTask[]> {
  for (let patience = 0; patience < 200; patience++) {
    const seen = snapshot(root);
    const counts = `/proc/${root}/root/tmp/counts`;
    if (seen.length === 4 && existsSync(counts) && readdirSync(counts).length === 4) return seen;
    await delay(50);
  }
  throw new Error('the tree in the container was not built');
}
