import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatTree, postJson, startService } from './service-under-test.ts';

test('metrics tell outcomes, diagnostics, times by size and phase, problems, the queue, the store and the build', async () => {
  const { app } = await startService({ INLINE_MAX_PROCESSES: '50', SYNC_MAX_PROCESSES: '500' });
  for (const body of [flatTree(20), flatTree(200), '{']) await postJson(app, '/v1/plans', body);
  const { body } = await app.inject('/metrics');
  for (const line of [
    'regraft_plans_total{outcome="restorable"} 2',
    'regraft_diagnostics_total{code="CABA_MISSING"} 2',
    'regraft_planning_seconds_count{processes="to 100"} 1',
    'regraft_planning_seconds_count{processes="to 1000"} 1',
    'regraft_planning_phase_seconds_count{phase="schedule"} 1',
    'regraft_problems_total{code="IMAGE_UNPARSABLE"} 1',
    'regraft_plans_running 0',
    'regraft_plans_waiting 0',
    'regraft_store_records{kind="tree"} 2',
    'regraft_store_records{kind="plan"} 2',
  ]) {
    assert.ok(body.split('\n').includes(line), line);
  }
  assert.match(body, /^regraft_store_bytes\{kind="plan"\} [1-9]/m);
  assert.match(body, /^regraft_build_info\{version="[^"]+",engine="[^"]+",node="[^"]+"\} 1$/m);
});
