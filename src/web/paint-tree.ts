/**
 * Paint tree: the picture of a forest at one zoom. Near, a box a process with its number, session and marks; farther, a
 * block; from afar, a pixel. Only what is inside the view is drawn.
 */

import type { Layout } from './model/layout.ts';
import { type NamespaceFrame, namespaceFrames } from './model/namespace-frames.ts';
import { marksOf, type ProcessForest, type ShownProcess } from './model/process-forest.ts';
import type { SessionColours } from './model/session-colour.ts';
import { cssColour, darkNow } from './page-parts.ts';
import { paintPixels } from './paint-overview.ts';

/** Size of a place and of the box in it, in pixels at zoom 1. */
export const COLUMN = 64;
export const LINE = 66;
export const WIDTH = 56;
export const HEIGHT = 30;
/** Text in a box is no wider than this: numbers of seven digits are set narrower. */
const TEXT = WIDTH - 6;
/** Below this zoom boxes become blocks, below the next one edges are left out. */
const BOXES = 0.45;
const EDGES = 0.06;
const MOST_WITH_FRAMES = 50_000;

export interface Scene {
  readonly forest: ProcessForest;
  readonly layout: Layout;
  /** Middle of each process at zoom 1; NaN for what is folded away. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** So many times farther from one another than at their zoom the lines stand, y and all: 1 where there are boxes. */
  readonly stretch: number;
  readonly marked: ReadonlySet<number>;
  readonly selected: number;
  readonly colours: SessionColours;
  /** Set: seen from afar, with these pixels for the rows. */
  readonly pixels: Uint32Array | null;
}

/** In CSS pixels. */
export interface View {
  readonly k: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Pixels of the screen a CSS pixel. */
  readonly ratio: number;
}

interface Palette {
  readonly line: string;
  readonly frame: string;
  readonly soft: string;
  readonly text: string;
  readonly mark: string;
  readonly dark: boolean;
}

export function paintTree(context: CanvasRenderingContext2D, scene: Scene, view: View): void {
  const { k } = view;
  const palette = {
    line: cssColour('--line'),
    frame: cssColour('--frame'),
    soft: cssColour('--soft'),
    text: cssColour('--text'),
    mark: cssColour('--mark'),
    dark: darkNow(),
  };
  context.translate(view.x, view.y);
  context.scale(k, k);
  if (scene.forest.size <= MOST_WITH_FRAMES) paintFrames(context, scene, k, palette);
  if (scene.pixels)
    paintPixels(
      context,
      { x: scene.x, y: scene.y, pixels: scene.pixels, high: HEIGHT * scene.stretch },
      view,
    );
  else paintProcesses(context, scene, view, palette);
  paintMarks(context, scene, k, palette);
}

function paintProcesses(context: CanvasRenderingContext2D, scene: Scene, view: View, palette: Palette): void {
  const { forest, x, y, stretch, colours } = scene;
  const { k } = view;
  const left = -view.x / k - COLUMN;
  const right = (view.width - view.x) / k + COLUMN;
  const top = -view.y / k - LINE * stretch;
  const bottom = (view.height - view.y) / k + LINE * stretch;
  if (k >= EDGES) paintEdges(context, scene, k, palette, { left, right, top, bottom });
  const wide = Math.max(WIDTH * 0.7, 1 / k);
  const high = Math.max(HEIGHT * stretch, 1 / k);
  for (let row = 0; row < forest.size; row++) {
    const [atX, atY] = [x[row]!, y[row]!];
    if (!(atX >= left && atX <= right && atY >= top && atY <= bottom)) continue;
    if (k >= BOXES) paintBox(context, forest.process(row), atX, atY, colours, palette);
    else {
      context.fillStyle = colours.line(forest.sid[row]!, palette.dark);
      context.fillRect(atX - wide / 2, atY - high / 2, wide, high);
    }
  }
}

