/** Draws the pictures of the docs, docs/pictures/NAME.svg, from the page's examples: `npm run pictures`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { drawingOf, EXAMPLES } from '../src/web/examples.ts';

export const PICTURES = join(import.meta.dirname, '../../docs/pictures');

/** Name of the example → the picture of its tree. */
export function pictures(): Map<string, string> {
  return new Map(EXAMPLES.map((example) => [example.name, drawingOf(example)]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, svg] of pictures()) writeFileSync(join(PICTURES, `${name}.svg`), svg);
}
