/** A real browser for the tests; without one they say so. */

import { after } from 'node:test';
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
