/** The package as somebody else gets it: packed, unpacked beside its dependencies, imported and run outside the project. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, test } from 'node:test';

const directory = mkdtempSync(join(tmpdir(), 'regraft-package-'));
after(() => rmSync(directory, { recursive: true }));
const modules = join(directory, 'node_modules');
const installed = join(modules, 'regraft');

function run(command: string, args: readonly string[], cwd = directory): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The built package, without building it again, and beside it what it declares to need and nothing else. */
function install(): void {
  const top = process.cwd();
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], top),
  );
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', join(directory, filename), '-C', installed, '--strip-components=1']);
  const needed = run('npm', ['ls', '--omit=dev', '--all', '--parseable'], top).trim().split('\n');
  for (const path of needed) {
    const name = relative(join(top, 'node_modules'), path);
    if (name.startsWith('..') || name.includes('/node_modules/')) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(path, join(modules, name));
  }
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
}

install();

/** The code of the README between ```js and ```. */
function readmeCode(): string {
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  assert.ok(code, 'the README has a block of js');
  return code;
}

test('the lines of the README plan a tree in at most ten lines', () => {
  const code = readmeCode();
  assert.ok(code.trim().split('\n').length <= 10);
  writeFileSync(join(directory, 'readme.js'), code);
  assert.match(run(process.execPath, ['readme.js']), /restorable/);
});

test('a bad image throws with its place', () => {
  writeFileSync(
    join(directory, 'bad.js'),
    `import { planImage, NotATreeError } from 'regraft';
     try { planImage({ processes: [{ pid: 1, ppid: 0, pgid: 1 }] }); }
     catch (error) { console.log(error instanceof NotATreeError, error.faults[0].pointer); }`,
  );
  assert.equal(run(process.execPath, ['bad.js']).trim(), 'true /processes/0/sid');
});

test('dumps are planned from their bytes', () => {
  const archive = join(process.cwd(), 'test/fixtures/archives/docker_shim.tar.zst');
  writeFileSync(
    join(directory, 'dump.js'),
    `import { readFileSync } from 'node:fs'; import { planBytes } from 'regraft';
     const { outcome, steps } = await planBytes(readFileSync(${JSON.stringify(archive)}));
     console.log(outcome, steps.length);`,
  );
  assert.equal(run(process.execPath, ['dump.js']).trim(), 'restorable 9');
});

test('the types are there, for the library and the client', () => {
  for (const { types } of Object.values(
    JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).exports,
  ).filter((entry) => typeof entry === 'object') as { types: string }[]) {
    assert.match(readFileSync(join(installed, types), 'utf8'), /export/);
  }
});

test('the command runs from the package', () => {
  writeFileSync(join(directory, 'tree.json'), '{"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1}]}');
  const out = run(process.execPath, [join(installed, 'bin/regraft.js'), 'plan', 'tree.json']);
  assert.match(out, /setsid/);
});
