/** `regraft restore` as it is called: options, failures that leave nothing, and the commands of docs/restore.md. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CRIUS,
  type Criu,
  endNamespace,
  type Ran,
  REGRAFT,
  REGRAFT_RESTORE,
  run,
  Workshop,
  whyNoCriu,
} from './criu.ts';
import { LivingTree } from './living-tree.ts';
import { ADOPTED } from './scripts.ts';
import { childrenOf, snapshot } from './snapshot.ts';

const skip = whyNoCriu() ?? false;
const criu = CRIUS.at(-1)!;
const SCRIPT = ADOPTED.join('\n');

const hashes = (directory: string): string[] =>
  readdirSync(directory)
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(directory, name)))
          .digest('hex')}`,
    );

/** A dump of the tree, which has ended, and nothing beside it. */
async function withDump(
  each: (dump: { images: string; tree: LivingTree; workshop: Workshop; before: object }) => Promise<void>,
): Promise<void> {
  const tree = await LivingTree.build(SCRIPT);
  const workshop = new Workshop();
  try {
    const before = snapshot(tree.root);
    const images = await workshop.dump(criu, tree.root);
    await tree.end();
    await each({ images, tree, workshop, before });
  } finally {
    await tree.end();
    tree.remove();
    workshop.remove();
  }
}

const restore = ({ path }: Criu, images: string, ...args: string[]): Promise<Ran> =>
  run(process.execPath, [REGRAFT, 'restore', images, '--criu', path, ...args]);

test(
  '--pidfile and --out: the root, and the grafted images, which are restored by themselves',
  { skip },
  () =>
    withDump(async ({ images, tree, workshop, before }) => {
      tree.keep();
      const was = hashes(images);
      const out = workshop.path('kept');
      const first = await restore(criu, images, '--pidfile', workshop.path('pid'), '--out', out);
      assert.equal(first.code, 0, first.output);
      const root = Number(readFileSync(workshop.path('pid'), 'utf8'));
      assert.match(
        first.output,
        new RegExp(`^Restored 4 processes .* by a graft with 1 carrier.*process ${root}\\.`),
      );
      assert.deepEqual(snapshot(root), before);
      await endNamespace(root);
      assert.deepEqual(hashes(images), was, 'the dump stays as it was');
      tree.rewind();
      const again = await restore(criu, out, '--pidfile', workshop.path('pid'));
      assert.equal(again.code, 0, again.output);
      const other = Number(readFileSync(workshop.path('pid'), 'utf8'));
      assert.deepEqual(snapshot(other), before);
      await endNamespace(other);
    }),
);

test('a failure ends what was started, says why, and leaves nothing', { skip }, () =>
  withDump(async ({ images, tree, workshop }) => {
    const was = hashes(images);
    // A file that has grown since is refused by CRIU, after processes were made.
    rmSync(join(tree.directory, 'counts'), { recursive: true });
    const { code, output } = await restore(
      ...[criu, images, '--pidfile', workshop.path('pid'), '--out', workshop.path('kept')],
    );
    assert.equal(code, 1);
    assert.match(output, /CRIU does not restore it, exit code 1: .*counts/);
    assert.deepEqual(readdirSync(workshop.directory), ['images-0']);
    assert.deepEqual(hashes(images), was);
    const left = readdirSync('/proc').filter(
      (pid) => /^\d+$/.test(pid) && commandOf(pid).includes(tree.directory),
    );
    assert.deepEqual(left, []);
  }),
);

test('a restore that fails leaves the pidfile of a tree that runs', { skip }, () =>
  withDump(async ({ images, workshop }) => {
    const pidfile = workshop.path('pid');
    rmSync(join(images, 'files.img'));
    for (const [text, stays] of [
      [`${process.pid}\n`, true],
      ['', false],
    ] as const) {
      writeFileSync(pidfile, text);
      const { code, output } = await restore(criu, images, '--pidfile', pidfile);
      assert.equal(code, 1, output);
      assert.equal(existsSync(pidfile), stays);
    }
  }),
);

test('of two restores at once with one --out the first has it, and succeeds', { skip }, () =>
  withDump(async ({ images, workshop }) => {
    const [out, pidfile] = [workshop.path('kept'), workshop.path('pid')];
    const args = ['--pidfile', pidfile, '--out', out];
    const both = await Promise.all([restore(criu, images, ...args), restore(criu, images, ...args)]);
    const said = both.map(({ output }) => output).join('');
    assert.equal(both.filter(({ code }) => code === 0).length, 1, said);
    assert.match(said, /--out: .*kept is there already/);
    assert.ok(existsSync(join(out, 'regraft-graft.json')));
    await endNamespace(Number(readFileSync(pidfile, 'utf8')));
  }),
);

