/**
 * What an image is said to ask of the target's namespaces, tried: a mount from outside, a terminal, numbers. Without it the
 * real CRIU refuses to restore, and its log is explained; with it, and with the options that were told, the program is there.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { explainLog } from '../../src/engine/logs/explain-log.ts';
import { criuOptionsOf } from '../../src/engine/requirements/criu-options.ts';
import { requirementsOf } from '../../src/engine/requirements/requirements.ts';
import { readTreeParts } from '../../src/formats/read-image-files.ts';
import { loadTree } from '../../src/formats/read-process-files.ts';
import { changedFacts, checkToken } from '../../src/target/check-token.ts';
import { judgedHere } from '../../src/target/image-requirements.ts';
import { imageParts } from '../formats/dumps.ts';
import { CRIUS, killIfThere, run, Workshop, whyNoCriu } from './criu.ts';
import { missingBusybox } from './program-trees.ts';
import { childrenOf } from './snapshot.ts';

const skip = whyNoCriu() ?? false;
const without = (command: string) =>
  skip || (spawnSync('which', [command]).status === 0 ? false : `${command} is not installed`);

const SILENT = { stdio: 'ignore' } as const;

for (const criu of CRIUS) {
  test(`CRIU ${criu.name}: a mount from outside`, { skip: missingBusybox() }, async () => {
    const workshop = new Workshop();
    const [root, outside] = [workshop.path('root'), workshop.path('outside')];
    makeRoot(root, outside);
    const inside = spawn('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', ENTER, root, outside], SILENT);
    let restored = 0;
    try {
      await until(() => existsSync(join(root, 'ready')));
      const dumped = await workshop.dump(criu, childrenOf(inside.pid!)[0]!, [
        '--external',
        'mnt[/data]:shared',
      ]);
      await ended(inside);
      const { required, options } = await toldOf(dumped);
      assert.deepEqual(required('mounts'), {
        list: [{ key: 'shared', mountpoint: '/data', type: 'of the disk', source: null }],
        total: 1,
      });
      const [external] = options.filter((option) => option.startsWith('--external'));
      assert.equal(external, '--external mnt[shared]:/data');

      const where = ['--root', root];
      explained(await workshop.restoreAlone(criu, dumped, where), /No mapping/, /--external mnt/);
      const nowhere = ['--external', `mnt[shared]:${workshop.path('nowhere')}`];
      explained(
        await workshop.restoreAlone(criu, dumped, [...where, ...nowhere]),
        /nowhere/,
        /same path|--external mnt/,
      );
      const end = await workshop.restoreAlone(criu, dumped, [
        ...where,
        '--external',
        `mnt[shared]:${outside}`,
      ]);
      assert.equal(typeof end, 'number', `${end}`);
      restored = Number(end);
      assert.equal(readFileSync(`/proc/${restored}/root/data/file`, 'utf8'), 'of the host');
    } finally {
      for (const pid of childrenOf(inside.pid!)) killIfThere(pid);
      if (restored) killIfThere(restored);
      await delay(100);
      workshop.remove();
    }
  });

  test(`CRIU ${criu.name}: a number that is taken`, { skip }, async () => {
    const workshop = new Workshop();
    const program = spawn('setsid', ['sleep', '600'], SILENT);
    const pid = program.pid!;
    let restored = 0;
    try {
      await until(() => existsSync(`/proc/${pid}/exe`) && readlinkSync(`/proc/${pid}/exe`).endsWith('sleep'));
      const dumped = await workshop.dump(criu, pid);
      await ended(program);
      const { required } = await toldOf(dumped);
      assert.deepEqual(required('numbers'), { numbers: [pid], total: 1 });

      const free = await judgedHere(dumped, '/', criu.name);
      assert.deepEqual(free.conflicts, []);
      const token = checkToken(free);
      const other = await processWithNumber(pid);
      const changed = changedFacts(token, await judgedHere(dumped, '/', criu.name))!;
      assert.match(changed.join(), /One of the numbers that the tree itself needs is taken/);
      explained(await workshop.restoreAlone(criu, dumped), /Can't fork for/, /fresh pid namespace/);
      other.kill('SIGKILL');
      await ended(other);
      const end = await workshop.restoreAlone(criu, dumped);
      assert.equal(end, pid);
      restored = pid;
    } finally {
      killIfThere(restored || pid);
      workshop.remove();
    }
  });

  test(`CRIU ${criu.name}: a terminal`, { skip: without('script') }, async () => {
    const workshop = new Workshop();
    // `script` holds the master of the terminal on which the program runs.
    const shell = spawn('script', ['--quiet', '--command', 'echo $$ > pid; exec sleep 600', '/dev/null'], {
      stdio: 'ignore',
      cwd: workshop.directory,
    });
    let restored = 0;
    try {
      await until(() => existsSync(workshop.path('pid')) && readFileSync(workshop.path('pid')).length > 0);
      const pid = Number(readFileSync(workshop.path('pid'), 'utf8'));
      await until(() => readlinkSync(`/proc/${pid}/exe`).endsWith('sleep'));
      await assert.rejects(workshop.dump(criu, pid), /tty/);
      const dumped = await workshop.dump(criu, pid, ['--shell-job']);
      await ended(shell);
      const { required, options } = await toldOf(dumped);
      assert.equal(required('terminal'), 1);
      assert.ok(options.includes('--shell-job'));

      explained(await workshop.restoreAlone(criu, dumped), /tty/i, /--shell-job/);
      const pidfile = workshop.path('pidfile');
      const command = [
        criu.path,
        'restore',
        '-D',
        dumped,
        '-d',
        '--pidfile',
        pidfile,
        '-o',
        workshop.path('log'),
        ...options,
      ];
      await until(async () => {
        const args = ['--quiet', '--return', '--command', command.join(' '), '/dev/null'];
        const { code } = await run('script', args);
        const log = readFileSync(workshop.path('log'), 'utf8');
        assert.ok(code === 0 || /Can't fork/.test(log), log);
        // Somebody else may have its number for a moment.
        return code === 0;
      });
      restored = Number(readFileSync(pidfile, 'utf8'));
      assert.equal(restored, pid);
    } finally {
      if (restored) killIfThere(restored);
      shell.kill('SIGKILL');
      workshop.remove();
    }
  });
}

/** In a mount and a pid namespace of its own: $0 becomes the root, and $1 is mounted in it. */
const ENTER = `set -e
mount --make-rprivate /
mount --bind $0 $0
mount --bind $1 $0/data
mount -t proc proc $0/proc
cd $0
pivot_root . old
exec /bin/busybox setsid /bin/busybox sh -c '
  busybox umount -l /old
  echo > /ready
  exec busybox tail -f /data/file' < /dev/null > /dev/null 2> /dev/null`;

