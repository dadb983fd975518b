/** The generated pages of the guide are what their sources say now. Stale: `npm run catalogue`. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { apiPage } from '../../scripts/catalogue/api-page.ts';
import { diagnosticsPage } from '../../scripts/catalogue/diagnostics-page.ts';
import { errorsPage } from '../../scripts/catalogue/errors-page.ts';
import { kernelRulesPage } from '../../scripts/catalogue/kernel-rules-page.ts';
import { startService } from '../http/service-under-test.ts';

const { app } = await startService();

for (const [name, page] of [
  ['diagnostics', () => diagnosticsPage()],
  ['errors', () => errorsPage(app)],
  ['kernel-rules', async () => kernelRulesPage()],
  ['api-examples', async () => apiPage(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')))],
] as const) {
  test(`docs/guide/${name}.md is up to date`, async () => {
    assert.equal(readFileSync(`docs/guide/${name}.md`, 'utf8'), await page());
  });
}
