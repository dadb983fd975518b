/** `regraft plan` and `regraft explain`: images of every form in, steps or reasons out, and exit codes to branch on. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { FIXTURES, tarOf } from '../formats/dumps.ts';
import { regraft } from './regraft.ts';

const DUMP = join(FIXTURES, 'criu-images', 'docker_shim');
const folder = mkdtempSync(join(tmpdir(), 'regraft-plan-'));
after(() => rmSync(folder, { recursive: true }));

const init = { pid: 1, ppid: 0, pgid: 1, sid: 1, childSubreaper: false };
const RESTORABLE = { processes: [init, { ...init, pid: 2, ppid: 1, pgid: 2, sid: 2 }] };
/** V5: who leads a session is in the group of its own number. */
const UNRESTORABLE = { processes: [init, { ...init, pid: 2, ppid: 1, pgid: 1, sid: 2 }] };

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('regraft plan', () => {
  it('prints the steps, a line each, below what they are', () => {
    const { status, stdout, stderr } = regraft(['plan', file('tree.json', JSON.stringify(RESTORABLE))]);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^restorable: 2 processes, \d+ steps, 0 helpers\n/);
    assert.match(stdout, /^1: clone3\(2\)$/m);
    assert.match(stdout, /^2: setsid\(\)$/m);
  });

  it('takes a directory, an archive and the standard input, and comes to one plan', async () => {
    const parts = readdirSync(DUMP).map((name) => ({ name, bytes: readFileSync(join(DUMP, name)) }));
    const tar = await tarOf(parts);
    const plans = [
      regraft(['plan', '--json', DUMP]),
      regraft(['plan', '--json', file('dump.tar', tar)]),
      regraft(['plan', '--json', '-'], tar.toString('latin1')),
    ];
    const [first, second] = plans.map(({ stdout }) => stdout);
    assert.deepEqual(JSON.parse(first!).steps.length, 9);
    assert.equal(second, first);
  });

  it('says why there is no plan, with exit code 1', () => {
    const { status, stdout } = regraft(['plan', '-'], JSON.stringify(UNRESTORABLE));
    assert.equal(status, 1);
    assert.match(stdout, /^unrestorable: /);
    const json = regraft(['plan', '--json', '-'], JSON.stringify(UNRESTORABLE));
    assert.deepEqual([json.status, JSON.parse(json.stdout).outcome], [1, 'unrestorable']);
  });

  it('takes options by name, before those of a request', () => {
    const request = JSON.stringify({ tree: RESTORABLE, options: { helperPidMin: 400, history: 0 } });
    const { stdout } = regraft(
      ['plan', '--json', '--helper-pid-min', '500', '--occupied', '7,3', '--no-clone-parent', '-'],
      request,
    );
    const { helperPidMin, occupiedPids, allowCloneParent } = JSON.parse(stdout).options;
    assert.deepEqual([helperPidMin, occupiedPids, allowCloneParent], [500, [3, 7], false]);
  });

  it('names what is wrong with the input, and where, with exit code 2', () => {
    const twice = JSON.stringify({ processes: [init, init] });
    for (const [args, input, said] of [
      [['plan', '-'], twice, /^regraft: -: \/processes\/1\/pid: /],
      [['plan', '-'], '{"processes":[', /^regraft: -: .*byte 14/],
      [['plan', '-'], '', /^regraft: - is empty$/],
      [['plan', join(folder, 'nothing')], '', /nothing: no such file or directory$/],
      [['plan', '-'], JSON.stringify({ treeId: 'a' }), /names a stored tree/],
      [['plan'], '', /one image is needed/],
      [['plan', 'a', 'b'], '', /one image is needed/],
      [['plan', '--history', 'x', '-'], '', /--history needs a number, not "x"/],
      [['plan', '--helper-pid-min', '0', '-'], '', /helperPidMin: The value must be >= 2/],
      [['plan', '--what', '-'], '', /--what/],
    ] as const) {
      const { status, stdout, stderr } = regraft(args, input);
      assert.deepEqual([status, stdout], [2, ''], args.join(' '));
      assert.match(stderr.trimEnd(), said);
      assert.equal(stderr.split('\n').length, 2, stderr);
    }
  });
});

describe('regraft explain', () => {
  it('prints the proof of a refusal, as text or JSON', () => {
    const { status, stdout } = regraft(['explain', '-'], JSON.stringify(UNRESTORABLE));
    assert.equal(status, 1);
    assert.match(stdout, /^unrestorable: .*\n1\. /);
    const json = regraft(['explain', '--json', '-'], JSON.stringify(UNRESTORABLE));
    const { outcome, code, pids } = JSON.parse(json.stdout);
    assert.deepEqual([outcome, code, pids], ['unrestorable', 'UNRESTORABLE', [2]]);
  });

  it('says of a restorable tree that its plan was run', () => {
    const { status, stdout } = regraft(['explain', '-'], JSON.stringify(RESTORABLE));
    assert.equal(status, 0);
    assert.match(stdout, /^restorable: /);
  });
});
