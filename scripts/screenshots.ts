/**
 * Takes the pictures of the page that stand in the docs, docs/pictures/page-NAME.webp, and writes the page of examples
 * around them, docs/guide/trees.md: `npm run screenshots`. Needs Chromium.
 *
 * What is seen comes from a service of this script's own, with an empty store. `PNG=DIR` keeps PNG files beside, to look at.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { readConfig } from '../src/config.ts';
import { startServer } from '../src/server.ts';
import { EXAMPLES } from '../src/web/examples.ts';
import { launchBrowser } from './chromium.ts';
import { PICTURES } from './pictures.ts';

const TREES = join(PICTURES, '../guide/trees.md');
const [WIDTH, HEIGHT] = [1080, 1010];

/** Position of the player in each picture, where the end of the plan is not what is to be seen. */
const POSITIONS: Readonly<Record<string, number>> = {
  before_setsid: 3,
  docker_shim: 6,
  zdtm_session02: 14,
  caba_tricky: 8,
  dead_session_leader: 5,
  subreaper_adopts: 6,
  zombies: 12,
};

const SEEN = [
  'before_setsid',
  'docker_shim',
  'zdtm_session02',
  'caba_tricky',
  'subreaper_adopts',
  'dead_session_leader',
  'pgrp_leader_other_group',
  'zombies',
  'nested',
  'refused-below',
  'refused-two-births',
] as const;

const data = mkdtempSync(join(tmpdir(), 'regraft-screenshots-'));
const app = await startServer(readConfig({ DATA_DIR: data, LOG_LEVEL: 'silent', PORT: '0' }));
const browser = await launchBrowser();
try {
  const { port } = app.server.address() as { port: number };
  const page = await browser.newPage({
    viewport: { width: WIDTH, height: HEIGHT },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  await take(page, 'start');
  const sections: string[] = [];
  for (const { name, title, about } of SEEN.map((wanted) => EXAMPLES.find(({ name }) => name === wanted)!)) {
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.click(`[data-example=${name}]`);
    await page.waitForSelector('#answer:not([hidden])');
    await page.waitForSelector('#bar', { state: 'hidden' });
    await page.waitForSelector('#panel:not(:has-text("Asking…"))');
    const position = POSITIONS[name];
    if (position !== undefined) await goTo(page, position);
    await page.waitForTimeout(400);
    await take(page, name);
    const verdict = await page.textContent('#verdict');
    sections.push(
      `## ${title.replace('Start here: b', 'B')}\n\n${about}\n\n> ${verdict}\n\n![The page with this tree: ${title}](../pictures/page-${name}.webp)\n`,
    );
  }
  writeFileSync(TREES, `${HEAD()}\n${sections.join('\n')}`);
} finally {
  await browser.close();
  await app.close();
  rmSync(data, { recursive: true });
}

async function goTo(page: Page, position: number): Promise<void> {
  await page.click('#first');
  for (let i = 0; i < position; i++) await page.click('#forward');
}

/** WebP, which playwright does not take by itself. */
async function take(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  writeFileSync(join(PICTURES, `page-${name}.webp`), Buffer.from(data, 'base64'));
  await session.detach();
  if (process.env.PNG) await page.screenshot({ path: join(process.env.PNG, `page-${name}.png`) });
}

function HEAD(): string {
  return `# Trees of all kinds

Made by \`npm run screenshots\`: what the page says of its examples, each at a step of its plan. Where the processes are called
*treegen* the tree is a dump of real processes by CRIU; the refused ones are made up, because no kernel can make them.
`;
}
