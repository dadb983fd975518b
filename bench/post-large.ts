/**
 * `node post-large.js ADDRESS PROCESSES TIMES`: posts trees of random histories, waits for the plan of each, and deletes it. For
 * bench/beside-large.ts, in a process of its own, which says when its image is made.
 */

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { imageText, SHAPES } from './shapes.ts';

const [address, processes, times] = process.argv.slice(2) as [string, string, string];
const image = imageText(SHAPES.histories.make(Number(processes)));
process.send!('made');
process.disconnect();
for (let time = 0; time < Number(times); time++) {
  const answer = await fetch(`${address}/v1/plans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: image,
  });
  assert.equal(answer.status, 202, await answer.clone().text());
  const { id, treeId } = (await answer.json()) as { id: string; treeId: string };
  for (let status = 'running'; status !== 'ready'; ) {
    await delay(200);
    const plan = (await (await fetch(`${address}/v1/plans/${id}`)).json()) as { status: string };
    status = plan.status;
    assert.ok(status === 'running' || status === 'ready', status);
  }
  const deleted = await fetch(`${address}/v1/trees/${treeId}`, { method: 'DELETE' });
  assert.equal(deleted.status, 204);
}
