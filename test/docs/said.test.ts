/** What the docs quote of the service is what the service says. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EXAMPLES } from '../../src/web/examples.ts';
import { verdictOf } from '../../src/web/model/verdict.ts';
import { postJson, startService } from '../http/service-under-test.ts';

const { app } = await startService();

const plain = (text: string): string => text.replaceAll('’', "'").replace(/\s+/g, ' ');
const read = (file: string): string => plain(readFileSync(file, 'utf8'));

async function planOf(name: string) {
  const { image } = EXAMPLES.find((example) => example.name === name)!;
  return (await postJson(app, '/v1/plans?include=steps', image)).json();
}

test('the verdicts on the page of trees are those of today', async () => {
  const page = readFileSync('docs/guide/trees.md', 'utf8');
  const told = [...page.matchAll(/^> (.+)\n\n!\[.*\]\(\.\.\/pictures\/page-(.+)\.webp\)/gm)];
  assert.ok(told.length >= 10);
  for (const [, verdict, name] of told) {
    const plan = await planOf(name!);
    const { restorers } = (await app.inject(plan.links.restorers)).json();
    assert.equal(verdict, verdictOf(plan, restorers).join(' '), name);
  }
});

test('the first example says why 9 is born before 7’s setsid, in the words of the README and the guide', async () => {
  const { id } = await planOf(EXAMPLES[0]!.name);
  const { events } = (await app.inject(`/v1/plans/${id}/timeline`)).json();
  const [{ text }] = events[2].reasons;
  assert.match(text, /^9 is born before 7’s setsid/);
  for (const file of ['README.md', 'docs/guide/start.md']) assert.ok(read(file).includes(plain(text)), file);
});

test('the steps in the README are those of the shim', async () => {
  const { id } = await planOf('docker_shim');
  const steps = await app.inject({ url: `/v1/plans/${id}/steps`, headers: { accept: 'text/plain' } });
  assert.ok(readFileSync('README.md', 'utf8').includes(`\`\`\`\n${steps.body.trimEnd()}\n\`\`\``));
});

test('the proof that the page of births quotes is the one that is given', async () => {
  const { id } = await planOf('refused-two-births');
  const { steps } = (await app.inject(`/v1/plans/${id}/explanation`)).json();
  const lines = steps.map(({ text }: { text: string }) => text).join('\n');
  assert.ok(readFileSync('docs/caba.md', 'utf8').includes(`\`\`\`\n${lines}\n\`\`\``), lines);
});
