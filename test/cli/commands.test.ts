/** The command as people call it: the table of its subcommands, help, version, and what is no command. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { regraft } from './regraft.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;
const ESCAPE = '\u001b';
/** Colours, and no other sequence: a line of progress shows where work takes long, with or without them. */
const COLOUR = new RegExp(`${ESCAPE}\\[\\d+m`);
const SCREEN = { lines: 24, columns: 100 };

test('every command has help that fits a screen', () => {
  for (const args of [['--help'], ...Object.keys(COMMANDS).map((name) => [name, '--help'])]) {
    const { status, stdout, stderr } = regraft(args);
    assert.deepEqual([status, stderr], [0, ''], args.join(' '));
    assert.match(stdout, /^Usage: regraft/);
    const lines = stdout.split('\n');
    assert.ok(lines.length <= SCREEN.lines, `${args.join(' ')}: ${lines.length} lines`);
    const longest = Math.max(...lines.map((line) => line.length));
    assert.ok(longest <= SCREEN.columns, `${args.join(' ')}: ${longest} columns`);
  }
});

test('the help lists every command', () => {
  const { stdout } = regraft(['--help']);
  for (const name of Object.keys(COMMANDS)) assert.match(stdout, new RegExp(`^  ${name} +\\w`, 'm'));
});

test('the version is that of the package and of the API', () => {
  const read = (file: string) =>
    JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'));
  const { stdout } = regraft(['--version']);
  assert.equal(stdout, `${read('package.json').version}\n`);
  assert.equal(read('package-lock.json').version, read('package.json').version);
  assert.equal(read('openapi/openapi.json').info.version, read('package.json').version);
});

test('what is no command is refused in a line', () => {
  assert.deepEqual(regraft(['fly']), {
    status: 2,
    stdout: '',
    stderr: 'regraft: there is no command fly; see regraft --help\n',
  });
  assert.equal(regraft(['constructor']).status, 2);
  assert.equal(regraft([]).status, 2);
});

test('wrong use is a line, and exit code 2', () => {
  const { status, stdout, stderr } = regraft(['plan', '--there-is-no-such-option']);
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /^regraft: [^\n]+; see regraft plan --help\n$/);
});

test('wrong use of every command names its help', async () => {
  const images = 'test/fixtures/criu-images/docker_shim';
  const wrong = [
    ...Object.keys(COMMANDS).flatMap((name) => [
      [name, '--there-is-no-such-option'],
      [name, 'one', 'two', 'three'],
    ]),
    ...['plan', 'explain', 'graft', 'replay', 'restore', 'completion'].map((name) => [name]),
    ...['x', '65536', '-1', ''].map((port) => ['serve', '--port', port]),
    ['serve', '--host='],
    ['plan', '--history', 'x', images],
    ['plan', '--history', '9'.repeat(30), images],
    ['plan', '--helper-pid-min', '0', images],
    ['plan', '--occupied', '1,,2', images],
    ['plan', ''],
    ['graft', images],
    ['graft', images, '--out', ''],
    ['graft', images, '--out', 'nowhere', '--criu', '5'],
    ['graft', images, '--out', 'nowhere', '--plan', 'p', '--server', 's'],
    ['scan', '--pid', '0'],
    ['scan', '--post', 'nowhere'],
    ['scan', '--criu', '4.3'],
    ['restore', ''],
    ['restore', images, '--pidfile='],
    ['restore', images, '--', '--images-dir', '/'],
    ['replay', 'one'],
    ['watch', '--max-bytes', 'x'],
    ['completion', 'csh'],
    ['finish'],
  ];
  for (const [name, ...args] of wrong) {
    const command = await COMMANDS[name!]!.load();
    const refused = { exitCode: 2, message: new RegExp(`^[^\\n]+; see regraft ${name} --help$`) };
    await assert.rejects(command(args), refused, [name, ...args].join(' '));
  }
});

