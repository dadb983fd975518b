/** A server that wants a token: the page asks for one, tries again with it, and says why where it is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import examples from '../../src/web/examples.json' with { type: 'json' };
import { postJson, startService } from '../http/service-under-test.ts';
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
  await page.fill('#token', 'no-token-of-it');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#access-title:has-text("does not know this token")');
  await page.fill('#token', 'reading-token');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#said.bad:has-text("read")');
  await page.close();
});

test('the events of a planning come with the token, and go on where they broke off', { skip }, async () => {
  const { page } = await visit(origin);
  await page.evaluate("sessionStorage.setItem('token', 'good-token')");
  const { image } = examples.find(({ name }) => name === 'docker_shim')!;
  const made = await postJson(app, '/v1/plans', image, { authorization: 'Bearer good-token' });
  const { id } = made.json();
  await page.route('**/v1/plans', (route) =>
    route.fulfill({
      status: 202,
      contentType: 'application/json',
      body: `{"id":"${id}","status":"running"}`,
    }),
  );
  const asked: string[] = [];
  await page.route('**/v1/plans/*/events', (route) => {
    const headers = route.request().headers();
    asked.push(`${headers.authorization} ${headers['last-event-id']}`);
    const progress = '{"phase":"origin","phasesDone":1,"phases":5}';
    const body = [
      `id: 2\nevent: progress\ndata: ${progress}\n\n: still planning\n\n`,
      'id: 7\nevent: ready\ndata: {}\n\n',
    ][asked.length - 1];
    return route.fulfill({ status: 200, contentType: 'text/event-stream', body: body! });
  });
  await page.click(EXAMPLE);
  await page.waitForSelector('text=Planning: origin…');
  await page.waitForSelector(`#facts:has-text("${image.processes.length} processes")`);
  assert.deepEqual(asked, ['Bearer good-token 0', 'Bearer good-token 2']);
  await page.close();
});

test('what is asked too often is asked again as late as the server wants, an upload and what follows it', {
  skip,
}, async () => {
  const { page } = await visit(origin);
  await page.evaluate("sessionStorage.setItem('token', 'good-token')");
  const asked: { readonly path: string; readonly at: number }[] = [];
  const once = new Set<string>();
  for (const pattern of ['**/v1/plans', '**/v1/trees/*', '**/v1/plans/*/timeline?*']) {
    await page.route(pattern, (route) => {
      asked.push({ path: pattern, at: performance.now() });
      if (once.has(pattern)) return route.continue();
      once.add(pattern);
      const problem = '{"title":"Too many requests","status":429,"code":"RATE_LIMITED"}';
      const headers = { 'retry-after': '1' };
      return route.fulfill({ status: 429, headers, contentType: 'application/problem+json', body: problem });
    });
  }
  await page.click(EXAMPLE);
  await page.waitForSelector('#said:has-text("Again in 1 s")');
  await page.waitForSelector('#play:not([hidden])');
  assert.equal(await page.textContent('#said'), '');
  for (const pattern of once) {
    const [first, second, ...more] = asked.filter(({ path }) => path === pattern);
    assert.ok(second!.at - first!.at >= 950, `${pattern} after ${second!.at - first!.at} ms`);
    assert.equal(more.length, 0, pattern);
  }
  await page.close();
});

test('who is refused for being too fast again and again is told so', { skip }, async () => {
  const { page } = await visit(origin);
  await page.evaluate("sessionStorage.setItem('token', 'good-token')");
  let asked = 0;
  await page.route('**/v1/plans', (route) => {
    asked++;
    const body = '{"title":"Too many requests","status":429,"code":"RATE_LIMITED"}';
    return route.fulfill({ status: 429, headers: { 'retry-after': '0.01' }, body });
  });
  await page.click(EXAMPLE);
  await page.waitForSelector('#said.bad:has-text("Too many requests")');
  assert.equal(asked, 6);
  await page.close();
});
