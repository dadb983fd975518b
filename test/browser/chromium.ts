/** A real browser for the tests: Debian's Chromium, found on this machine; without one the tests say so. */

import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** `--no-sandbox`: CI runs as root. The others keep it from looking for hosts on the network. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executablePath = PLACES.find((place) => place !== '' && existsSync(place));

/** For `test(name, { skip }, …)`: false where there is a browser. */
export const skip = executablePath ? false : 'no Chromium here (apt-get install chromium, or set CHROMIUM)';

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
  browser ??= await chromium.launch({ executablePath: executablePath!, args: ARGUMENTS });
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