/** Rings around the selected process and those that a step or a line of a proof is about. */
function paintMarks(
  context: CanvasRenderingContext2D,
  { forest, x, y, stretch, marked, selected }: Scene,
  k: number,
  palette: Palette,
): void {
  const near = Math.min(k, 1);
  const margin = 4 / near;
  const high = HEIGHT * stretch;
  context.strokeStyle = palette.mark;
  for (const pid of new Set([...marked, selected])) {
    const row = forest.rowOf(pid);
    if (row < 0 || Number.isNaN(x[row]!)) continue;
    context.lineWidth = (pid === selected ? 3 : 2) / near;
    context.beginPath();
    context.roundRect(
      x[row]! - WIDTH / 2 - margin,
      y[row]! - high / 2 - margin,
      WIDTH + 2 * margin,
      high + 2 * margin,
      10,
    );
    context.stroke();
  }
}

function paintFrames(
  context: CanvasRenderingContext2D,
  { forest, layout, stretch }: Scene,
  k: number,
  palette: Palette,
): void {
  const line = LINE * stretch;
  const frames = framesOf(forest, layout);
  context.strokeStyle = palette.line;
  context.fillStyle = palette.frame;
  context.setLineDash([6, 4]);
  context.lineWidth = 1.2 / k;
  for (const { left, right, top, bottom, wider } of frames) {
    context.beginPath();
    context.roundRect(
      left * COLUMN - wider,
      top * line - wider,
      (right - left + 1) * COLUMN + 2 * wider,
      (bottom - top + 1) * line + 2 * wider,
      10,
    );
    context.fill();
    context.stroke();
  }
  context.setLineDash([]);
  if (k < BOXES) return;
  context.fillStyle = palette.soft;
  context.font = '10px system-ui, sans-serif';
  context.textAlign = 'left';
  for (const { pidns, left, top, wider } of frames) {
    context.fillText(`ns ${pidns}`, left * COLUMN + 6, top * LINE + 12 - wider, COLUMN - 12);
  }
}

const known = new WeakMap<Layout, NamespaceFrame[]>();

/** Found once for a layout. */
function framesOf(forest: ProcessForest, layout: Layout): NamespaceFrame[] {
  let frames = known.get(layout);
  if (!frames) {
    frames = namespaceFrames(forest, layout);
    known.set(layout, frames);
  }
  return frames;
}

function paintEdges(
  context: CanvasRenderingContext2D,
  { forest, x, y, stretch }: Scene,
  k: number,
  palette: Palette,
  view: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
): void {
  const half = (HEIGHT * stretch) / 2;
  context.strokeStyle = palette.line;
  context.lineWidth = Math.max(1.2, 0.6 / k);
  context.beginPath();
  for (let row = 0; row < forest.size; row++) {
    const parent = forest.parent[row]!;
    const [childX, childY] = [x[row]!, y[row]!];
    if (parent < 0 || !(childY >= view.top)) continue;
    const [parentX, parentY] = [x[parent]!, y[parent]!];
    if (parentY > view.bottom) continue;
    if (Math.max(childX, parentX) < view.left || Math.min(childX, parentX) > view.right) continue;
    const middle = (childY + parentY) / 2;
    context.moveTo(parentX, parentY + half);
    if (k < BOXES) context.lineTo(childX, childY - half);
    else context.bezierCurveTo(parentX, middle, childX, middle, childX, childY - half);
  }
  context.stroke();
}

function paintBox(
  context: CanvasRenderingContext2D,
  process: ShownProcess,
  x: number,
  y: number,
  colours: SessionColours,
  palette: Palette,
): void {
  const { pid, sid, helper, state, childSubreaper } = process;
  context.globalAlpha = state === 'alive' ? 1 : 0.55;
  context.beginPath();
  context.roundRect(x - WIDTH / 2, y - HEIGHT / 2, WIDTH, HEIGHT, 7);
  context.fillStyle = colours.fill(sid, palette.dark);
  context.fill();
  context.setLineDash(helper || state !== 'alive' ? [4, 3] : []);
  context.strokeStyle = colours.line(sid, palette.dark);
  context.lineWidth = childSubreaper ? 3 : 1.2;
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = palette.text;
  context.textAlign = 'center';
  context.font = '600 12px system-ui, sans-serif';
  context.fillText(String(pid), x, y - 1, TEXT);
  context.font = '9px system-ui, sans-serif';
  context.fillText(marksOf(process), x, y + 10, TEXT);
  context.globalAlpha = 1;
}
