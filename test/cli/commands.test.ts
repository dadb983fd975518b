/** The command as people call it: the table of its subcommands, help, version, and what is no command. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { regraft } from './regraft.ts';

const SCREEN = { lines: 40, columns: 100 };

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
