/** What `regraft restore` says of a CRIU that has failed: the line of its log that is the cause, why, and what helps. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { reasonOfCriu } from '../../src/restore/reason-of-criu.ts';

const folder = mkdtempSync(join(tmpdir(), 'regraft-reason-'));
after(() => rmSync(folder, { recursive: true }));

const LIMIT = "Error (criu/util.c:1532): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted";

function reasonIn(...lines: readonly string[]): string {
  const log = join(folder, 'restore.log');
  writeFileSync(log, lines.join('\n'));
  return reasonOfCriu(log);
}

test('a known line comes with why and what helps, and never is the one about limits', () => {
  const taken = "(00.1)      1: Error (criu/cr-restore.c:1234): Can't fork for 927: File exists";
  assert.equal(
    reasonIn(LIMIT, taken),
    ": Can't fork for 927: File exists\nThe number 927 is taken when it is needed. Restore where no other process has the numbers of the image: in a fresh pid namespace.",
  );
});

test('a line about the tree is not answered with the command that has just failed', () => {
  const said = reasonIn("Error (criu/pstree.c:801): Can't find a session leader for 9");
  assert.match(said, /^: Can't find a session leader for 9\nA member of session 9 /);
  assert.doesNotMatch(said, /regraft restore/);
});

test('an unknown line is told as it is; no log, and one without an error, say nothing', () => {
  assert.equal(reasonIn('Error (criu/x.c:1): What nobody has seen'), ': What nobody has seen');
  assert.equal(reasonIn(LIMIT), '');
  assert.equal(reasonOfCriu(join(folder, 'none')), '');
});
