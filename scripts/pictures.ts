/** Draws the pictures of the docs, docs/pictures/NAME.svg, from the page's examples: `npm run pictures`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import examples from '../src/web/examples.json' with { type: 'json' };
import { layoutOf } from '../src/web/model/layout.ts';
import { processForest, type ShownProcess, visibleRows } from '../src/web/model/process-forest.ts';
import { SessionColours } from '../src/web/model/session-colour.ts';
import { svgOf } from '../src/web/takeaway/svg.ts';

export const PICTURES = join(import.meta.dirname, '../../docs/pictures');

interface ImageProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly state?: string;
  readonly childSubreaper?: boolean;
  readonly pidns?: string;
}

/** Name of the example → the picture of its tree. */
export function pictures(): Map<string, string> {
  return new Map(
    examples.map(({ name, title, image }) => {
      const forest = processForest((image.processes as ImageProcess[]).map(shown));
      const layout = layoutOf(forest, visibleRows(forest, new Set()));
      return [name, svgOf(forest, layout, new SessionColours(), title)];
    }),
  );
}

function shown(process: ImageProcess): ShownProcess {
  const { pid, ppid, pgid, sid, state, childSubreaper, pidns } = process;
  return {
    pid,
    parent: ppid,
    pgid,
    sid,
    state: state === 'zombie' ? 'zombie' : 'alive',
    ...(childSubreaper === undefined ? {} : { childSubreaper }),
    ...(pidns === undefined ? {} : { pidns }),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, svg] of pictures()) writeFileSync(join(PICTURES, `${name}.svg`), svg);
}
