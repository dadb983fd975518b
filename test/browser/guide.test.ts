/** The guide in a real browser: what its contents list is there, and can be read on a phone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startService } from '../http/service-under-test.ts';
import { skip, visit } from './chromium.ts';

const { app } = await startService();
const origin = skip ? '' : await app.listen({ port: 0, host: '127.0.0.1' });

test('no page of the guide is wider than a phone', { skip }, async () => {
  const { page, complaints } = await visit(`${origin}/guide/`, { width: 320, height: 700 });
  const listed = (await page.evaluate(
    '[...document.querySelectorAll(".contents a")].map(({ href }) => href)',
  )) as string[];
  assert.ok(listed.length > 20, `${listed.length}`);
  const wide: string[] = [];
  for (const address of listed) {
    await page.goto(address);
    if (Number(await page.evaluate('document.documentElement.scrollWidth')) > 320) wide.push(address);
  }
  assert.deepEqual(wide, []);
  assert.deepEqual(
    complaints.filter((text) => !text.startsWith('request')),
    [],
  );
  await page.close();
});