function makeRoot(root: string, outside: string): void {
  for (const name of ['bin', 'data', 'dev', 'old', 'proc']) mkdirSync(join(root, name), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  assert.equal(spawnSync('mknod', [join(root, 'dev/null'), 'c', '1', '3']).status, 0);
  mkdirSync(outside);
  writeFileSync(join(outside, 'file'), 'of the host');
}

/** What is told of a dump: requirements by their property, and the words of the options at the restore. */
async function toldOf(images: string) {
  const loaded = loadTree(await readTreeParts(imageParts(images)));
  assert.ok(loaded.ok);
  const { tree, surroundings } = loaded;
  const all = requirementsOf(tree, surroundings);
  return {
    required: (property: string) => all.find((one) => one.property === property)?.captured,
    options: criuOptionsOf(tree, surroundings).flatMap(({ at, option }) => (at === 'dump' ? [] : [option])),
  };
}

function explained(end: number | string, says: RegExp, helps: RegExp): void {
  assert.match(`${end}`, says);
  const { cause } = explainLog(`${end}`);
  assert.equal(cause?.known, true, `${end}`);
  assert.match(cause!.remedy, helps);
}

/** The kernel gives the next number: tried until nobody else was faster. */
async function processWithNumber(pid: number): Promise<ChildProcess> {
  for (let patience = 0; patience < 500; patience++) {
    writeFileSync('/proc/sys/kernel/ns_last_pid', `${pid - 1}`);
    const child = spawn('sleep', ['600'], SILENT);
    if (child.pid === pid) return child;
    child.kill('SIGKILL');
    await ended(child);
  }
  throw new Error(`nobody gets the number ${pid}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let patience = 0; !(await isTrue()); patience++) {
    assert.ok(patience < 400, 'it does not start');
    await delay(50);
  }
}
