/** Why a restorer does what it does: a reason for every outcome and for every message that a model can give. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OUTCOMES } from '../../../src/engine/restorers/prediction.ts';
import { reasonOf, reasonOfMessage } from '../../../src/engine/restorers/reasons.ts';

const MESSAGES = {
  "Can't figure out which sid (4 or 9)the process 3 was born with":
    /^CRIU would have 3 born both into session 4/,
  "Can't find a group leader for 5": /does not see the leader of a group/,
  "Can't dump nested pid namespace for 7": /^7 is in another pid namespace/,
  'A session leader of 12(12) is outside of its pid namespace': /^The leader of 12's session is outside/,
  'BUG at criu/pstree.c:494': /both a thread id and a pid/,
  'Unexpected task 70 in a tree 1': /both a thread id and a pid/,
  "Can't fork for 300: File exists": /^The number 300 is taken/,
} as const;

test('every outcome but an exact restore has a reason that names whom it is about', () => {
  for (const outcome of OUTCOMES) {
    const reason = reasonOf('CRIU', { outcome, message: null, pids: [8, 9] });
    if (outcome === 'restores') assert.equal(reason, null);
    else assert.match(reason!.why, /: 8, 9/);
  }
});

test('messages of the models are known, others are about something else', () => {
  for (const [message, why] of Object.entries(MESSAGES)) {
    assert.match(reasonOfMessage('CRIU', message)!.why, why);
    const pids = [1];
    assert.deepEqual(
      reasonOf('CRIU', { outcome: 'refuses', message, pids }),
      reasonOfMessage('CRIU', message),
    );
  }
  assert.equal(reasonOfMessage('CRIU', 'Connected TCP socket, consider using option'), null);
});
