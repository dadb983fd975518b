import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeTooOld } from '../src/this-package.ts';

test('Node 22.16 and everything after it will do; what is older is named with what is needed', () => {
  for (const version of ['22.16.0', '22.23.5', '24.0.0', '26.10.0', '100.1.0']) {
    assert.equal(nodeTooOld(version), null, version);
  }
  for (const version of ['20.20.2', '22.15.9', '18.0.0', '9.99.0']) {
    const line = nodeTooOld(version);
    assert.ok(
      line?.includes('22.16') && line.includes(version) && !line.includes('\n'),
      `${version}: ${line}`,
    );
  }
});
