/**
 * A container that runc and CRIU refuse to restore, restored by the same runc and CRIU: its images grafted, one line in
 * /etc/criu/runc.conf.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Container, succeeds, whyNoRunc } from './container.ts';
import { CRIUS, run, Workshop } from './criu.ts';
import { snapshot } from './snapshot.ts';

for (const criu of CRIUS) {
  test(`a container under runc, CRIU ${criu.name}`, { skip: whyNoRunc() }, async () => {
    const workshop = new Workshop();
    const container = new Container(criu, workshop, `regraft-test-${process.pid}`);
    try {
      await container.checkpoint();
      const refused = await run('runc', container.restoring(container.images));
      assert.notEqual(refused.code, 0, 'runc and CRIU alone refuse it');
      container.callFinisher();
      await succeeds('runc', container.restoring(container.grafted));
      assert.deepEqual(snapshot(await container.root()), container.started);
      await container.goesOn();
    } finally {
      await container.end();
      workshop.remove();
    }
  });
}
