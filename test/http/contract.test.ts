/**
 * docs/reference/contract.md and the service, held against each other: what the page promises is there, and takes what
 * it says. What is promised and still being built stands in PENDING, a list that can only shrink: an entry that is
 * there fails the test, and with CONTRACT=complete any entry does.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { readConfig } from '../../src/config.ts';
import { DIAGNOSTIC_CODES } from '../../src/engine/answer-types/diagnostic.ts';
import { DEFAULT_OPTIONS } from '../../src/engine/plan/plan-options.ts';
import { PROBLEMS } from '../../src/errors.ts';
import { StepSchema } from '../../src/formats/plan-schema.ts';
import { ProcessImageSchema, TreeImageSchema } from '../../src/formats/tree-image-schema.ts';
import { PlanOptionsSchema } from '../../src/http/schemas/plan-schemas.ts';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { Settings } from '../../src/settings.ts';
import { postJson, startService } from './service-under-test.ts';

/** Promises and who builds them. */
const PENDING: Readonly<Record<string, string>> = {};

const contract = readFileSync(new URL('../../../docs/reference/contract.md', import.meta.url), 'utf8');
const { app } = await startService();

/** Promises that were asked about, and those that PENDING is wrong about. */
const asked = new Set<string>();
const wrong: string[] = [];

function promised(what: string, isThere: boolean): void {
  asked.add(what);
  if (what in PENDING && isThere) wrong.push(`${what} is there: take it out of PENDING`);
  if (!(what in PENDING) && !isThere) wrong.push(`${what} is promised and not there`);
}

/** Names in code marks in a row of a table or a line. */
const marked = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
const section = (number: number): string =>
  contract.slice(contract.indexOf(`\n## ${number}. `), contract.indexOf(`\n## ${number + 1}. `) >>> 0);
const rows = (text: string): string[][] =>
  [...text.matchAll(/^\| (.*) \|$/gm)].map(([, row]) => row!.split(/(?<!\\) \| /)).slice(1);

test('every call of section 3 is there', () => {
  const calls = rows(section(3))
    .map(([first]) => first!)
    .flatMap(marked);
  assert.ok(calls.length >= 27, String(calls.length));
  let method = 'GET';
  for (const call of calls) {
    const words = call.split(' ');
    if (words.length > 1) method = words[0]!;
    const path = words.at(-1)!;
    const [address, query = ''] = path.split('?');
    const url = address!
      .replace('/v1/plans/{a}/diff/{b}', '/v1/plans/:id/diff/:other')
      .replace(/\{(\w+)\}/g, ':$1')
      .replace('plans:batch', 'plans::batch');
    const found = app.hasRoute({ method: method as 'GET' | 'POST' | 'DELETE', url }) || isStatic(url);
    promised(`${method} ${address}`, found);
    if (found && query) assert.ok(parametersOf(method, address!).includes(query.split('=')[0]!), call);
  }
});

function isStatic(url: string): boolean {
  return ['/docs', '/openapi.json'].includes(url) && app.hasRoute({ method: 'GET', url: `${url}` });
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
}

function parametersOf(method: string, path: string): string[] {
  const { paths } = JSON.parse(
    readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8'),
  ) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
  return (paths[path]?.[method.toLowerCase()]?.parameters ?? []).map(({ name }) => name);
}

