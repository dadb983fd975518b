/**
 * The commands of the README and the guide work as they stand. They run against a server of this test, whose port takes
 * the place of 8080. A command that cannot run here is listed with where it is run instead.
 */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { documents, fileOf } from '../../scripts/guide.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { startService } from '../http/service-under-test.ts';

/** `where`: the suite that runs it. */
const ELSEWHERE: readonly (readonly [pattern: RegExp, where: string])[] = [
  [/^npm ci && npm (start|test)/, '.ci/run'],
  [/^npm run (build:native|test:kernel)/, '.ci/run'],
  [/^npm start &/, 'test/docs/commands.test.ts'],
  [/^npx regraft replay/, 'test/kernel/node-agent.test.ts'],
  [/^npx regraft watch/, 'test/kernel/watch.test.ts'],
  [/^npx regraft scan .*--births/, 'test/kernel/watch.test.ts'],
  [/^(mkdir images|criu dump|npx regraft restore|cat \/proc\/"\$\(cat pid\)")/, 'test/criu/fixtures.test.ts'],
  [/^(runc |npx regraft graft|mkdir -p \/etc\/criu )/, 'test/criu/containers.test.ts'],
  [/^(token=|API_TOKENS=|curl -H "Authorization)/, 'test/http/authorization.test.ts'],
  [/^(podman |kept=|mv "\$kept)/, 'test/criu/podman.test.ts'],
];

const { app } = await startService();
const origin = await app.listen({ port: 0, host: '127.0.0.1' });
const directory = mkdtempSync(join(tmpdir(), 'regraft-commands-'));
after(() => rmSync(directory, { recursive: true }));

const FILES = ['README.md', ...documents().map(({ path }) => fileOf(path))];
/** Patterns that some command needed. */
const needed = new Set<RegExp>();

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
      const elsewhere = ELSEWHERE.find(([pattern]) => pattern.test(command));
      if (elsewhere) {
        needed.add(elsewhere[0]);
        continue;
      }
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

test('what is run elsewhere is needed, and where it is run exists', () => {
  for (const [pattern, where] of ELSEWHERE) {
    assert.ok(needed.has(pattern), `no document has ${pattern} any more`);
    assert.ok(existsSync(where), where);
  }
});

test('every command of ours that the text names exists, with its options', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const helps = new Map<string, string>();
  const helpOf = (name: string): string => {
    if (!helps.has(name)) {
      const { status, stdout } = spawnSync(process.execPath, ['bin/regraft.js', name, '--help'], {
        encoding: 'utf8',
      });
      helps.set(name, status === 0 ? stdout : '');
    }
    return helps.get(name)!;
  };
  const wrong: string[] = [];
  for (const file of FILES) {
    const text = readFileSync(file, 'utf8');
    for (const [, name] of text.matchAll(/npm run ([a-z:]+)/g))
      if (!Object.hasOwn(scripts, name!)) wrong.push(`${file}: npm run ${name}`);
    for (const [whole, name, rest] of text.matchAll(/(?:npx |`)regraft ([a-z]+)([^`\n|]*)/g)) {
      if (!Object.hasOwn(COMMANDS, name!)) wrong.push(`${file}: ${whole}`);
      const own = rest!.split(' -- ')[0]!.replace(/ #.*/, '');
      for (const [option] of own.matchAll(/(?<= )--[a-z-]+/g))
        if (!helpOf(name!).includes(option)) wrong.push(`${file}: regraft ${name} has no ${option}`);
    }
  }
  assert.deepEqual(wrong, []);
});

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
