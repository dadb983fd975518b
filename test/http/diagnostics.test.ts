/** What the answers say of trees and plans has the shape that the document gives each code. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { FIXTURES } from '../formats/dumps.ts';
import { setsIn, treesOfSet } from '../formats/tree-sets.ts';
import { scaled } from '../full-size.ts';
import { post, postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const document = JSON.parse(
  readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8'),
) as object;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, 'openapi.json');
const check = ajv.compile({ $ref: 'openapi.json#/components/schemas/Diagnostic' });

interface Diagnostic {
  readonly code: string;
}

/** Codes that were seen. */
const seen = new Set<string>();

function checkAll(diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    seen.add(diagnostic.code);
    assert.ok(check(diagnostic), `${JSON.stringify(diagnostic)}: ${ajv.errorsText(check.errors)}`);
  }
}

/** Of each published set of small trees. */
const TAKEN = scaled(3, 12);

test('of small trees, restorable or not, with births that fit and that do not', async () => {
  for (const file of ['.', 'namespaces', 'caba'].flatMap(setsIn)) {
    const trees = treesOfSet(file);
    const step = Math.max(1, Math.floor(trees.length / TAKEN));
    for (let at = 0; at < trees.length; at += step) {
      const tree = trees[at]!;
      const [root, ...others] = tree.processes;
      const births = Object.fromEntries(others.slice(0, 2).map(({ pid }) => [pid, root!.pid]));
      for (const options of [{}, { births }, { occupiedPids: [root!.pid] }]) {
        const answer = await postJson(app, '/v1/plans', { tree, options });
        assert.equal(answer.statusCode, 201, answer.body);
        checkAll(answer.json().diagnostics);
      }
    }
  }
});

test('of reported cases, archives and trees', async () => {
  const folder = join(FIXTURES, 'cases');
  for (const name of readdirSync(folder)) {
    if (name.startsWith('slow-')) continue;
    const payload = readFileSync(join(folder, name));
    const { tree } = name.endsWith('.json') ? JSON.parse(payload.toString()) : { tree: undefined };
    const answer = await post(
      app,
      '/v1/plans',
      name.endsWith('.json') ? 'application/json' : 'application/octet-stream',
      tree === undefined ? payload : JSON.stringify({ tree }),
    );
    if (answer.statusCode === 201) checkAll(answer.json().diagnostics);
  }
});

test('most codes were seen', () => {
  for (const code of [
    'UNRESTORABLE',
    'CABA_MISSING',
    'ORIGIN_AMBIGUOUS',
    'CABA_CONTRADICTION',
    'SUBREAPER_UNKNOWN',
    'SESSION_OUTSIDE',
    'GROUP_OUTSIDE',
    'PID_CONFLICT',
    'STATE_UNKNOWN',
    'STATE_STOPPED',
    'IMAGE_VERSION_UNKNOWN',
  ]) {
    assert.ok(seen.has(code), code);
  }
});
