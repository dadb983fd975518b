/**
 * Two bundles. The page (src/web) in dist/page: one script, the style sheet, the shell and the icon as they are. And the
 * commands that have to start quickly in dist/src/bundled, each with what it needs in a few files instead of hundreds.
 */

import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { defineConfig } from 'rolldown';

const FILES = ['index.html', 'style.css', 'icon.svg'];

mkdirSync('dist/page', { recursive: true });
for (const file of FILES) copyFileSync(`src/web/${file}`, `dist/page/${file}`);

/** Commands that run for long, sources that look for files beside their own place, and what those share with the rest. */
const OUTSIDE = new Set([
  'cli/serve-command.ts',
  'scan/scan-command.ts',
  'scan/replay-command.ts',
  'watch/watch-command.ts',
  'command.ts',
  'this-package.ts',
]);

const leftOutside = {
  name: 'left-outside',
  resolveId(source: string, importer: string | undefined) {
    if (importer === undefined || !source.startsWith('.')) return null;
    const path = relative('src', resolve(dirname(importer), source));
    if (!OUTSIDE.has(path)) return null;
    return { id: `../${path.replace(/\.ts$/, '.js')}`, external: 'relative' as const };
  },
};

export default defineConfig([
  {
    input: 'src/web/main.ts',
    platform: 'browser',
    output: { file: 'dist/page/main.js', format: 'esm', minify: true },
  },
  {
    input: 'src/cli.ts',
    platform: 'node',
    plugins: [leftOutside],
    output: {
      dir: 'dist/src/bundled',
      // A module of Node that is imported as ESM loads all that it could ever need.
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name]-[hash].cjs',
      cleanDir: true,
      minify: { compress: false, mangle: false },
    },
  },
]);
