/** What a failed restore does to a pidfile that is there: another tree's stays. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { checkWritable, removeEndedPidfile } from '../../src/restore/pidfile.ts';

const directory = mkdtempSync(join(tmpdir(), 'regraft-pidfile-'));
const pidfile = join(directory, 'pid');
after(() => rmSync(directory, { recursive: true }));

it('goes where it is empty or names nobody, and stays otherwise', () => {
  const { pid: ended } = spawnSync('true');
  for (const [text, stays] of [
    ['', false],
    [`${ended}\n`, false],
    [`${process.pid}\n`, true],
    ['1\n', true],
    ['notes\n', true],
    [`${ended}\nnotes\n`, true],
  ] as const) {
    writeFileSync(pidfile, text);
    removeEndedPidfile(pidfile);
    assert.equal(existsSync(pidfile), stays, JSON.stringify(text));
    rmSync(pidfile, { force: true });
  }
  removeEndedPidfile(pidfile);
});

it('that cannot be written is said before anything begins', () => {
  checkWritable(pidfile);
  assert.throws(() => checkWritable(join(directory, 'none', 'pid')), /ENOENT/);
});
