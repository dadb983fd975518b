/**
 * A container that runc and CRIU refuse to restore, restored by the same runc and CRIU: its images grafted, one line in
 * /etc/criu/runc.conf.
 */

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
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

test('the same where node starts another Node, as one that is too old does', {
  skip: whyNoRunc(),
}, async () => {
  const workshop = new Workshop();
  const container = new Container(CRIUS.at(-1)!, workshop, `regraft-test-${process.pid}`);
  mkdirSync(workshop.path('bin'));
  writeFileSync(workshop.path('bin/node'), `#!/bin/sh\n"${process.execPath}" "$@"\nexit $?\n`, {
    mode: 0o755,
  });
  try {
    await container.checkpoint();
    container.callFinisher();
    const env = { PATH: `${workshop.path('bin')}:${process.env.PATH}` };
    await succeeds('runc', container.restoring(container.grafted), env);
    assert.deepEqual(snapshot(await container.root()), container.started);
    await container.goesOn();
  } finally {
    await container.end();
    workshop.remove();
  }
});
