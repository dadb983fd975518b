/** Writes the generated pages of the guide: `npm run catalogue`. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { startServer } from '../../src/server.ts';
import { apiPage } from './api-page.ts';
import { diagnosticsPage } from './diagnostics-page.ts';
import { errorsPage } from './errors-page.ts';
import { kernelRulesPage } from './kernel-rules-page.ts';

const GUIDE = join(import.meta.dirname, '../../../docs/guide');
const data = mkdtempSync(join(tmpdir(), 'regraft-catalogue-'));
const app = await startServer(readConfig({ DATA_DIR: data, LOG_LEVEL: 'silent', PORT: '0' }));
try {
  writeFileSync(join(GUIDE, 'diagnostics.md'), await diagnosticsPage());
  writeFileSync(join(GUIDE, 'errors.md'), await errorsPage(app));
  writeFileSync(join(GUIDE, 'kernel-rules.md'), kernelRulesPage());
  const document = readFileSync(join(GUIDE, '../../openapi/openapi.json'), 'utf8');
  writeFileSync(join(GUIDE, 'api-examples.md'), apiPage(JSON.parse(document)));
} finally {
  await app.close();
  rmSync(data, { recursive: true });
}
