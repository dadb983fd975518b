/**
 * The page's address: a plan and a step, however they come there, and what is shown is what the address says. Of what is
 * asked for at once the last is shown, and what a server that is gone means is said in words.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import examples from '../../src/web/examples.json' with { type: 'json' };
import { postJson, startService } from '../http/service-under-test.ts';
import { skip, until, visit } from './chromium.ts';

const { app } = await startService();
const origin = skip ? '' : await app.listen({ port: 0, host: '127.0.0.1' });
const imageOf = (name: string) => examples.find((example) => example.name === name)!.image;
const planOf = async (name: string): Promise<{ id: string; summary: { steps: number } }> =>
  (await postJson(app, '/v1/plans', imageOf(name))).json();

/** What the address has, once the page has written it. */
async function hashIs(page: Page, hash: string): Promise<void> {
  await until(page, `location.hash === '${hash}'`);
}

/** As a link within the page is followed. */
const followed = (page: Page, path: string): Promise<unknown> => page.evaluate(`location.hash = '${path}'`);

const rowsOf = (page: Page): Promise<number> => page.locator('#rows [role=treeitem]').count();

async function showAll(page: Page, name: string): Promise<void> {
  if (!(await page.isVisible(`[data-example=${name}]`))) await page.click('#ways summary');
  await page.click(`[data-example=${name}]`);
  await page.waitForSelector('#bar', { state: 'hidden' });
  if (await page.isVisible('#last')) await page.click('#last');
}

test('another step in the address is gone to', { skip }, async () => {
  const { id } = await planOf('docker_shim');
  const { page } = await visit(`${origin}/#/plans/${id}?step=3`);
  await page.waitForSelector('#now:has-text("Step 2:")');
  await followed(page, `/plans/${id}?step=6`);
  await page.waitForSelector('#now:has-text("Step 5:")');
  await followed(page, `/plans/${id}?step=seven`);
  await hashIs(page, `#/plans/${id}?step=seven`);
  assert.match((await page.textContent('#now'))!, /Step 5:/);
  await page.close();
});

test('back leads to the plan before, and to the beginning', { skip }, async () => {
  const [first, second] = [await planOf('docker_shim'), await planOf('zombies')];
  const { page, complaints } = await visit(origin);
  await showAll(page, 'docker_shim');
  await hashIs(page, `#/plans/${first.id}?step=${first.summary.steps}`);
  await showAll(page, 'zombies');
  await hashIs(page, `#/plans/${second.id}?step=${second.summary.steps}`);
  await page.goBack();
  await page.waitForSelector('#facts:has-text("5 processes")');
  await page.goBack();
  await page.waitForSelector('#answer', { state: 'hidden' });
  assert.ok(await page.isVisible('[data-example=zombies]'));
  await page.goForward();
  await page.waitForSelector('#facts:has-text("5 processes")');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a refused tree behind a played one is shown as it is, whatever step its address has', {
  skip,
}, async () => {
  const { id } = await planOf('refused-below');
  const { page } = await visit(origin);
  await showAll(page, 'docker_shim');
  await followed(page, `/plans/${id}?step=2`);
  await page.waitForSelector('#verdict.unrestorable');
  await page.waitForSelector('#bar', { state: 'hidden' });
  assert.equal(await rowsOf(page), imageOf('refused-below').processes.length);
  await page.click('#tab-take-away');
  assert.doesNotMatch((await page.textContent('#panel'))!, /Perfetto/, 'of the plan before');
  await page.close();
});

test('a link that is followed just before a step comes into the address is followed', { skip }, async () => {
  const { id } = await planOf('refused-below');
  const { page } = await visit(origin);
  await showAll(page, 'docker_shim');
  await page.evaluate(`
    document.querySelector('#first').click();
    setTimeout(() => { location.hash = '/plans/${id}' }, 200);
    for (const from = performance.now(); performance.now() < from + 400; );
  `);
  await page.waitForSelector('#verdict.unrestorable');
  await hashIs(page, `#/plans/${id}`);
  await page.close();
});

test('a plan that is gone is said to be, on a phone too; what was shown stays as it was', {
  skip,
}, async () => {
  const { page } = await visit(origin, { width: 320, height: 700 });
  await showAll(page, 'docker_shim');
  const now = await page.textContent('#now');
  await followed(page, `/plans/${'0'.repeat(64)}?step=1`);
  await page.waitForSelector('#said.bad:has-text("There is no plan")');
  assert.equal(await page.textContent('#now'), now);
  const width = await page.evaluate('document.documentElement.scrollWidth');
  assert.ok(Number(width) <= 320, `${width}`);
  await page.close();
});

