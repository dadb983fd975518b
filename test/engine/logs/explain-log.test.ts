import assert from 'node:assert/strict';
import { test } from 'node:test';
import { againstTree, type ToldOfTree } from '../../../src/engine/logs/against-tree.ts';
import { CRIU_MESSAGES } from '../../../src/engine/logs/criu-messages.ts';
import { explainLog } from '../../../src/engine/logs/explain-log.ts';

const RLIMIT =
  "(00.000115) Error (criu/rlimit.c:45): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted";
const log = (...lines: string[]): string => [RLIMIT, ...lines].join('\n');

test('the cause is the line that decides, not the first error', () => {
  const { failed, cause, others } = explainLog(
    log(
      "(00.002071) Error (criu/pstree.c:1012): Can't find a session leader for 4",
      '(00.002102) Error (criu/cr-restore.c:2536): Restoring FAILED.',
    ),
  );
  assert.equal(failed, true);
  assert.equal(cause!.line, 2);
  assert.match(cause!.why, /session 4/);
  assert.match(cause!.remedy, /regraft restore/);
  assert.deepEqual(
    others.map(({ kind }) => kind),
    ['harmless', 'consequence'],
  );
});

test('the pid of a restored process and the pids of the message are named', () => {
  const { cause } = explainLog(
    log(
      "(00.01) 7: Error (criu/cr-restore.c:1): Can't fork for 9: File exists",
      '(00.02) Error (a.c:1): 7 exited, status=1',
    ),
  );
  assert.equal(cause!.known, true);
  assert.ok(cause!.pids.includes(7));
  assert.match(cause!.remedy, /fresh pid namespace/);
});

test('a log of a restore that succeeded has no cause', () => {
  assert.deepEqual(
    [explainLog(`${RLIMIT}\n(00.9) Restore finished successfully.`).failed, explainLog('').cause],
    [false, null],
  );
});

test('what only follows is no cause, even alone', () => {
  const { failed, cause } = explainLog('(00.1) Error (a.c:1): Restoring FAILED.');
  assert.deepEqual([failed, cause], [true, null]);
});

test('an unknown message is said to be so', () => {
  const { cause } = explainLog(log('(00.1) Error (criu/x.c:1): flux capacitor: out of phase'));
  assert.deepEqual([cause!.known, cause!.message], [false, 'flux capacitor: out of phase']);
});

for (const [message, remedy] of [
  ['The root process 12 is not a session leader. Consider using --shell-job option', /--shell-job/],
  ['inet: Connected TCP socket, consider using --tcp-established option.', /--tcp-established/],
  ['unix: External socket is used. Consider using --ext-unix-sk option.', /--ext-unix-sk/],
  ['Some file locks are hold by dumping tasks! You can try --file-locks to dump them.', /--file-locks/],
  ["file /lib/x.so: Can't lookup mount=24 for fd=1 path=/tmp/out", /--external mnt/],
  ['File bin/app has bad size 100 (expect 200)', /same file/],
  ["Can't open file tmp/data on restore: No such file or directory", /Put the file/],
  ["Can't make FILES id for 77", /restorers/],
  ["Can't dump nested pid namespace for 31", /plan itself/],
  ['Zombies with threads are not supported', /first thread/],
  ['Tracking memory is not available. Consider omitting --track-mem option.', /without --track-mem/],
] as const) {
  test(`${message.slice(0, 50)}…`, () => {
    const { cause } = explainLog(log(`(00.5) Error (criu/any.c:7): ${message}`));
    assert.equal(cause!.known, true);
    assert.match(cause!.remedy, remedy);
  });
}

test('every message of the catalogue has a reason and a remedy in sentences', () => {
  for (const { why, remedy } of CRIU_MESSAGES) {
    assert.match(why, /^[A-Z].*\.$/);
    assert.match(remedy, /^[A-Z].*\.$/);
  }
});

const TOLD: ToldOfTree = {
  outcome: 'refuses',
  message: "Can't find a session leader for 4",
  pids: [6],
  why: 'Because.',
  remedy: 'Graft it.',
};

test('held against its tree, the cause names the processes of the tree, and the remedy that it has', () => {
  const line = "(00.002071) Error (criu/pstree.c:1012): Can't find a session leader for 4";
  const { expected, cause } = againstTree(explainLog(log(line)), [TOLD]);
  assert.deepEqual([expected, cause!.pids, cause!.why, cause!.remedy], [true, [6], 'Because.', 'Graft it.']);
  const other = againstTree(explainLog(log(line)), [{ ...TOLD, message: 'BUG at criu/pstree.c:494' }]);
  assert.deepEqual([other.expected, other.cause!.pids], [false, []]);
});

test('a log without an error, of a tree that makes the restore wait for ever, tells for whom', () => {
  const hangs: ToldOfTree = { ...TOLD, outcome: 'hangs', message: null, pids: [8, 9] };
  const { failed, expected, hang } = againstTree(explainLog(RLIMIT), [TOLD, hangs]);
  assert.deepEqual([failed, expected, hang!.pids, hang!.remedy], [false, true, [8, 9], 'Graft it.']);
  const mayHang = { ...TOLD, outcome: 'restores', message: null, mayHangFor: [3], why: null, remedy: null };
  assert.deepEqual(againstTree(explainLog(''), [mayHang]).hang!.pids, [3]);
  assert.equal(againstTree(explainLog(''), [TOLD]).hang, undefined);
});
