/** Random real trees, CRIU_TREES of them with each CRIU (a share in CI): all come back as they were. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CRIUS, whyNoCriu } from './criu.ts';
import { roundTrip } from './round-trip.ts';
import { randomScript } from './scripts.ts';

const skip = whyNoCriu() ?? false;
const TREES = Number(process.env.CRIU_TREES ?? 20);
const FIRST_SEED = Number(process.env.CRIU_SEED ?? 1);

for (const criu of CRIUS) {
  test(`CRIU ${criu.name} restores ${TREES} random trees`, { skip }, async (t) => {
    const failures: string[] = [];
    let alone = 0;
    let processes = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + TREES; seed++) {
      try {
        const trip = await roundTrip(criu, randomScript(seed), { alone: true });
        processes += trip.processes;
        if (trip.alone === 'identical') alone++;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    t.diagnostic(
      `CRIU ${criu.name}: ${TREES - failures.length} of ${TREES} trees identical, ${alone} by CRIU alone; ${processes} processes`,
    );
    assert.deepEqual(failures, []);
  });
}
