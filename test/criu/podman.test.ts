/**
 * From `podman container checkpoint --export` to `podman container restore --import` of the grafted archive, with a container
 * that Podman, runc and CRIU alone refuse to restore; and what an archive asks of the target, tried with and without it.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { judge } from '../../src/engine/requirements/judge.ts';
import { requirementsOf } from '../../src/engine/requirements/requirements.ts';
import { loadTree } from '../../src/formats/read-process-files.ts';
import { readTree } from '../../src/formats/read-tree.ts';
import { scanTarget } from '../../src/target/scan-target.ts';
import { NATIVE } from '../kernel/replayer.ts';
import { FINISH, REFUSED_SCRIPT, RUNC_CONFIG, succeeds } from './container.ts';
import { CRIUS, REGRAFT, run, Workshop } from './criu.ts';
import { missing, missingBusybox } from './program-trees.ts';
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

      // The checkpoint that Podman keeps with the container, without an archive.
      await done('container', 'checkpoint', 'tree');
      const kept = (await done('inspect', '--format', '{{.State.CheckpointPath}}', 'tree')).trim();
      await succeeds(process.execPath, [
        REGRAFT,
        'graft',
        kept,
        '--out',
        `${kept}.grafted`,
        '--criu',
        criu.name,
      ]);
      renameSync(kept, `${kept}.ungrafted`);
      renameSync(`${kept}.grafted`, kept);
      await done('container', 'restore', 'tree');
      assert.deepEqual(snapshot(await root()), started);
    } finally {
      await run('podman', podman('rm', '--all', '--force').slice(1), { env });
      if (before) writeFileSync(RUNC_CONFIG, before);
      else rmSync(RUNC_CONFIG, { force: true });
      if (!readFileSync('/proc/mounts', 'utf8').includes(workshop.directory)) workshop.remove();
    }
  });
}

for (const criu of CRIUS) {
  const skip = missingBusybox('podman', 'runc');
  test(`what an archive of Podman asks for, CRIU ${criu.name}`, { skip }, async () => {
    const workshop = new Workshop();
    const before = existsSync(RUNC_CONFIG) ? readFileSync(RUNC_CONFIG) : null;
    const storage = ['--root', workshop.path('storage'), '--runroot', workshop.path('run')];
    const how = ['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--runtime', 'runc'];
    mkdirSync(workshop.path('bin'));
    symlinkSync(criu.path, workshop.path('bin/criu'));
    const env = { PATH: `${workshop.path('bin')}:${process.env.PATH}` };
    const podman = (...args: string[]) => run('podman', [...storage, ...how, ...args], { env });
    const done = (...args: string[]) => succeeds('podman', [...storage, ...how, ...args], env);
    const [volume, away] = [workshop.path('volume'), workshop.path('away')];
    try {
      for (const name of ['bin', 'tmp']) mkdirSync(workshop.path(`rootfs/${name}`), { recursive: true });
      copyFileSync('/bin/busybox', workshop.path('rootfs/bin/busybox'));
      symlinkSync('busybox', workshop.path('rootfs/bin/sh'));
      mkdirSync(dirname(RUNC_CONFIG), { recursive: true });
      writeFileSync(RUNC_CONFIG, 'network-lock skip\n');
      mkdirSync(volume);
      writeFileSync(join(volume, 'file'), 'of the host');
      await succeeds('tar', ['-C', workshop.path('rootfs'), '-cf', workshop.path('rootfs.tar'), '.']);
      await done('import', workshop.path('rootfs.tar'), 'programs');
      const named = ['--name', 'asks', '--network', 'none', '--log-driver', 'none', '--tty', ...LIMITS];
      const program = 'exec 7</data/file 8>/tmp/own; busybox nc -l -p 8080 & exec busybox sleep 600';
      const shell = ['--volume', `${volume}:/data`, 'programs', '/bin/sh', '-c', program];
      await done('run', '--detach', ...named, ...shell);
      const listens = async () =>
        (await podman('exec', 'asks', '/bin/busybox', 'netstat', '-ltn')).output.includes(':8080');
      for (let patience = 0; !(await listens()); patience++) {
        assert.ok(patience < 100, 'nobody listens');
        await delay(50);
      }
      const exported = workshop.path('exported.tar');
      await done('container', 'checkpoint', 'asks', '--compress', 'none', '--export', exported);
      await done('rm', '--all', '--force');

      const loaded = loadTree(await readTree('archive', createReadStream(exported)));
      assert.ok(loaded.ok && loaded.surroundings);
      const requirements = requirementsOf(loaded.tree, loaded.surroundings);
      const asked = (property: string) => requirements.find((one) => one.property === property)?.captured;
      assert.equal(asked('image'), 'localhost/programs:latest');
      const mount = { key: '/data', mountpoint: '/data', type: 'of the disk', source: volume };
      assert.deepEqual(asked('mounts'), { list: [mount], total: 1 });
      const { list } = asked('files') as unknown as {
        list: { path: string; size: number; onHost: string }[];
      };
      assert.deepEqual(
        list.map(({ path, size, onHost }) => [path, size, onHost]),
        [['/data/file', 11, join(volume, 'file')]],
      );
      // The runtime holds the terminal, the network namespace is new, the rest comes with image and archive.
      for (const property of ['terminal', 'ports', 'directories', 'devices'])
        assert.equal(asked(property), undefined);

      const here = () =>
        judge(requirements, [], scanTarget({ requirements, root: '/', criu: criu.name })).conflicts.map(
          ({ code }) => code,
        );
      const restored = async () => {
        const { code, output } = await podman('container', 'restore', '--import', exported);
        const yes = code === 0 && (await listens());
        await done('rm', '--all', '--force');
        return yes || output;
      };
      assert.deepEqual(here(), []);
      renameSync(volume, away);
      assert.deepEqual(here(), ['MOUNT_MISSING', 'FILE_MISSING']);
      assert.match(`${await restored()}`, /volume/);
      renameSync(away, volume);
      writeFileSync(join(volume, 'file'), 'longer than before');
      assert.deepEqual(here(), ['FILE_DIFFERS']);
      assert.notEqual(await restored(), true);
      writeFileSync(join(volume, 'file'), 'of the host');
      assert.equal(await restored(), true);
    } finally {
      await podman('rm', '--all', '--force');
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
