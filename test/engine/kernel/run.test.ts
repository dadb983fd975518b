/** Runs of steps: where they stop, and what they say. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kernel } from '../../../src/engine/kernel/kernel.ts';
import { proc } from './proc.ts';
import { steps } from './script.ts';

const boot = () => new Kernel({ root: 1, rootIsInit: true });

test('a run stops at the refused step and says why', () => {
  const kernel = boot();
  assert.deepEqual(kernel.run(steps('clone 1 2 · setsid 2 · setsid 2 · clone 1 3')), {
    step: 2,
    errno: 'EPERM',
    message: 'setsid by 2: EPERM, the caller leads a session already',
  });
  assert.equal(proc(kernel, 3), undefined);
});

test('a run can go on from where another ended', () => {
  const kernel = boot();
  const plan = steps('clone 1 2 · clone 2 3 · exit 2 · wait 1 2');
  assert.equal(kernel.run(plan, 0, 2), null);
  assert.equal(proc(kernel, 3)?.ppid, 2);
  assert.equal(kernel.run(plan, 2), null);
  assert.equal(proc(kernel, 3)?.ppid, 1);
});

test('who is not there makes no calls', () => {
  assert.equal(boot().run(steps('exit 5'))?.errno, 'ESRCH');
  assert.equal(
    boot().run(steps('clone 1 2 · exit 2 · clone 2 3'))?.message,
    'clone3 by 2: ESRCH, process 2 is a zombie',
  );
  assert.equal(boot().run(steps('clone 1 2 · exit 2 · wait 1 2 · wait 1 2'))?.errno, 'ECHILD');
});

test('a step that never finishes is no step of a plan', () => {
  const plan = steps('clone 1 2,1 N · clone 2 3,7 · setpgid 3 3 3 · setpgid 2 2 3 · exit 2 · setpgid 1 2 2');
  const refusal = boot().run(plan);
  assert.equal(refusal?.step, 4);
  assert.equal(refusal?.errno, 'EDEADLK');
});