test('a tree image has the fields of section 1', () => {
  const fields = rows(section(1)).flatMap(([first]) =>
    first!.replace('`pidNamespaces[]`', '`pidNamespaces`').split(/[` ,]+/),
  );
  const known = new Set([
    ...Object.keys(ProcessImageSchema.properties),
    ...Object.keys(TreeImageSchema.properties),
  ]);
  for (const field of fields) if (field) promised(`field ${field}`, known.has(field));
});

test('a step is one of those of section 2, with its fields and flags', () => {
  const steps = JSON.stringify(StepSchema);
  for (const [ops, fields] of rows(section(2))) {
    for (const op of marked(ops!)) {
      promised(`step ${op}`, steps.includes(`"const":"${op}"`));
      if (`step ${op}` in PENDING) continue;
      for (const name of marked(fields!).flatMap((text) => text.split(/[:" ,[\]]+/))) {
        if (name && name !== 'pid') promised(`${op} ${name}`, steps.includes(`"${name}"`));
      }
    }
  }
});

test('options have the names and the defaults of section 3', () => {
  const line = /^`options` \(all optional\): (.*\n.*)$/m.exec(contract)![1]!;
  const options = [...line.matchAll(/`(\w+)`(?: \(([^)]*)\))?/g)].map(([, name, more]) => [
    name!,
    more ?? '',
  ]);
  assert.deepEqual(
    options.map(([name]) => name).toSorted(),
    Object.keys(PlanOptionsSchema.properties).toSorted(),
  );
  for (const [name, more] of options) {
    const value: unknown = DEFAULT_OPTIONS[name as keyof typeof DEFAULT_OPTIONS];
    if (/^(?:true|\d+)/.test(more!)) assert.equal(String(value), /^\w+/.exec(more!)![0], name);
  }
});

test('problems have the statuses of section 3', () => {
  const line = /^and byte offset\) each\. (.*\n.*)$/m.exec(contract)![1]!;
  const statuses = new Set(Object.values(PROBLEMS).map(({ status }) => status));
  for (const status of line.match(/\b[45]\d\d\b/g)!)
    promised(`status ${status}`, statuses.has(Number(status) as never));
});

test('diagnostics have the codes of section 4', () => {
  for (const code of rows(section(4)).flatMap(([first]) => marked(first!))) {
    promised(`diagnostic ${code}`, code in DIAGNOSTIC_CODES);
  }
});

test('the commands of section 5 are there', () => {
  for (const [, name] of section(5).matchAll(/`npx regraft (\w+)/g))
    promised(`command ${name}`, name! in COMMANDS);
});

test('the settings and pages of section 6 are there', async () => {
  const names = marked(section(6));
  for (const name of names.filter((text) => /^[A-Z_]+$/.test(text))) {
    promised(`setting ${name}`, FREE_TEXT.has(name) ? isSetting(name) : refuses(name));
  }
  for (const path of names.filter((text) => text.startsWith('/'))) {
    const { statusCode } = await app.inject(path);
    promised(`page ${path}`, statusCode < 400);
  }
});

/** Any text is a value of these; of the others some is refused. */
const FREE_TEXT = new Set(['HOST', 'DATA_DIR', 'DATABASE_URL', 'API_TOKENS']);

function refuses(name: string): boolean {
  try {
    readConfig({ [name]: 'no value that it takes' });
    return false;
  } catch {
    return true;
  }
}

function isSetting(name: string): boolean {
  return name in Settings.properties;
}

test('a finished plan says what section 3 says', async () => {
  const plan = (await postJson(app, '/v1/plans?include=steps,diff', SAMPLE)).json();
  assert.equal(plan.status, 'ready');
  for (const field of ['outcome', 'summary', 'helpers', 'diagnostics', 'verification', 'steps', 'diff'])
    assert.ok(field in plan, field);
  assert.equal(plan.verification.by, 'simulator');
  const refused = (
    await postJson(app, '/v1/plans', {
      processes: [
        { pid: 1, ppid: 0, pgid: 1, sid: 1 },
        { pid: 2, ppid: 1, pgid: 1, sid: 2 },
      ],
    })
  ).json();
  assert.deepEqual([refused.outcome, refused.verification?.by], ['unrestorable', 'proof checker']);
});

test('what is promised is there or pending, nothing is both, and in the end nothing is pending', () => {
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    Object.keys(PENDING).filter((what) => !asked.has(what)),
    [],
  );
  if (process.env.CONTRACT === 'complete') assert.deepEqual(PENDING, {});
});