test('a zombie that has dumped core: that bit cannot be made, so it is said and nothing stays', {
  skip,
}, async () => {
  const workshop = new Workshop();
  const before = process.cwd();
  // Whoever dies of a signal leaves a core where the limit lets it, in the directory that it was started in.
  const limited = spawnSync('prlimit', ['--pid', `${process.pid}`, '--core=unlimited']);
  assert.equal(limited.status, 0, `${limited.stderr}`);
  process.chdir(workshop.directory);
  const tree = await LivingTree.build('1 setsid\n1 fork 2 - 0\n2 killself 11').finally(() =>
    process.chdir(before),
  );
  try {
    assert.match(readFileSync(`/proc/${childrenOf(tree.root)[0]}/stat`, 'utf8'), / 139$/m);
    const images = await workshop.dump(criu, tree.root);
    await tree.end();
    const names = readdirSync(workshop.directory);
    const { code, output } = await restore(criu, images, '--pidfile', workshop.path('pid'));
    assert.equal(code, 1, output);
    assert.match(output, /zombie 2 has status 11 instead of 139/);
    assert.deepEqual(readdirSync(workshop.directory), names);
  } finally {
    await tree.end();
    tree.remove();
    workshop.remove();
  }
});

const isFinisher = (pid: number): boolean => commandOf(`${pid}`).includes('regraft-finish');

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) {
  test(`${signal} to the finisher: the command says so at once, and leaves nothing`, { skip }, () =>
    withDump(async ({ images, workshop }) => {
      const begin = performance.now();
      const restored = restore(criu, images, '--pidfile', workshop.path('pid'));
      let worker: number | undefined;
      while (worker === undefined && performance.now() - begin < 30_000) {
        const guards = childrenOf(process.pid).flatMap(childrenOf).filter(isFinisher);
        worker = guards.flatMap(childrenOf).find(isFinisher);
        await delay(2);
      }
      process.kill(worker!, signal);
      const { code, output } = await restored;
      assert.ok(performance.now() - begin < 30_000, 'nobody waits for a word that does not come');
      assert.equal(code, 1, output);
      assert.match(output, /the finisher was (told to stop|ended)/);
      assert.deepEqual(readdirSync(workshop.directory), ['images-0']);
    }),
  );
}

test('usage: exit code 2, and nothing done', { skip }, async () => {
  for (const args of [
    [],
    ['a', 'b'],
    ['a', '--', '--tree', '1'],
    ['a', '--', '--auto-dedup'],
    ['a', '--no-such'],
    ['a', '--patience', '101'],
    ['a', '--patience', 'long'],
  ]) {
    for (const [command, ...begin] of [[process.execPath, REGRAFT, 'restore'], [REGRAFT_RESTORE]] as const) {
      const { code, output } = await run(command, [...begin, ...args]);
      assert.equal(code, 2, output);
      assert.match(output, /see regraft restore --help/);
    }
  }
});

test('no CRIU, no images: exit code 1 and which', { skip }, () =>
  withDump(async ({ images, workshop }) => {
    const absent = await run(process.execPath, [REGRAFT, 'restore', images, '--criu', '/no/such/criu']);
    assert.equal(absent.code, 1);
    assert.match(absent.output, /\/no\/such\/criu/);
    mkdirSync(workshop.path('empty'));
    const empty = await restore(criu, workshop.path('empty'));
    assert.equal(empty.code, 1);
    assert.match(empty.output, /pstree\.img/);
    assert.deepEqual(readdirSync(workshop.directory).sort(), ['empty', 'images-0']);
  }),
);

test('the commands of docs/restore.md for a plain dump, as they stand there', { skip }, async () => {
  const text = readFileSync(fileURLToPath(new URL('../../../docs/restore.md', import.meta.url)), 'utf8');
  const commands = /## The commands\n\n```sh\n([^`]*)```/.exec(text)![1]!;
  const tree = await LivingTree.build(SCRIPT);
  const workshop = new Workshop();
  try {
    const before = snapshot(tree.root);
    // Where the page has criu and npx, this machine has them in other places.
    const shell = `
criu() { "${criu.path}" "$@"; }
npx() { shift; "${process.execPath}" "${REGRAFT}" "$@" --criu "${criu.path}"; }
cd ${workshop.directory}; set -e; PID=${tree.root}
${commands}`;
    const { code, output } = await run('bash', ['-c', shell]);
    assert.equal(code, 0, output);
    assert.match(output, /Restored 4 processes as they are in the image[\s\S]*Name:\s+regraft-tree/);
    const root = Number(readFileSync(workshop.path('pid'), 'utf8'));
    assert.deepEqual(snapshot(root), before);
    await endNamespace(root);
  } finally {
    await tree.end();
    tree.remove();
    workshop.remove();
  }
  assert.ok(!existsSync(workshop.directory));
});
