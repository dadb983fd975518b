/** The trees of the recorded dumps: built anew, dumped and restored by every CRIU on the machine. */

import { test } from 'node:test';
import { CRIUS, whyNoCriu } from './criu.ts';
import { roundTrip } from './round-trip.ts';
import { fixtureScripts } from './scripts.ts';

const skip = whyNoCriu() ?? false;

for (const criu of CRIUS) {
  test(`CRIU ${criu.name} restores the trees of all recorded dumps`, { skip }, async (t) => {
    for (const script of fixtureScripts()) {
      await t.test(script.name, async () => {
        await roundTrip(criu, script);
      });
    }
  });
}
if (skip) test('real CRIUs', { skip }, () => {});
