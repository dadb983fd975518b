/** Options for CRIU: which of them `regraft restore` says itself, however they are written, and where CRIU logs. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { criuCommand, criuLog, criuRelease, refusedOption } from '../../src/restore/criu-program.ts';

describe('a CRIU that does not run', () => {
  const directory = mkdtempSync(join(tmpdir(), 'regraft-criu-'));
  after(() => rmSync(directory, { recursive: true }));
  const script = (name: string, text: string, mode = 0o755): string => {
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode });
    return join(directory, name);
  };

  for (const [criu, says] of [
    ['/bin/false', '--version ends with exit code 1'],
    ['/nowhere/criu', 'there is no such program'],
    [
      script('library', 'echo "libnl.so.3: not found" >&2; echo more >&2; exit 127'),
      /code 127: libnl.so.3: not found$/,
    ],
    [script('killed', 'kill -9 $$'), '--version is ended by SIGKILL'],
    [script('plain', '', 0o644), 'it may not be executed'],
  ] as const) {
    it(`is told why, in one line: ${says}`, async () => {
      await assert.rejects(criuRelease(criu), ({ message }: Error) => {
        assert.doesNotMatch(message, /\n/);
        assert.match(
          message,
          typeof says === 'string' ? new RegExp(`^${criu} does not run: ${says}$`) : says,
        );
        return true;
      });
    });
  }
});

describe('options for CRIU', () => {
  it('that say what the command says itself are refused, as CRIU would understand them', () => {
    for (const options of [
      ['-D', 'other'],
      ['-Dother'],
      ['--images-dir=other'],
      ['--image', 'other'],
      ['-ds'],
      ['-t7'],
      ['--auto'],
      ['-v4', '--pid', 'file'],
    ]) {
      assert.match(`${refusedOption(options)}`, /cannot be given to CRIU here; instead use /, `${options}`);
    }
  });

  it('of other kinds pass, and so do values that look alike', () => {
    for (const options of [
      [],
      ['-v4', '--shell-job', '--tcp-established'],
      ['-os.log'],
      ['-j', '--root', '/'],
      ['--external', 'mnt[data]:/srv'],
      ['-vds'],
    ]) {
      assert.equal(refusedOption(options), undefined, `${options}`);
    }
  });

  it('that name its log are kept, and followed', () => {
    assert.equal(criuLog('/work', []), '/work/restore.log');
    for (const [options, log] of [
      [['-o', 'mine'], '/work/mine'],
      [['-omine', '-W', '/there'], '/there/mine'],
      [['--log-file=/tmp/mine', '--work-dir', '/there'], '/tmp/mine'],
      [['--log-file', 'first', '-o', 'last'], '/work/last'],
    ] as const) {
      assert.equal(criuLog('/work', options), log);
      assert.ok(!criuCommand('criu', '/images', '/work', options).includes('restore.log'));
    }
  });
});
