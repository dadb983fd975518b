/** Writes openapi/openapi.json: `npm run openapi`. A test fails where it is stale. */

import { writeFileSync } from 'node:fs';
import { openapiText } from './openapi-document.ts';

writeFileSync(new URL('../../openapi/openapi.json', import.meta.url), await openapiText());
