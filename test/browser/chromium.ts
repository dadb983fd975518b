/** A real browser for the tests; without one they say so. */

import { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, missingBrowser } from '../../scripts/chromium.ts';

/** For `test(name, { skip }, …)`: false where there is a browser. */
export const skip = missingBrowser ?? false;

let browser: Browser | undefined;
after(() => browser?.close());

export interface Visit {
  readonly page: Page;
  /** Errors of the console and of scripts, and requests to other hosts. Empty when all is well. */
  readonly complaints: string[];
}

export async function visit(
  origin: string,
  settings: { readonly width?: number; readonly height?: number; readonly dark?: boolean } = {},
): Promise<Visit> {
  browser ??= await launchBrowser();
  const { width = 1400, height = 1000, dark = false } = settings;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('blob:') && !url.startsWith('data:'))
      complaints.push(`request: ${url}`);
  });
  await page.goto(origin);
  return { page, complaints };
}

/** Resolves when the expression is true in the page, whose policy forbids what Playwright's own waiting evaluates. */
export async function until(page: Page, expression: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await page.evaluate(expression))) {
    if (performance.now() > end) throw new Error(`never true: ${expression}`);
    await delay(LOOK_MS);
  }
}

const PATIENCE_MS = 20_000;
const LOOK_MS = 20;
