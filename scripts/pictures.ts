/** Draws the pictures of the docs, docs/pictures/NAME.svg, from the page's examples and from doc-pictures.ts: `npm run pictures`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { drawingOf, EXAMPLES } from '../src/web/examples.ts';
import { docPictures } from './doc-pictures.ts';

export const PICTURES = join(import.meta.dirname, '../../docs/pictures');

/** Name → the picture. */
export function pictures(): Map<string, string> {
  return new Map([
    ...EXAMPLES.map((example) => [example.name, drawingOf(example)] as const),
    ...docPictures(),
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, svg] of pictures()) writeFileSync(join(PICTURES, `${name}.svg`), svg);
}
