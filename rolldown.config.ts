/** Bundles the page (src/web) into dist/page: one script, the style sheet, the shell and the icon as they are. */

import { copyFileSync, mkdirSync } from 'node:fs';
import { defineConfig } from 'rolldown';

const FILES = ['index.html', 'style.css', 'icon.svg'];

mkdirSync('dist/page', { recursive: true });
for (const file of FILES) copyFileSync(`src/web/${file}`, `dist/page/${file}`);

export default defineConfig({
  input: 'src/web/main.ts',
  platform: 'browser',
  output: { file: 'dist/page/main.js', format: 'esm', minify: true },
});
