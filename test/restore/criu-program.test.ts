/** Options for CRIU: which of them `regraft restore` says itself, however they are written, and where CRIU logs. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { criuCommand, criuLog, refusedOption } from '../../src/restore/criu-program.ts';

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
