/** Namespace frames: the smallest box around the processes of each pid namespace below level 0, in columns and lines. */

import type { Layout } from './layout.ts';
import type { ProcessForest } from './process-forest.ts';

export interface NamespaceFrame {
  readonly pidns: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A picture with more frames than this shows none of them. */
const MOST_FRAMES = 400;

export function namespaceFrames(forest: ProcessForest, { x, y }: Layout): NamespaceFrame[] {
  const boxes = new Map<string, { left: number; right: number; top: number; bottom: number }>();
  for (let row = 0; row < forest.size; row++) {
    const { pidns } = forest.process(row);
    if (pidns === undefined || pidns === '0' || Number.isNaN(x[row]!)) continue;
    const box = boxes.get(pidns);
    if (!box) {
      if (boxes.size === MOST_FRAMES) return [];
      boxes.set(pidns, { left: x[row]!, right: x[row]!, top: y[row]!, bottom: y[row]! });
      continue;
    }
    box.left = Math.min(box.left, x[row]!);
    box.right = Math.max(box.right, x[row]!);
    box.top = Math.min(box.top, y[row]!);
    box.bottom = Math.max(box.bottom, y[row]!);
  }
  return Array.from(boxes, ([pidns, box]) => ({ pidns, ...box }));
}
