/** `regraft graft` as it is called: plans from elsewhere, and what it says when there is none. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { GRAFT_FILE } from '../../src/formats/graft-file.ts';
import { regraft } from '../cli/regraft.ts';
import { startService } from '../http/service-under-test.ts';
import { bytesOf, copyOfDump, files, fresh, grafted, hashes } from './dump-copies.ts';

const COMMAND = join(import.meta.dirname, '../../../bin/regraft.js');

/** Beside a server in this process, so without blocking it. */
function regraftAside(...args: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], (error, _, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stderr }),
    );
  });
}

const graftOf = (directory: string): unknown => JSON.parse(readFileSync(join(directory, GRAFT_FILE), 'utf8'));

describe('a plan from a file', () => {
  let plan: string;
  before(() => {
    const { status, stdout } = regraft(['plan', '--no-clone-parent', '--json', copyOfDump()]);
    assert.equal(status, 0);
    plan = stdout;
  });

  it('makes the graft that the planner here would make', async () => {
    const dump = copyOfDump();
    const own = await grafted(dump);
    const file = fresh('plan-#.json');
    writeFileSync(file, plan);
    const out = fresh('planned-#');
    const { status, stderr } = regraft(['graft', dump, '--plan', file, '--criu', '4.3', '--out', out]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /CRIU 4\.3 alone refuses: .* grafted with 1 carrier and 1 step to finish/);
    assert.deepEqual(graftOf(out), own.graftFile);
    assert.deepEqual(bytesOf(out, 'pstree.img'), bytesOf(own.out, 'pstree.img'));
  });

  it('is believed in nothing: one of another tree makes none', () => {
    const changed = JSON.parse(plan) as { helpers: unknown[]; steps: { op: string }[] };
    changed.steps = changed.steps.filter(({ op }) => op !== 'setsid');
    const file = fresh('plan-#.json');
    writeFileSync(file, JSON.stringify(changed));
    const out = fresh('planned-#');
    const { status, stderr } = regraft(['graft', copyOfDump(), '--plan', file, '--out', out]);
    assert.notEqual(status, 0, stderr);
    assert.ok(!existsSync(out));
  });

  it('without steps, or none at all, is bad input', () => {
    for (const [text, why] of [
      ['{"outcome":"restorable"}', /no plan of one pid namespace with its steps/],
      ['steps', /JSON/],
    ] as const) {
      const file = fresh('plan-#.json');
      writeFileSync(file, text);
      const { status, stderr } = regraft([
        'graft',
        copyOfDump(),
        '--plan',
        file,
        '--out',
        fresh('planned-#'),
      ]);
      assert.equal(status, 2);
      assert.match(stderr, why);
    }
  });
});

describe('a plan from a server', () => {
  it('makes the same graft', async () => {
    const { app } = await startService();
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const dump = copyOfDump();
    const out = fresh('served-#');
    const { code, stderr } = await regraftAside(
      'graft',
      dump,
      '--server',
      url,
      '--criu',
      '4.3',
      '--out',
      out,
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(graftOf(out), (await grafted(dump)).graftFile);
  });

  it('that is not there is named', () => {
    const { status, stderr } = regraft([
      'graft',
      copyOfDump(),
      '--server',
      'http://127.0.0.1:9',
      '--out',
      fresh('x-#'),
    ]);
    assert.equal(status, 2);
    assert.match(stderr, /127\.0\.0\.1:9/);
  });
});

describe('what it does not write', () => {
  it('to a place where something is', () => {
    const dump = copyOfDump();
    const was = hashes(dump);
    const { status, stderr } = regraft(['graft', dump, '--out', dump]);
    assert.equal(status, 2);
    assert.match(stderr, /is there already/);
    assert.deepEqual(hashes(dump), was);
  });

  it('a graft of a graft, whose carriers are no processes of the tree', async () => {
    const { out } = await grafted(copyOfDump());
    const again = fresh('again-#');
    const { status, stderr } = regraft(['graft', out, '--out', again]);
    assert.equal(status, 2);
    assert.match(stderr, /is grafted already/);
    assert.ok(!existsSync(again));
  });

  it('anything where the images are none', () => {
    const out = fresh('out-of-nothing-#');
    const { status, stderr } = regraft(['graft', join(copyOfDump(), '..', 'nowhere'), '--out', out]);
    assert.equal(status, 2, stderr);
    assert.ok(!existsSync(out));
  });

  it('both --plan and --server, or neither --out', () => {
    const dump = copyOfDump();
    assert.equal(regraft(['graft', dump, '--plan', 'a', '--server', 'b', '--out', 'c']).status, 2);
    assert.equal(regraft(['graft', dump]).status, 2);
    assert.ok(!files(dump).includes(GRAFT_FILE));
  });
});

describe('what is no archive, or none that is whole', () => {
  const archive = readFileSync('test/fixtures/archives/docker_shim.tar.zst');
  for (const [what, bytes] of [
    ['text', Buffer.from('{"name":"no archive"}'.repeat(100))],
    ['an empty file', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(10_240)],
    ['half of one', archive.subarray(0, archive.length / 2)],
    ['compressed noise', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), archive])],
  ] as const) {
    it(`${what} is refused in one line`, () => {
      const from = fresh('damaged-#.tar');
      writeFileSync(from, bytes);
      const { status, stdout, stderr } = regraft(['graft', from, '--out', fresh('out-#.tar')]);
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, /^regraft: [^\n]+\n$/);
    });
  }
});
