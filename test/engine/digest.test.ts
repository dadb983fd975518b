/** The planner answers a share of every set as it did when test/fixtures/digests/quick.json was written. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ENGINE_VERSION } from '../../src/jobs/engine-version.ts';
import { changesOf, type Digests, digestsOf } from '../digest/digest.ts';

const CHECKED_IN = new URL('../../../test/fixtures/digests/quick.json', import.meta.url);

test('plans, outcomes and diagnostics are those of the digest', async () => {
  const before = JSON.parse(readFileSync(CHECKED_IN, 'utf8')) as Digests;
  const changes = changesOf(before, await digestsOf('quick'));
  assert.equal(
    changes.join('\n'),
    '',
    'If every change is meant, raise ENGINE_VERSION and write the digest anew: npm run digest -- --write; and say what changed.',
  );
});

test('the digest is of this engine version, which is raised whenever it changes', () => {
  const version = new URL('engine-version.txt', CHECKED_IN);
  assert.equal(readFileSync(version, 'utf8').trim(), ENGINE_VERSION, 'npm run digest -- --write');
});
