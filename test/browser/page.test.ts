/**
 * The page in a real browser: the whole path from an example to a played plan or a proof, for trees of all kinds, without
 * a complaint of the console, a request to another host, or a fault that axe finds.
 */

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import examples from '../../src/web/examples.json' with { type: 'json' };
import { postJson, startService } from '../http/service-under-test.ts';
import { skip, until, visit } from './chromium.ts';

const { app } = await startService();
const origin = skip ? '' : await app.listen({ port: 0, host: '127.0.0.1' });
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Set to keep pictures of every example. */
const PICTURES = process.env.PICTURES;

/** An example plays at once: a step that is chosen by hand stops it. */
async function show(page: Page, name: string): Promise<void> {
  await page.click(`[data-example=${name}]`);
  await page.waitForSelector('#answer:not([hidden])');
  await page.waitForSelector('#panel:not(:has-text("Asking…"))');
  await page.waitForSelector('#bar', { state: 'hidden' });
  if (await page.isVisible('#last')) await page.click('#last');
}

async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results = (await page.evaluate('axe.run(document)')) as {
    violations: { id: string; nodes: { target: string[] }[] }[];
  };
  return results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

for (const { name, image } of examples) {
  test(`${name}: verdict, tree, plan or proof, every panel`, { skip }, async () => {
    const { page, complaints } = await visit(origin);
    await show(page, name);
    const plan = (await postJson(app, '/v1/plans', image)).json();
    const verdict = await page.textContent('#verdict');
    assert.equal(await page.getAttribute('#verdict', 'class'), plan.outcome);
    assert.equal(await page.locator('#rows [role=treeitem]').count(), image.processes.length);
    if (plan.outcome === 'restorable') {
      assert.match(verdict!, new RegExp(`in ${plan.summary.steps} steps?\\b`));
      await page.click('#first');
      assert.equal(await page.locator('#rows [role=treeitem]').count(), 1);
      for (let i = 0; i < plan.summary.steps; i++) await page.click('#forward');
      assert.match((await page.textContent('#now'))!, new RegExp(`Step ${plan.summary.steps - 1}:`));
      assert.equal(await page.locator('#rows [role=treeitem]').count(), image.processes.length);
    } else {
      assert.ok((await page.locator('#panel li').count()) > 0);
      await page.locator('#panel li button').first().click();
      assert.ok((await page.locator('#rows .marked').count()) > 0, 'a line of the proof marks its processes');
    }
    for (const tab of await page.locator('[role=tab]').all()) {
      await tab.click();
      await page.waitForSelector('#panel:not(:has-text("Asking…"))');
      assert.notEqual((await page.textContent('#panel'))!.trim(), '');
    }
    assert.deepEqual(await accessibilityFaults(page), []);
    if (PICTURES) {
      mkdirSync(PICTURES, { recursive: true });
      await page.locator('[role=tab]').first().click();
      await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
    }
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test('one click plays a plan, and it says why 9 is born before 7’s setsid', { skip }, async () => {
  const { page, complaints } = await visit(origin);
  await page.locator('#examples button').first().click();
  await page.waitForSelector(
    '#now:has-text("9 is born before 7’s setsid (step 3), because it needs session 1")',
  );
  assert.match(
    (await page.textContent('#difference'))!,
    /1 still to be born \(8\) · 7: session 1 instead of 7/,
  );
  await page.click('#run');
  const paused = await page.textContent('#now');
  await page.waitForTimeout(2600);
  assert.equal(await page.textContent('#now'), paused);
  await page.click('#last');
  assert.equal(await page.textContent('#difference'), 'This is the tree of the image.');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('the keyboard alone suffices: an example, the tree, the steps, the tabs', { skip }, async () => {
  const { page, complaints } = await visit(origin);
  const focus = async (id: string): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      if ((await page.evaluate('document.activeElement?.id')) === id) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`#${id} is not reached by Tab`);
  };
  await focus('tree');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#answer:not([hidden])');
  await page.waitForSelector('#verdict:focus');
  await focus('last');
  await page.keyboard.press('Enter');
  await focus('rows');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.getAttribute('#rows', 'aria-activedescendant'), 'rows-1');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await page.getAttribute('#rows-0', 'aria-expanded'), 'false');
  await focus('steps');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  assert.match((await page.textContent('#now'))!, /Step 0:/);
  await focus('tab-findings');
  await page.keyboard.press('End');
  assert.match((await page.textContent('#panel'))!, /curl/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('an address with a plan and a step shows both', { skip }, async () => {
  const plan = (await postJson(app, '/v1/plans', examples[0]!.image)).json();
  const { page, complaints } = await visit(`${origin}/#/plans/${plan.id}?step=3`);
  await page.waitForSelector('#answer:not([hidden])');
  await page.waitForSelector('#now:has-text("Step 2:")');
  assert.deepEqual(
    complaints.filter((text) => !text.startsWith('request')),
    [],
  );
  await page.close();
});

test('what is no tree is said with its place; the page goes on', { skip }, async () => {
  const { page } = await visit(origin);
  await page.fill('#tree', '{"processes":[{"pid":1,"ppid":0,"pgid":1}]}');
  await page.click('#paste button');
  await page.waitForSelector('#said.bad');
  const said = (await page.textContent('#said'))!;
  assert.match(
    said,
    /^The image is not a process tree: The field sid is required\. \(\/processes\/0\/sid\)\n/,
  );
  assert.equal(await page.getAttribute('#said a', 'href'), '/guide/errors#image_invalid');
  await page.fill('#tree', `{"processes":[${Array(30).fill('{}').join()}]}`);
  await page.click('#paste button');
  await page.waitForSelector('#said.bad:has-text("/processes/0/pid")');
  assert.match((await page.textContent('#said'))!, /^The image is not a process tree:\n.*\nand 115 more\n/s);
  await page.fill('#tree', ' ');
  await page.click('#paste button');
  await page.waitForSelector('#said.bad:has-text("paste a tree image")');
  await show(page, 'zombies');
  assert.equal(await page.textContent('#said'), '');
  await page.close();
});

test('one of a kind is said as one', { skip }, async () => {
  const { page } = await visit(origin);
  await page.fill('#tree', '{"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1}]}');
  await page.click('#paste button');
  await page.waitForSelector('#facts:has-text("1 process · 1 session · 1 group · checked")');
  await page.close();
});

test('a name is searched for on and on, and of none the field says so', { skip }, async () => {
  const { page } = await visit(origin);
  const named = [2, 3, 4].map((pid) => ({
    pid,
    ppid: 1,
    pgid: 1,
    sid: 1,
    comm: pid === 3 ? 'cat' : 'sleep',
  }));
  await page.fill('#tree', JSON.stringify({ processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }, ...named] }));
  await page.click('#paste button');
  await page.waitForSelector('#answer:not([hidden])');
  await page.waitForSelector('#bar', { state: 'hidden' });
  const selected = (): Promise<string | null> => page.textContent('#rows [aria-selected=true] strong');
  await page.fill('#search', 'sleep');
  const found = [await selected()];
  for (let i = 0; i < 2; i++) {
    await page.press('#search', 'Enter');
    found.push(await selected());
  }
  assert.deepEqual(found, ['2', '4', '2']);
  await page.fill('#search', 'nobody');
  assert.equal(await page.getAttribute('#search', 'aria-invalid'), 'true');
  await page.close();
});

test('the longest label of the time axis is whole', { skip }, async () => {
  const member = { pid: 4194001, ppid: 1, pgid: 4194000, sid: 4194000 };
  const image = { processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }, member] };
  const { id } = (await postJson(app, '/v1/plans', image)).json();
  const { page } = await visit(`${origin}/#/plans/${id}?step=1`);
  const inked = (x: number, width: number): string =>
    `document.querySelector('#axis').getContext('2d').getImageData(${x}, 20, ${width}, 80).data.some(Boolean)`;
  await until(page, inked(10, 60));
  assert.equal(await page.evaluate(inked(0, 2)), false, 'helper 4194000');
  await page.close();
});

