/** Debian's Chromium, found on this machine, and how it is started: for tests and for the pictures of the docs. */

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

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

/** Why there is none, or null. */
export const missingBrowser = executablePath
  ? null
  : 'no Chromium here (apt-get install chromium, or set CHROMIUM)';

export function launchBrowser(): Promise<Browser> {
  if (missingBrowser !== null) throw new Error(missingBrowser);
  return chromium.launch({ executablePath: executablePath!, args: ARGUMENTS });
}
