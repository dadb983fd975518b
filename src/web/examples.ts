/** The examples: trees to look at first, each with a line on what is special, and their drawings. */

import examples from './examples.json' with { type: 'json' };
import { type ImageProcess, shownOf } from './model/image-processes.ts';
import { layoutOf } from './model/layout.ts';
import { processForest, type ShownProcess, visibleRows } from './model/process-forest.ts';
import { SessionColours } from './model/session-colour.ts';
import { svgOf } from './takeaway/svg.ts';

export interface Example {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** A tree image, as it is posted. */
  readonly image: { readonly root: number; readonly processes: readonly ImageProcess[] };
}

export const EXAMPLES = examples as readonly Example[];

export function drawingOf({ title, image: { processes, root } }: Example): string {
  return drawingOfForest(shownOf(processes, root), new SessionColours(), title);
}

export function drawingOfForest(
  processes: readonly ShownProcess[],
  colours: SessionColours,
  title: string,
): string {
  const forest = processForest(processes);
  return svgOf(forest, layoutOf(forest, visibleRows(forest, new Set())), colours, title);
}
