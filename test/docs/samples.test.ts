/**
 * The code samples of the OpenAPI document run as they stand, against a server of this test in the place of port 8080.
 * Samples in a language that is not on the machine are left out, and said to be.
 */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type CodeSample, SERVER } from '../../scripts/code-samples.ts';
import { startService } from '../http/service-under-test.ts';

interface Operation {
  readonly operationId: string;
  readonly 'x-codeSamples'?: readonly CodeSample[];
}

const { paths } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
/** Trees and plans are made before they are read, and deleted last. */
const MADE = ['postTree', 'postPlan', 'postPlans'];
function rank({ operationId }: Operation): number {
  if (operationId === 'deletePlan') return MADE.length + 1;
  if (operationId === 'deleteTree') return MADE.length + 2;
  return MADE.includes(operationId) ? MADE.indexOf(operationId) : MADE.length;
}

const operations = Object.values(paths)
  .flatMap((path) => Object.values(path))
  .filter((operation) => operation['x-codeSamples'])
  .sort((a, b) => rank(a) - rank(b));

const { app } = await startService();
const origin = await app.listen({ port: 0, host: '127.0.0.1' });
const directory = mkdtempSync(join(tmpdir(), 'regraft-samples-'));
after(() => rmSync(directory, { recursive: true }));
mkdirSync(join(directory, 'node_modules'));
symlinkSync(process.cwd(), join(directory, 'node_modules/regraft'));

interface Language {
  readonly file: string;
  /** Null: this machine does not have it. */
  readonly run: readonly string[] | null;
}

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const LANGUAGES: Readonly<Record<CodeSample['lang'], Language>> = {
  Shell: { file: 'sample.sh', run: has('curl', '--version') ? ['bash', '-e'] : null },
  TypeScript: { file: 'sample.mts', run: [process.execPath, '--disable-warning=ExperimentalWarning'] },
  Go: { file: 'sample.go', run: has('go', 'version') ? ['go', 'run'] : null },
  Python: { file: 'sample.py', run: has('python3', '--version') ? ['python3'] : null },
};

/** The server is in this process, so nothing here may block it. */
function run(program: readonly string[], file: string): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const [command = '', ...args] = program;
    const child = spawn(command, [...args, file], { cwd: directory });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.on('close', (status) => resolve({ status, output }));
  });
}

test('every call has a sample in four languages', () => {
  assert.ok(operations.length > 20);
  for (const operation of operations)
    assert.deepEqual(
      operation['x-codeSamples']!.map(({ lang }) => lang),
      Object.keys(LANGUAGES),
      operation.operationId,
    );
});

for (const [lang, { file, run: program }] of Object.entries(LANGUAGES)) {
  test(`${lang}: the samples run`, { skip: program ? false : `no ${lang} here` }, async () => {
    for (const { operationId, 'x-codeSamples': samples } of operations) {
      const { source } = samples!.find((sample) => sample.lang === lang)!;
      writeFileSync(join(directory, file), source.replaceAll(SERVER, origin));
      const { status, output } = await run(program!, file);
      assert.equal(status, 0, `${operationId}\n${source}\n${output}`);
      assert.doesNotMatch(output, /urn:regraft:problem/, operationId);
      if (!operationId.startsWith('delete'))
        assert.ok(output.trim().length > 10, `${operationId}: ${output}`);
    }
  });
}