test('the time axis shows the line of whoever acts', { skip }, async () => {
  const { page } = await visit(origin);
  const processes = Array.from({ length: 100 }, (_, i) => ({ pid: i + 1, ppid: i && 1, pgid: 1, sid: 1 }));
  await page.fill('#tree', JSON.stringify({ processes }));
  await page.click('#paste button');
  await page.waitForSelector('#bar', { state: 'hidden' });
  await until(page, "document.getElementById('play').hidden === false");
  await page.click('#last');
  await until(page, "document.getElementById('axis-scroll').scrollTop > 1000");
  await page.click('#first');
  await page.click('#forward');
  await until(page, "document.getElementById('axis-scroll').scrollTop < 200");
  await page.close();
});

test('a file that is dropped or chosen is planned', { skip }, async () => {
  const { page, complaints } = await visit(origin);
  await page.setInputFiles('#file', 'test/fixtures/archives/docker_shim.tar.zst');
  await page.waitForSelector('#verdict.restorable');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('320 pixels wide nothing needs to be scrolled sideways, in the dark too', { skip }, async () => {
  const { page, complaints } = await visit(origin, { width: 320, height: 700, dark: true });
  await show(page, 'zdtm_session02');
  const width = await page.evaluate('document.documentElement.scrollWidth');
  assert.ok(Number(width) <= 320, `${width}`);
  assert.deepEqual(await accessibilityFaults(page), []);
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/narrow-dark.png`, fullPage: true });
  assert.deepEqual(complaints, []);
  await page.close();
});

test('light or dark as the system prefers until the button chooses, on canvases too', { skip }, async () => {
  const light = { page: 'rgb(251, 251, 249)', mark: [179, 64, 10] };
  const dark = { page: 'rgb(18, 22, 27)', mark: [255, 176, 103] };
  for (const themes of [
    [light, dark, light],
    [dark, light, dark],
  ]) {
    const { page, complaints } = await visit(origin, { dark: themes[0] === dark });
    await show(page, 'zdtm_session02');
    for (const theme of themes) {
      assert.equal(
        await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'),
        theme.page,
      );
      // Canvases are painted with the next frame.
      await until(page, isPainted(theme.mark));
      const other = theme === light ? dark : light;
      assert.equal(await page.evaluate(isPainted(other.mark)), false, `${other.mark} on ${theme.page}`);
      await page.click('#theme');
    }
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

/** Has a canvas of the page a pixel of this colour? */
function isPainted([red, green, blue]: readonly number[]): string {
  return `[...document.querySelectorAll('canvas')].some((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4)
      if (data[i] === ${red} && data[i + 1] === ${green} && data[i + 2] === ${blue} && data[i + 3] === 255) return true;
    return false;
  })`;
}

test('/docs has our name, fits a phone, and tries a call out on this server', { skip }, async () => {
  const { page, complaints } = await visit(`${origin}/docs/`, { width: 375, height: 800 });
  await page.waitForSelector('.opblock');
  assert.match(await page.title(), /Regraft/);
  assert.equal(await page.getAttribute('link[rel=icon][type="image/svg+xml"]', 'rel'), 'icon');
  assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 375);
  await page
    .locator('.opblock', { hasText: 'List the stored trees' })
    .first()
    .locator('button')
    .first()
    .click();
  await page.click('.opblock.is-open .execute');
  await page.waitForSelector('.live-responses-table .response-col_status:has-text("200")');
  assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 375);
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/api-phone.png` });
  assert.deepEqual(
    complaints.filter((text) => !text.startsWith('request')),
    [],
  );
  await page.close();
});

