/** What a machine has, and the token of what was judged. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { preflightOfTree } from '../../src/engine/plan/preflight.ts';
import { judge } from '../../src/engine/requirements/judge.ts';
import type { Requirement } from '../../src/engine/requirements/requirement.ts';
import { buildIdOf } from '../../src/target/build-id.ts';
import { changedFacts, checkToken } from '../../src/target/check-token.ts';
import { scanTarget } from '../../src/target/scan-target.ts';
import { regraft } from '../cli/regraft.ts';
import { FIXTURES } from '../formats/dumps.ts';
import { treeOf } from '../histories/proven-plan.ts';

const FILES: Requirement = {
  property: 'files',
  captured: { list: [{ path: '/data', size: 5, mode: 0x81a4, buildId: null, program: false }], total: 1 },
  level: 'namespace',
  strictness: 'exact',
  says: '',
};
const MAX: Requirement = { property: 'pidMax', captured: 9, level: 'node', strictness: 'at least', says: '' };

test('a file is looked at below the root, and a change of it is a changed fact', () => {
  const root = mkdtempSync(join(tmpdir(), 'regraft-target-'));
  try {
    writeFileSync(join(root, 'data'), 'hello', { mode: 0o644 });
    const requirements = [FILES, MAX];
    const now = () => judge(requirements, [], scanTarget({ requirements, root, criu: null }));
    const before = now();
    assert.deepEqual(before.conflicts, []);
    const token = checkToken(before);
    assert.deepEqual(changedFacts(token, now()), []);
    writeFileSync(join(root, 'data'), 'hello again');
    assert.match(changedFacts(token, now())![0]!, /^files: \/data: it has 11 bytes, the dump's had 5/);
    rmSync(join(root, 'data'));
    assert.match(changedFacts(token, now())![0]!, /not there: \/data/);
    const other = [{ ...MAX, captured: 10 }];
    assert.equal(changedFacts(token, judge(other, [], { pidMax: 99 }))!.length, 2);
    assert.deepEqual(changedFacts(token, judge(requirements, [], { pidMax: 99 })), []);
    assert.equal(changedFacts('no token', now()), null);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('numbers are judged without a plan: those of processes, threads and dead leaders', () => {
  const tree = treeOf({
    root: 7,
    processes: [
      { pid: 7, ppid: 0, pgid: 7, sid: 7, threads: [7, 8] },
      { pid: 9, ppid: 7, pgid: 12, sid: 7 },
    ],
  });
  const conflicts = preflightOfTree(tree, { occupiedPids: [1, 8, 12, 13], pidsLimit: 2 });
  assert.deepEqual(
    conflicts.map(({ code, pids }) => [code, pids]),
    [
      ['PID_CONFLICT', [8, 12]],
      ['PIDS_LIMIT_EXCEEDED', []],
    ],
  );
  assert.deepEqual(preflightOfTree(tree, { occupiedPids: [1, 13], pidsLimit: 3 }), []);
});

test('this machine is scanned for an image set', () => {
  const images = join(FIXTURES, 'criu-surroundings');
  const ran = regraft(['scan', '--target', '--for', images, '--criu', '4.3']);
  assert.equal(ran.status, 0, ran.stderr);
  const body = JSON.parse(ran.stdout);
  assert.ok(body.pidMax > 300);
  assert.ok(body.memoryBytes > 1e6);
  assert.equal(body.criu, '4.3');
  assert.equal(body.occupiedPids, undefined, 'an init of its own gets a fresh namespace');
  assert.ok(body.files.some(({ path }: { path: string }) => path === '/'));
});

test('build ids are those of the notes', { skip: process.platform !== 'linux' }, () => {
  assert.equal(buildIdOf(Buffer.alloc(64)), null);
  assert.equal(buildIdOf(Buffer.from('no program')), null);
  const own = buildIdOf(readFileSync('/bin/sh').subarray(0, 65536));
  assert.ok(own === null || /^[0-9a-f]{16,}$/.test(own));
});
