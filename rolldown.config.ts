/**
 * Three bundles. The page (src/web) in dist/page: one script, one style sheet, the shell and the icon as they are. The
 * commands that have to start quickly in dist/src/bundled, each with what it needs in a few files instead of hundreds.
 * And the service with its threads in dist/service, for the same reason: most of a start is the finding and linking of
 * modules, of which it has two thousand otherwise.
 */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { defineConfig } from 'rolldown';

const FILES = ['index.html', 'icon.svg'];
/** One style sheet, in this order. */
const STYLES = ['colours', 'page', 'board', 'playing', 'answers', 'guide'];

mkdirSync('dist/page', { recursive: true });
for (const file of FILES) copyFileSync(`src/web/${file}`, `dist/page/${file}`);
const style = STYLES.map((name) => readFileSync(`src/web/style/${name}.css`, 'utf8')).join('');
writeFileSync('dist/page/style.css', style);

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

/** Threads, which the service starts by the place of their files: beside it in the bundle. */
const THREADS = { worker: 'src/jobs/worker.ts', 'store-thread': 'src/store/store-thread.ts' };
const STARTS_THREADS = /\/(?:jobs\/dispatcher|store\/embedded-store)\.ts$/;

/** Packages with many small files that look for nothing beside themselves; all others stay what they are. */
const TAKEN_IN = /^(?:typebox|kysely|@bufbuild\/protobuf|@fastify\/busboy|tar-stream)(?:\/|$)/;

/** A source that looks for a file beside its own place finds it from the bundle too. */
const ownPlaces = {
  name: 'own-places',
  transform(code: string, id: string) {
    if (!id.startsWith(resolve('src')) || STARTS_THREADS.test(id)) return null;
    const built = `../${relative('.', id).replace(/\.ts$/, '.js')}`;
    return {
      code: code.replaceAll('import.meta.url', `new URL('${built}', import.meta.url).href`),
      map: null,
    };
  },
};

export default defineConfig([
  {
    input: { serve: 'src/serve.ts', ...THREADS },
    platform: 'node',
    plugins: [ownPlaces],
    external: (id) => !/^[./]/.test(id) && !TAKEN_IN.test(id),
    output: {
      dir: 'dist/service',
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      cleanDir: true,
    },
  },
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