test('a wide tree from afar is a band a generation, and its processes are found by a click', {
  skip,
}, async () => {
  const { page, complaints } = await visit(origin);
  const processes = [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }];
  for (let pid = 2; pid <= 3061; pid++)
    processes.push({ pid, ppid: pid <= 61 ? 1 : 2 + (pid % 60), pgid: 1, sid: 1 });
  const buffer = Buffer.from(JSON.stringify({ processes }));
  const file = { name: 'wide.json', mimeType: 'application/json', buffer };
  await page.setInputFiles('#file', file);
  await page.waitForSelector('#answer:not([hidden])');
  await page.click('#last');
  const lines = `(() => {
    const { width, height } = parents;
    const { data } = parents.getContext('2d').getImageData(0, 0, width, height);
    return Array.from({ length: height }, (_, line) => data.subarray(4 * width * line, 4 * width * (line + 1)))
      .filter((line) => line.some(Boolean)).length;
  })()`;
  await until(page, `${lines} > 30`);
  const { width, height } = (await page.locator('#parents').boundingBox())!;
  // The root stands over the middle of its children, a line above the middle of three.
  await page.click('#parents', { position: { x: width / 2, y: height / 2 - 24 } });
  assert.match((await page.textContent('#rows [aria-selected=true]'))!, /^\D*1leads/);
  const edges = `(() => {
    const { width, height } = parents;
    const { data } = parents.getContext('2d').getImageData(0, Math.round(height / 2), width, 1);
    const painted = Array.from({ length: width }, (_, at) => at).filter((at) => data[4 * at + 3] > 0);
    return [painted[0], painted.at(-1)].join();
  })()`;
  const before = await page.evaluate(edges);
  await page.fill('#search', '31');
  await page.waitForSelector('#rows [aria-selected=true]:has-text("31")');
  await until(
    page,
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))',
  );
  assert.equal(await page.evaluate(edges), before, 'what is in view stays where it is');
  assert.deepEqual(complaints, []);
  await page.close();
});
