/**
 * The layers hold: no source imports a room or a package that its own room may not, no rooms import each other, and
 * docs/architecture.md draws the same list. A source is one idea, of 300 lines at most.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { brokenLayer, circles, ROOMS, roomOf } from './layers.ts';
import { importsOf } from './source-imports.ts';

/** Compiled tests are in dist/test. */
const REPOSITORY = new URL('../../', import.meta.url);

function sources(): string[] {
  return readdirSync(new URL('src/', REPOSITORY), { recursive: true })
    .map((path) => String(path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort();
}

function textOf(path: string): string {
  return readFileSync(new URL(`src/${path}`, REPOSITORY), 'utf8');
}

function broken(path: string, source: string): string[] {
  return importsOf(path, source).flatMap((found) => brokenLayer(ROOMS, found) ?? []);
}

test('no source imports what its room may not', () => {
  const all = sources();
  assert.ok(all.length > 250, `${all.length} sources`);
  const faults = all.flatMap((path) => broken(path, textOf(path)));
  assert.deepEqual(faults, []);
});

test('nothing is permitted that nobody needs', () => {
  const needed = new Set<string>();
  for (const path of sources()) {
    for (const { to, isPackage } of importsOf(path, textOf(path)))
      needed.add(`${roomOf(path)} ${isPackage ? to : roomOf(to)}`);
  }
  const idle = ROOMS.flatMap(({ room, imports, packages }) =>
    [...imports, ...packages].map((other) => `${room} ${other}`).filter((edge) => !needed.has(edge)),
  );
  assert.deepEqual(idle, []);
});

const permitted = (): Map<string, readonly string[]> =>
  new Map(ROOMS.map(({ room, imports }) => [room, imports]));

test('no rooms import each other', () => {
  assert.deepEqual(circles(permitted()), []);
});

/** One permitted import more would close a circle of rooms. */
const CIRCLES = [
  ['engine/planner', 'engine/births'],
  ['engine/planner', 'engine/decide'],
  ['engine/plan', 'engine/diagnosis'],
  ['engine/planner', 'engine/diagnosis'],
  ['engine/tree', 'engine'],
  ['watch', 'scan'],
  ['store', 'jobs'],
] as const;

for (const [from, to] of CIRCLES) {
  test(`caught: a circle by ${from} importing ${to}`, () => {
    const planted = permitted();
    planted.set(from, [...planted.get(from)!, to]);
    const found = circles(planted);
    assert.ok(found.includes(from) && found.includes(to), found.join(' '));
  });
}

function importsOfSources(planted: Readonly<Record<string, string>>): Map<string, string[]> {
  return new Map(
    sources().map((path) => [
      path,
      importsOf(path, textOf(path) + (planted[path] ?? ''))
        .filter(({ isPackage }) => !isPackage)
        .map(({ to }) => to.replace(/\.js$/, '.ts')),
    ]),
  );
}

test('no sources import each other', () => {
  assert.deepEqual(circles(importsOfSources({})), []);
});

test('caught: a circle of two sources of one room', () => {
  const planted = { 'engine/tree/number-table.ts': `import type { TreeFault } from './build-tree.ts';` };
  const found = circles(importsOfSources(planted));
  assert.ok(found.includes('engine/tree/number-table.ts'), found.join(' '));
});

test('a circle is found, and who only hangs on it is no part of it', () => {
  const of = (edges: Record<string, string>): Map<string, string> => new Map(Object.entries(edges));
  assert.deepEqual(circles(of({ a: 'b', b: 'c', c: 'b', d: '' })), ['b', 'c']);
  assert.deepEqual(circles(of({ a: 'b', b: 'c', c: '' })), []);
});

/** The eight that the linter was tried with, and what else must never be. */
const PLANTED = [
  ['engine/planner/planted.ts', `import { readTree } from '../../formats/read-tree.ts';`],
  ['engine/tree/planted.ts', `import { scan } from '../../scan/scan.ts';`],
  ['engine/plan/planted.ts', `import { readConfig } from '../../config.ts';`],
  ['engine/diagnosis/planted.ts', `import { Problem } from '../../errors.ts';`],
  ['engine/kernel/planted.ts', `import { readTree } from '../../formats/read-tree.ts';`],
  ['engine/kernel/planted.ts', `import { checkMap } from '../births/check-map.ts';`],
  ['engine/kernel/planted.ts', `import { findOrigin } from '../planner/find-origin.ts';`],
  ['engine/births/planted.ts', `import { readFileSync } from 'node:fs';`],
  ['engine/proof/planted.ts', `import type { OriginProblem } from '../planner/origin-problem.ts';`],
  ['engine/proof/planted.ts', `import { refute } from '../refute/refute.ts';`],
  ['engine/refute/planted.ts', `export * from '../planner/origin-problem.ts';`],
  ['engine/plan-restore.ts', `import {\n  type FastifyInstance,\n} from 'fastify';`],
  ['formats/planted.ts', `const { planRestore } = await import('../engine/plan-restore.ts');`],
  ['store/planted.ts', `import '../http/document.ts';`],
  ['jobs/planted.ts', `const FILE = new URL('../http/document.js', import.meta.url);`],
  ['a-new-room/planted.ts', `import { treePart } from '../engine/tree/tree-part.ts';`],
] as const;

for (const [path, source] of PLANTED) {
  test(`caught: ${path}: ${source.replaceAll('\n', ' ')}`, () => {
    assert.equal(broken(path, source).length, 1);
  });
}

test('what stands in a comment, or is an import of the own room, is none', () => {
  const source = `/** import { a } from '../../formats/a.ts'; */\n// import 'node:fs';\nimport { b } from './b.ts';\n`;
  assert.deepEqual(broken('engine/kernel/planted.ts', source), []);
});

test('docs/architecture.md draws the same rooms', () => {
  const page = readFileSync(new URL('docs/architecture.md', REPOSITORY), 'utf8');
  const rows = page.matchAll(/^\| `([a-z/-]+)` +\|[^|]*\| ([^|]*?) +\| ([^|]*?) +\|$/gm);
  const names = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
  const drawn = [...rows].map(([, room, imports, packages]) => ({
    room,
    imports: names(imports!),
    packages: names(packages!),
  }));
  assert.deepEqual(drawn, ROOMS);
});

const MOST_LINES = { src: 300, test: 350, scripts: 300, bench: 300 };
const isGenerated = (path: string): boolean => /\.gen\.ts$|\/gen\//.test(path);

function tooLong(folder: keyof typeof MOST_LINES): string[] {
  const directory = new URL(`${folder}/`, REPOSITORY);
  return readdirSync(directory, { recursive: true })
    .map((path) => String(path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !isGenerated(path))
    .map((path) => ({ path, lines: readFileSync(new URL(path, directory), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES[folder])
    .map(({ path, lines }) => `${folder}/${path}: ${lines} lines`);
}

for (const folder of ['src', 'test', 'scripts', 'bench'] as const) {
  test(`no file of ${folder} has over ${MOST_LINES[folder]} lines`, () => {
    assert.deepEqual(tooLong(folder), []);
  });
}
