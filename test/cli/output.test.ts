/** Where the command's output goes nowhere: a reader that has gone, a disk that is full, no output at all. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const COMMAND = `'${process.execPath}' '${join(import.meta.dirname, '../../../bin/regraft.js')}'`;
const RESTORABLE = 'test/fixtures/archives/docker_shim.tar.zst';
/** Every command that prints without being root. */
const PRINTING = [
  '--help',
  '--version',
  'plan --help',
  'completion bash',
  `plan ${RESTORABLE}`,
  `plan --json ${RESTORABLE}`,
  `explain ${RESTORABLE}`,
];

/** What `line` says on standard error; its first line is the command's exit code. */
function inBash(line: string): string {
  return spawnSync('bash', ['-c', line], { encoding: 'utf8' }).stderr;
}

test('a reader that goes away early changes no exit code, and is no fault', () => {
  for (const args of PRINTING) {
    const said = inBash(`${COMMAND} ${args} | sh -c 'exec 0<&-; sleep 1'; echo "\${PIPESTATUS[0]}" >&2`);
    assert.equal(said, '0\n', args);
  }
});

test('words that nobody reads change no exit code', () => {
  const code = inBash(
    `{ ${COMMAND} plan /there/is/no/such/file 2>&1 >&3 | sh -c 'exec 0<&-; sleep 1'; } 3>&1; echo "\${PIPESTATUS[0]}" >&2`,
  );
  assert.equal(code, '2\n');
});

test('what cannot be written is said in one line, and is no success', {
  skip: !existsSync('/dev/full'),
}, () => {
  for (const args of PRINTING) {
    const said = inBash(`${COMMAND} ${args} >/dev/full; echo $? >&2`);
    assert.match(said, /^regraft: standard output: ENOSPC[^\n]*\n2\n$/, args);
  }
});
