/** The docs hold together: every link leads to a file and a heading that is there, every picture exists and says what it shows. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchorOf, documents, fileOf } from '../../scripts/guide.ts';
import { startService } from '../http/service-under-test.ts';

/** Files and their text without code. */
const FILES = ['README.md', ...documents().map(({ path }) => fileOf(path))].map((file) => ({
  file,
  text: readFileSync(file, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, ''),
}));

function headingsOf(file: string): Set<string> {
  const text = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!)));
}

test('every link between files leads somewhere', () => {
  const broken: string[] = [];
  let count = 0;
  for (const { file, text } of FILES) {
    for (const [, href] of text.matchAll(/\]\(<?([^)>\s]+)>?\)/g)) {
      if (/^[a-z]+:/.test(href!)) continue;
      count++;
      const [path = '', anchor] = href!.split('#');
      const target = path === '' ? file : join(dirname(file), path);
      if (!existsSync(target)) broken.push(`${file}: ${href}`);
      else if (anchor && !headingsOf(target).has(anchor)) broken.push(`${file}: ${href} has no such heading`);
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(count > 30);
});

test('every file that the text names exists', () => {
  const missing: string[] = [];
  for (const file of ['README.md', ...documents().map(({ path }) => fileOf(path))]) {
    const text = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    for (const [, path] of text.matchAll(/`((?:src|test|docs|scripts|bin|native|openapi|bench)\/[\w./-]+)`/g))
      if (!existsSync(path!) && !/^native\/build\//.test(path!)) missing.push(`${file}: ${path}`);
  }
  assert.deepEqual(missing, []);
});

test('every room of the theory in the README exists', () => {
  const table = readFileSync('README.md', 'utf8').split('### The theory in the code')[1]!.split('\n\n')[1]!;
  const paths = [...table.matchAll(/`([a-z-]+\/[\w./-]*)`/g)].map(([, path]) => path!);
  assert.ok(paths.length > 12);
  assert.deepEqual(
    paths.filter(
      (path) => !['', 'src/engine', 'src/engine/planner'].some((top) => existsSync(join(top, path))),
    ),
    [],
  );
});

test('every picture has words', () => {
  for (const { file, text } of FILES) {
    for (const [whole, words] of text.matchAll(/!\[([^\]]*)\]\([^)]+\)/g))
      assert.ok(words!.length > 8, `${file}: ${whole}`);
  }
});

const { app } = await startService();

test('the guide is served, and its pages link only to what is served', async () => {
  const seen = new Set<string>();
  const toSee = ['/guide/'];
  while (toSee.length > 0) {
    const address = toSee.pop()!;
    if (seen.has(address)) continue;
    seen.add(address);
    const answer = await app.inject({ url: address, headers: { accept: 'text/html' } });
    assert.ok(answer.statusCode < 400, `${address}: ${answer.statusCode}`);
    if (!address.startsWith('/guide')) continue;
    for (const [, href] of answer.body.matchAll(/(?:href|src)="([^"#]+)(?:#[^"]*)?"/g)) {
      if (href!.startsWith('/')) toSee.push(href!);
      else assert.match(href!, /^https?:/, `${address}: ${href}`);
    }
  }
  assert.ok(seen.size > 15);
});
