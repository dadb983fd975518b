/**
 * Layout: where the processes of a forest stand. A leaf takes one column, a parent stands over the middle of its
 * children, a generation is one line. In: a forest and the rows that are seen. Out: x in columns and y in lines, a row
 * of the forest each; NaN for what is folded away. Cost: O(n).
 */

import type { ProcessForest } from './process-forest.ts';

export interface Layout {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly columns: number;
  readonly lines: number;
}

export function layoutOf(forest: ProcessForest, visible: Int32Array): Layout {
  const x = new Float32Array(forest.size).fill(Number.NaN);
  const y = new Float32Array(forest.size);
  const first = new Float32Array(forest.size).fill(Number.NaN);
  const last = new Float32Array(forest.size);
  let lines = 0;
  let columns = 0;
  for (let i = visible.length - 1; i >= 0; i--) {
    const row = visible[i]!;
    if (Number.isNaN(first[row]!)) x[row] = columns++;
    else x[row] = (first[row]! + last[row]!) / 2;
    y[row] = forest.depth[row]!;
    lines = Math.max(lines, y[row]! + 1);
    const parent = forest.parent[row]!;
    if (parent < 0) continue;
    if (Number.isNaN(first[parent]!)) first[parent] = x[row]!;
    last[parent] = x[row]!;
  }
  // Walked from the last row, so the first child got the largest column: mirror.
  for (const row of visible) x[row] = columns - 1 - x[row]!;
  return { x, y, columns, lines };
}
