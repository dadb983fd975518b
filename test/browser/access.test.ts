/** A server that wants a token: the page asks for one, tries again with it, and says why where it is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import examples from '../../src/web/examples.json' with { type: 'json' };
import { startService } from '../http/service-under-test.ts';
import { skip, visit } from './chromium.ts';

const { app } = await startService({ API_TOKENS: 'good-token,read:reading-token', SYNC_MAX_PROCESSES: '2' });
const origin = skip ? '' : await app.listen({ port: 0, host: '127.0.0.1' });
const EXAMPLE = '[data-example=docker_shim]';

test('a plan is made with the token that is given, and what follows is not asked for again', {
  skip,
}, async () => {
  const { page } = await visit(origin);
  await page.click(EXAMPLE);
  await page.waitForSelector('#access[open]');
  await page.fill('#token', 'wrong-token');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#access[open] #token:invalid');
  await page.fill('#token', ' good-token ');
  await page.click('text=Go on');
  const { length } = examples.find(({ name }) => name === 'docker_shim')!.image.processes;
  await page.waitForSelector(`#facts:has-text("${length} processes")`);
  await page.click('#last');
  assert.equal(await page.isVisible('#access'), false);
  await page.reload();
  await page.waitForSelector(`#facts:has-text("${length} processes")`);
  await page.close();
});

test('who gives none is told that one is needed, and may still', { skip }, async () => {
  const { page } = await visit(origin);
  await page.click(EXAMPLE);
  await page.waitForSelector('#access[open]');
  await page.click('#no-token');
  await page.waitForSelector('#said.bad:has-text("token")');
  await page.click(EXAMPLE);
  await page.waitForSelector('#access[open]');
  await page.fill('#token', 'reading-token');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#said.bad:has-text("read")');
  await page.close();
});
