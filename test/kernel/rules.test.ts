/** Every rule that a step sequence can show, on the running kernel. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, type SeenProcess, trace, whyNotReplayable } from './replayer.ts';
import { RULES, type Rule } from './rules.ts';

const skip = whyNotReplayable() ?? false;

function checkFinal(rule: Rule, final: readonly SeenProcess[]): void {
  for (const [pid, facts] of Object.entries(rule.final)) {
    const seen = final.find((process) => process.pid === Number(pid));
    if (facts === null) assert.equal(seen, undefined, `${rule.id}: process ${pid}`);
    else assert.deepEqual({ ...seen, ...facts }, seen, `${rule.id}: process ${pid}`);
  }
}

test('the rules hold on this kernel', { skip }, async (t) => {
  const traces = await all(trace(RULES.map(({ id, steps }) => ({ id, plan: { steps } }))));
  assert.equal(traces.length, RULES.length);
  for (const [i, rule] of RULES.entries()) {
    assert.deepEqual([rule.id, ...traces[i]!.steps], [rule.id, ...rule.expect]);
    checkFinal(rule, traces[i]!.final);
  }
  t.diagnostic(`${RULES.length} rules`);
});
