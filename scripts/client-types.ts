/**
 * Writes src/client/api.gen.ts, the types of a client, from openapi/openapi.json: `npm run client`.
 *
 * The generator needs a TypeScript before 7, so npx runs it with one of its own. Examples are left out of what it reads;
 * the first line has the hash of the rest, by which a test sees stale types.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGES = ['openapi-typescript@7.13.0', 'typescript@5.9.3'];

export const CLIENT_TYPES = join(ROOT, 'src/client/api.gen.ts');

/** The document without its examples: they do not concern types, and change with every version of the engine. */
export function documentOfTypes(): string {
  const document: unknown = JSON.parse(readFileSync(join(ROOT, 'openapi/openapi.json'), 'utf8'));
  return JSON.stringify(document, (key, value: unknown) =>
    key === 'example' || key === 'examples' ? undefined : value,
  );
}

/** First line of the types that were made from a document. */
export function stampOf(document: string): string {
  return `// Generated from openapi/openapi.json (npm run client), sha256 ${createHash('sha256').update(document).digest('hex')}\n`;
}

function writeClientTypes(): void {
  const directory = mkdtempSync(join(tmpdir(), 'regraft-client-'));
  try {
    const document = documentOfTypes();
    const source = join(directory, 'openapi.json');
    const target = join(directory, 'api.ts');
    writeFileSync(source, document);
    const packages = PACKAGES.map((name) => `--package=${name}`);
    execFileSync('npx', ['--yes', ...packages, '--', 'openapi-typescript', source, '-o', target], {
      stdio: 'inherit',
    });
    writeFileSync(CLIENT_TYPES, stampOf(document) + readFileSync(target, 'utf8'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeClientTypes();
