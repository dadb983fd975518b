/**
 * The commands of the README and the guide work as they stand. They run against a server of this test, whose port takes
 * the place of 8080. A command that cannot run here is listed with where it is run instead.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { documents, fileOf } from '../../scripts/guide.ts';
import { startService } from '../http/service-under-test.ts';

const ELSEWHERE: readonly (readonly [pattern: RegExp, where: string])[] = [
  [/^npm ci && npm (start|test)/, 'by whoever runs this'],
  [/^npm start &/, 'by this test, on another port'],
  [/^npx regraft replay/, 'test/kernel: it needs root, make and a C compiler'],
];

const { app } = await startService();
const origin = await app.listen({ port: 0, host: '127.0.0.1' });
const directory = mkdtempSync(join(tmpdir(), 'regraft-commands-'));
after(() => rmSync(directory, { recursive: true }));

const FILES = [
  'README.md',
  ...documents()
    .filter(({ path }) => path.startsWith('guide/'))
    .map(({ path }) => fileOf(path)),
];

/** Commands of the blocks of `sh`, lines that go on put together, remarks taken off. */
function commandsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block!
      .replace(/(\\|\|)\n\s*/g, (_, end) => (end === '|' ? '| ' : ''))
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter(Boolean),
  );
}

for (const file of FILES) {
  const commands = commandsOf(file);
  if (commands.length === 0) continue;
  test(`${file}: every command runs`, async () => {
    for (const command of commands) {
      if (ELSEWHERE.some(([pattern]) => pattern.test(command))) continue;
      const here = command
        .replaceAll('http://127.0.0.1:8080', origin)
        .replaceAll('--out /tmp/', `--out ${directory}/`)
        .replaceAll('npx regraft', `${process.execPath} bin/regraft.js`)
        .replaceAll(/(--out |> )(?=[a-z.]+json)/g, `$1${directory}/`);
      const { status, stderr } = await run(here);
      assert.ok(status === 0, `${command}\n${stderr}`);
    }
  });
}

/** The server is in this process, so nothing here may block it. The shell stays while the command runs: `scan` looks at it. */
function run(command: string): Promise<{ status: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', `${command}; exit $?`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (status) => resolve({ status, stderr }));
  });
}