test('an answer that comes late is not shown over a later one', { skip }, async () => {
  const { page } = await visit(origin);
  let held = false;
  await page.route('**/v1/plans', async (route) => {
    if (!held) {
      held = true;
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
    await route.continue();
  });
  await page.click('[data-example=zombies]');
  await page.click('[data-example=docker_shim]');
  await page.waitForSelector('#facts:has-text("5 processes")');
  await page.waitForTimeout(2500);
  assert.match((await page.textContent('#facts'))!, /^5 processes/);
  await page.close();
});

test('a server that is gone, before and in the middle of it', { skip }, async () => {
  const { page } = await visit(origin);
  await page.route('**/v1/trees/**', (route) => route.abort());
  await page.click('[data-example=zombies]');
  await page.waitForSelector('#said.bad:has-text("The server cannot be reached.")');
  await page.unroute('**/v1/trees/**');
  await page.route('**/v1/plans/*/timeline**', (route) => route.abort());
  await page.click('[data-example=zombies]');
  await page.waitForSelector('#said.bad:has-text("The server cannot be reached.")');
  await page.unroute('**/v1/plans/*/timeline**');
  await showAll(page, 'zombies');
  assert.equal(await page.textContent('#said'), '');
  await page.close();
});

test('how far a planning is can be seen without scrolling', { skip }, async () => {
  const { page } = await visit(origin);
  await page.route('**/v1/plans', () => {});
  await page.setInputFiles('#file', {
    name: 'tree.json',
    mimeType: '',
    buffer: Buffer.from('{"processes":[]}'),
  });
  await page.waitForSelector('#said:not(:empty)');
  const { y, height } = (await page.locator('#progress').boundingBox())!;
  assert.ok(y + height <= page.viewportSize()!.height, `${y}`);
  await page.close();
});

test('what is wrong with a file is seen without scrolling, where the file was chosen', {
  skip,
}, async () => {
  const { page } = await visit(origin);
  await page.setInputFiles('#file', { name: 'notes.txt', mimeType: '', buffer: Buffer.from('hello') });
  await page.waitForSelector('#said.bad:not(:empty)');
  assert.equal(await page.evaluate('scrollY'), 0);
  const { y, height } = (await page.locator('#said').boundingBox())!;
  assert.ok(y + height <= page.viewportSize()!.height, `${y}`);
  await page.close();
});

test('a plan has its address while it is being made, and is left or come back to by it', {
  skip,
}, async () => {
  const { id } = await planOf('zombies');
  const first = await planOf('docker_shim');
  const { page, complaints } = await visit(origin);
  await showAll(page, 'docker_shim');
  await hashIs(page, `#/plans/${first.id}?step=${first.summary.steps}`);
  const running = { status: 202, contentType: 'application/json', body: `{"id":"${id}","status":"running"}` };
  await page.route('**/v1/plans', (route) => route.fulfill(running));
  const held: (() => void)[] = [];
  await page.route('**/events', async (route) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  await page.click('#ways summary');
  await page.click('[data-example=zombies]');
  await hashIs(page, `#/plans/${id}`);
  await page.waitForSelector('#said:has-text("Planning…")');

  await page.goBack();
  await page.waitForSelector('#bar', { state: 'hidden' });
  for (const release of held) release();
  await page.waitForTimeout(500);
  assert.match((await page.textContent('#facts'))!, /^5 processes/, 'the planning was left');

  await page.goForward();
  await page.waitForSelector('#facts:has-text("7 processes")');
  await page.reload();
  await page.waitForSelector('#facts:has-text("7 processes")');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a planning whose events the server refuses ends with what it says of the plan', { skip }, async () => {
  const { page } = await visit(origin);
  const id = '1'.repeat(64);
  await page.route('**/v1/plans', (route) =>
    route.fulfill({
      status: 202,
      contentType: 'application/json',
      body: `{"id":"${id}","status":"running"}`,
    }),
  );
  await page.click('[data-example=zombies]');
  await page.waitForSelector('#said.bad:has-text("There is no plan")');
  await page.close();
});

test('the files of a CRIU image directory are taken at once, and one file twice', { skip }, async () => {
  const { page } = await visit(origin);
  const directory = 'test/fixtures/criu-images/docker_shim';
  const files = ['pstree.img', 'inventory.img', ...[1, 2, 4, 7, 8].map((pid) => `core-${pid}.img`)];
  await page.setInputFiles(
    '#file',
    files.map((name) => `${directory}/${name}`),
  );
  await page.waitForSelector('#facts:has-text("5 processes")');
  assert.equal(
    await page.inputValue('#file'),
    '',
    'a choice that is kept is no change when it is made again',
  );
  await page.close();
});
