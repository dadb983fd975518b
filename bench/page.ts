/**
 * `npm run bench:page`: the page in a real browser. When it is interactive, how it pans over 10,000 processes, when a tree of a
 * million is shown. Prints a table; `--sizes 10000,100000` takes other trees. Needs Chromium.
 *
 * Times by the clock are those of whoever waits. Beside them stands what the page's own thread works, which a busy machine
 * stretches little: frames a second are bounded by it.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { launchBrowser } from '../scripts/chromium.ts';
import { readConfig } from '../src/config.ts';
import { startServer } from '../src/server.ts';
import { imageText, SHAPES } from './shapes.ts';

const { values: asked } = parseArgs({ options: { sizes: { type: 'string', default: '10000,1000000' } } });
const sizes = asked.sizes.split(',').map(Number);
const FRAMES = 120;
const OPENED = 3;

const data = mkdtempSync(join(tmpdir(), 'regraft-bench-page-'));
const app = await startServer(readConfig({ DATA_DIR: data, LOG_LEVEL: 'silent', PORT: '0' }));
const origin = `http://127.0.0.1:${(app.server.address() as { port: number }).port}`;
const browser = await launchBrowser();
try {
  console.log('| what | by the clock, ms | work of the page, ms | frames a second |');
  console.log('| --- | ---: | ---: | ---: |');
  for (let i = 0; i < OPENED; i++) await opened(i === 0 ? 'first' : 'again');
  for (const size of sizes) await shown(size);
} finally {
  await browser.close();
  await app.close();
  rmSync(data, { recursive: true });
}

interface Visit {
  readonly page: Page;
  readonly work: () => Promise<number>;
}

async function visit(): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const work = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };
  return { page, work };
}

/** Interactive: every script has run, and whoever clicks is heard. */
async function opened(which: string): Promise<void> {
  const { page, work } = await visit();
  const before = await work();
  await page.goto(origin, { waitUntil: 'load' });
  const ms = Number(
    await page.evaluate('performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd'),
  );
  line(`the page, interactive (${which} visit)`, ms, (await work()) - before);
  await page.close();
}

async function shown(size: number): Promise<void> {
  const name = size.toLocaleString('en');
  const text = imageText(SHAPES.histories.make(size));
  const answer = await fetch(`${origin}/v1/plans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
  const { id } = (await answer.json()) as { id: string };
  while (
    ((await (await fetch(`${origin}/v1/plans/${id}`)).json()) as { status: string }).status === 'running'
  ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { page, work } = await visit();
  const before = await work();
  const begin = performance.now();
  await page.goto(`${origin}/#/plans/${id}`);
  await page.waitForSelector('#answer:not([hidden])', { timeout: 120_000 });
  await page.waitForSelector('#bar', { state: 'hidden' });
  await nextFrame(page);
  line(`a planned tree of ${name}, shown`, performance.now() - begin, (await work()) - before);
  await panned(`panning ${name}, all in view`, page, work);
  for (let i = 0; i < 30 && size <= 100_000; i++) await page.click('[data-zoom=in]');
  if (size <= 100_000) await panned(`panning ${name}, near enough to read`, page, work);
  await page.close();
}

/** The mouse drags the picture on in every frame. */
async function panned(what: string, page: Page, work: Visit['work']): Promise<void> {
  const box = (await page.locator('#parents').boundingBox())!;
  const before = await work();
  const ms = Number(
    await page.evaluate(
      `(async () => {
        const map = document.getElementById('parents');
        const at = (type, x, y) => new MouseEvent(type, { bubbles: true, view: window, clientX: x, clientY: y });
        const [x, y] = [${box.x + box.width / 2}, ${box.y + box.height / 2}];
        const frame = () => new Promise(requestAnimationFrame);
        map.dispatchEvent(at('mousedown', x, y));
        await frame();
        const begin = performance.now();
        for (let i = 0; i < ${FRAMES}; i++) {
          window.dispatchEvent(at('mousemove', x + 60 * Math.sin(i / 9), y + 30 * Math.sin(i / 7)));
          await frame();
        }
        const ms = performance.now() - begin;
        window.dispatchEvent(at('mouseup', x, y));
        return ms;
      })()`,
    ),
  );
  line(what, ms / FRAMES, ((await work()) - before) / FRAMES, (1000 * FRAMES) / ms);
}

async function nextFrame(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

function line(what: string, ms: number, workMs: number, rate?: number): void {
  const round = (number: number): string => number.toFixed(number < 100 ? 1 : 0);
  console.log(`| ${what} | ${round(ms)} | ${round(workMs)} | ${rate === undefined ? '' : round(rate)} |`);
}
