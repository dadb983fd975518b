/** A chain of leaders below the root, each the parent of a member of the next one's session, needs no helper. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { provenPlan, treeOf } from '../../../histories/proven-plan.ts';

for (const length of [2, 8, 60, 300]) {
  test(`${length} leaders: no helper, one clone each and one setsid each leader`, () => {
    const leaders = Array.from({ length }, (_, i) => ({ pid: i + 2, ppid: 1, pgid: i + 2, sid: i + 2 }));
    const members = leaders
      .slice(1)
      .map(({ sid }, i) => ({ pid: length + i + 2, ppid: i + 2, pgid: sid, sid }));
    const root = { pid: 1, ppid: 0, pgid: 1, sid: 1 };
    const { helpers, steps } = provenPlan(treeOf({ root: 1, processes: [root, ...leaders, ...members] }));
    assert.equal(helpers.length, 0);
    assert.equal(steps.length, 3 * length);
  });
}
