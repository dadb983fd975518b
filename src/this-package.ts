/** What package.json says of this package: the one place for its version and for the Node that it needs. */

import { readFileSync } from 'node:fs';

interface PackageFile {
  readonly version: string;
  readonly engines: { readonly node: string };
}

const { version, engines } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as PackageFile;

export const VERSION = version;

/** As a line for people, where `running` is too old; null where it will do. */
export function nodeTooOld(running = process.versions.node): string | null {
  const needed = engines.node.replace('>=', '');
  const [major = 0, minor = 0] = numbers(needed);
  const [ownMajor = 0, ownMinor = 0] = numbers(running);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return null;
  return (
    `Regraft needs Node ${needed} or later, this is ${running}; ` +
    'npm start, npx regraft and node_modules/.bin/node run the one that npm ci brought.'
  );
}

function numbers(text: string): number[] {
  return text.split('.').map(Number);
}
