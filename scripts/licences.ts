/**
 * `node dist/scripts/licences.js`: the licences of all packages that a server is installed with, from the lock file; exit
 * code 1 where one is not among those that ask for nothing but their text.
 */

import { readFileSync } from 'node:fs';

const ALLOWED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
]);

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>;
};
const counts = new Map<string, number>();
for (const [path, { version, license = 'unknown', dev }] of Object.entries(packages)) {
  if (path === '' || dev) continue;
  counts.set(license, (counts.get(license) ?? 0) + 1);
  if (isAllowed(license)) continue;
  process.stderr.write(`${path.replace(/^.*node_modules\//, '')} ${version}: ${license}\n`);
  process.exitCode = 1;
}
for (const [license, count] of [...counts].sort(([, a], [, b]) => b - a)) {
  process.stdout.write(`${String(count).padStart(4)}  ${license}\n`);
}

/** One of a choice is enough; of what goes together, each. */
function isAllowed(license: string): boolean {
  const choices = license.replaceAll(/[()]/g, '').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((one) => ALLOWED.has(one)));
}
