/**
 * Namespace frames: a box around the processes of each pid namespace below level 0 and of those inside it, in columns and
 * lines. Which one is inside another shows where a process has its parent: in its own namespace or further out.
 */

import type { Layout } from './layout.ts';
import type { ProcessForest } from './process-forest.ts';

export interface NamespaceFrame {
  readonly pidns: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** By so many pixels it is wider than its processes, so that it stands out from the frames inside it. */
  readonly wider: number;
}

/** A picture with more frames than this shows none of them. */
const MOST_FRAMES = 400;
/** Pixels from a frame to the one right inside it; together no more than the gap to the next process. */
const RING = 3;
const WIDEST = 3 * RING;

type Box = { -readonly [K in keyof NamespaceFrame]: NamespaceFrame[K] };

export function namespaceFrames(forest: ProcessForest, { x, y }: Layout): NamespaceFrame[] {
  const boxes = new Map<string, Box>();
  const inside = new Map<string, Set<string>>();
  for (let row = 0; row < forest.size; row++) {
    const { pidns = '0' } = forest.process(row);
    if (pidns === '0' || Number.isNaN(x[row]!)) continue;
    const place = { left: x[row]!, right: x[row]!, top: y[row]!, bottom: y[row]! };
    const box = boxes.get(pidns);
    if (box) widen(box, place);
    else if (boxes.size === MOST_FRAMES) return [];
    else boxes.set(pidns, { pidns, ...place, wider: 0 });
    const parent = forest.parent[row]!;
    const around = parent < 0 ? pidns : (forest.process(parent).pidns ?? '0');
    if (around === '0' || around === pidns) continue;
    inside.set(around, (inside.get(around) ?? new Set()).add(pidns));
  }
  hold(boxes, inside);
  return [...boxes.values()];
}

/** Each box holds those inside it. A round reaches one namespace further out, and namespaces are nested 32 deep at most. */
function hold(boxes: ReadonlyMap<string, Box>, inside: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (let isWider = inside.size > 0, round = 0; isWider && round < boxes.size; round++) {
    isWider = false;
    for (const [outer, inners] of inside) {
      const box = boxes.get(outer);
      if (!box) continue;
      for (const inner of inners) isWider = widen(box, boxes.get(inner)!, RING) || isWider;
    }
  }
}

function widen(box: Box, by: Omit<Box, 'pidns' | 'wider'> & { wider?: number }, ring = 0): boolean {
  const { left, right, top, bottom, wider } = box;
  box.left = Math.min(left, by.left);
  box.right = Math.max(right, by.right);
  box.top = Math.min(top, by.top);
  box.bottom = Math.max(bottom, by.bottom);
  box.wider = Math.min(WIDEST, Math.max(wider, (by.wider ?? 0) + ring));
  return box.left < left || box.right > right || box.top < top || box.bottom > bottom || box.wider > wider;
}