test('help is given whatever stands beside it', () => {
  for (const name of Object.keys(COMMANDS)) {
    const { status, stdout } = regraft([name, 'one', '--help', '--there-is-no-such-option']);
    assert.deepEqual([status, stdout.startsWith('Usage: regraft')], [0, true], name);
  }
});

test('a restore of what is no directory says so, before it looks for a CRIU', () => {
  assert.deepEqual(regraft(['restore', '/no/such/images']), {
    status: 1,
    stdout: '',
    stderr: 'regraft: /no/such/images is no directory\n',
  });
});

test('a restore removes nothing that was there before it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-kept-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const images = 'test/fixtures/criu-images/docker_shim';
  for (const [option, path, why] of [
    ['--out', folder, `${folder} is there already`],
    ['--out', file, `${file} is there already`],
    ['--pidfile', folder, `${folder} is no file`],
  ] as const) {
    for (const command of [['bin/regraft.js', 'restore'], ['bin/regraft-restore']]) {
      const { status, stderr } = spawnSync(command[0]!, [...command.slice(1), images, option, path], {
        encoding: 'utf8',
      });
      const told = `regraft: ${option}: ${why}; see regraft restore --help\n`;
      assert.deepEqual([status, stderr], [2, told], command.join(' '));
    }
    assert.ok(existsSync(file));
  }
});

function complete(script: string, ...line: string[]): string[] {
  const words = line.map((word) => JSON.stringify(word)).join(' ');
  const run = `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; _regraft; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, status, stderr } = spawnSync('bash', ['-c', run], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter(Boolean);
}

test('bash completes commands, and the options that each help lists', () => {
  const { stdout: script, status } = regraft(['completion', 'bash']);
  assert.equal(status, 0);
  assert.deepEqual(complete(script, 'regraft', 'pl'), ['plan']);
  assert.deepEqual(
    complete(script, 'regraft', '').sort(),
    [...Object.keys(COMMANDS), '--help', '--version'].sort(),
  );
  assert.deepEqual(complete(script, 'regraft', 'plan', '--h'), ['--history', '--helper-pid-min', '--help']);
  assert.deepEqual(complete(script, 'regraft', 'plan', 'tr'), []);
  assert.deepEqual(complete(script, 'regraft', 'completion', 'z'), ['zsh']);
});

test('zsh and fish know every command and option too; no other shell does', () => {
  const options = (text: string): string[] =>
    text.match(/helper-pid-min|with-scanner|leave-stopped|pidfile/g) ?? [];
  for (const shell of ['zsh', 'fish']) {
    const { stdout } = regraft(['completion', shell]);
    const { status, error } = spawnSync(shell, ['-n'], { input: stdout });
    if (!error) assert.equal(status, 0, shell);
    for (const name of Object.keys(COMMANDS)) assert.ok(stdout.includes(name), `${shell}: ${name}`);
    assert.ok(options(stdout).length >= 3, shell);
  }
  assert.equal(regraft(['completion', 'csh']).status, 2);
});

test('colours and progress are for terminals', { skip: hasScript ? false : 'no script(1) here' }, () => {
  const archive = 'test/fixtures/archives/docker_shim.tar.zst';
  assert.ok(!regraft(['plan', archive]).stdout.includes(ESCAPE));
  const onTerminal = (environment: NodeJS.ProcessEnv) =>
    spawnSync('script', ['-qec', `${process.execPath} bin/regraft.js plan ${archive}`, '/dev/null'], {
      encoding: 'utf8',
      // Nothing of the runner's environment: CI, NO_COLOR and FORCE_COLOR decide about colours too.
      env: { PATH: process.env.PATH, TERM: 'xterm', ...environment },
    }).stdout;
  assert.ok(onTerminal({}).includes(`${ESCAPE}[32mrestorable`));
  assert.doesNotMatch(onTerminal({ NO_COLOR: '1' }), COLOUR);
});
