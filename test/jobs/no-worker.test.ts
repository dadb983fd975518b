/** A service whose worker program is gone from the disk. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatTree, postJson, startService } from '../http/service-under-test.ts';

test('where the program of the workers is gone, whoever needs one is told so, and small plans go on', async () => {
  const { app } = await startService(
    { INLINE_MAX_PROCESSES: '50', SYNC_MAX_PROCESSES: '100', WORKERS: '2' },
    new URL('./no-such-worker.js', import.meta.url),
  );
  const needy = () => postJson(app, '/v1/plans', flatTree(80));
  for (const answer of [await needy(), ...(await Promise.all([needy(), needy(), needy()]))]) {
    assert.deepEqual([answer.statusCode, answer.json().code], [500, 'WORKER_LOST']);
  }
  assert.equal((await postJson(app, '/v1/plans', flatTree(10))).statusCode, 201);
});
