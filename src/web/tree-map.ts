/**
 * Tree map: the tree as a picture that can be moved and zoomed, a box a process when near, an overview when far. What it
 * shows stands as text in the tree rows, so the canvas is a picture for assistive technology.
 *
 * Cost: one pass over the rows a frame; only those inside the view are drawn.
 */

import { select } from 'd3-selection';
import { type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom';
import { type Layout, layoutOf } from './model/layout.ts';
import type { ProcessForest } from './model/process-forest.ts';
import type { SessionColours } from './model/session-colour.ts';
import { darkNow, fitCanvas, onceAFrame } from './page-parts.ts';
import { rowPixels } from './paint-overview.ts';
import { COLUMN, LINE, paintTree, WIDTH } from './paint-tree.ts';

/** Below this zoom a process is a pixel: it is no more than that, or the tree is large. */
const PIXEL_ZOOM = 0.03;
const OVERVIEW_ZOOM = 0.12;
const OVERVIEW_SIZE = 20_000;
/** Lines stand no closer than this, where all of them have room: a wide tree from afar is bands, not a line. */
const LEAST_GAP = 24;
/** Left free around the whole tree: the ring around a process at its edge is seen. */
const EDGE = 8;
const MOST_THAT_MOVE = 1500;
const MOVE_MS = 220;

const isAfar = ({ size }: ProcessForest, zoom: number): boolean =>
  zoom < PIXEL_ZOOM || (size > OVERVIEW_SIZE && zoom < OVERVIEW_ZOOM);

type Places = ReadonlyMap<number, readonly [number, number]>;

export class TreeMap {
  onSelect: (pid: number) => void = () => {};
  readonly draw = onceAFrame(() => this.paint());
  private readonly canvas: HTMLCanvasElement;
  private readonly colours: SessionColours;
  private readonly zoom = zoom<HTMLCanvasElement, unknown>().scaleExtent([0.00005, 3]);
  private transform: ZoomTransform = zoomIdentity;
  /** Where the first line begins on the screen: lines have a scale of their own, of the transform only its moves count. */
  private top = 0;
  private forest: ProcessForest | null = null;
  private layout: Layout | null = null;
  private x: Float32Array = new Float32Array(0);
  private y: Float32Array = new Float32Array(0);
  private pixels: { readonly of: Uint32Array; readonly dark: boolean } | null = null;
  /** Where processes stood before they moved. */
  private before: Places | null = null;
  private movedAt = 0;
  private marked: ReadonlySet<number> = new Set();
  private selected = 0;
  /** Somebody moved or zoomed it: it stays so. */
  private touched = false;

  constructor(canvas: HTMLCanvasElement, colours: SessionColours) {
    this.canvas = canvas;
    this.colours = colours;
    this.zoom.on('zoom', (event: { transform: ZoomTransform; sourceEvent: Event | null }) => {
      this.moveLines(this.transform, event.transform);
      this.transform = event.transform;
      if (event.sourceEvent) this.touched = true;
      this.draw();
    });
    select(canvas).call(this.zoom).on('dblclick.zoom', null);
    canvas.addEventListener('click', (event) => {
      const pid = this.at(event.offsetX, event.offsetY);
      if (pid !== null) this.onSelect(pid);
    });
    new ResizeObserver(() => (this.touched ? this.draw() : this.fit())).observe(canvas);
  }

  show(forest: ProcessForest, visible: Int32Array): void {
    this.before = this.places();
    this.forest = forest;
    this.layout = layoutOf(forest, visible);
    this.x = this.layout.x.map((column) => (column + 0.5) * COLUMN);
    this.y = this.layout.y.map((line) => (line + 0.5) * LINE);
    this.pixels = null;
    this.movedAt = performance.now();
    if (!this.touched) this.fit();
    this.draw();
  }

  mark(pids: ReadonlySet<number>): void {
    this.marked = pids;
    this.draw();
  }

  select(pid: number): void {
    this.selected = pid;
    this.draw();
  }

  /** The whole tree in view. */
  fit(): void {
    if (!this.layout || this.canvas.clientWidth === 0) return;
    const { columns, lines } = this.layout;
    const { clientWidth, clientHeight } = this.canvas;
    const [wide, high] = [clientWidth - 2 * EDGE, clientHeight - 2 * EDGE];
    const scale = Math.min(1.4, wide / ((columns + 0.2) * COLUMN), high / ((lines + 0.2) * LINE));
    const x = (clientWidth - columns * COLUMN * scale) / 2;
    this.touched = false;
    select(this.canvas).call(this.zoom.transform, zoomIdentity.translate(x, 0).scale(scale));
    this.top = Math.max(0, (clientHeight - lines * this.gap(scale)) / 2);
  }

  /** Around the selected process where it is in view, else around the middle. */
  zoomBy(factor: number): void {
    this.touched = true;
    select(this.canvas).call(this.zoom.scaleBy, factor, this.placeInView(this.selected) ?? undefined);
  }

  /** The process in the middle of the view, unless it is in view as it is. */
  bringIntoView(pid: number): void {
    const row = this.forest?.rowOf(pid) ?? -1;
    if (row < 0 || Number.isNaN(this.x[row]!) || this.placeInView(pid)) return;
    this.touched = true;
    select(this.canvas).call(this.zoom.translateTo, this.x[row]!, this.y[row]!);
    this.top = this.canvas.clientHeight / 2 - (this.y[row]! / LINE) * this.gap(this.transform.k);
  }

  /** On the canvas; null where it is not there. */
  private placeInView(pid: number): [x: number, y: number] | null {
    const row = this.forest?.rowOf(pid) ?? -1;
    if (row < 0) return null;
    const { clientWidth, clientHeight } = this.canvas;
    const { k, x: left } = this.transform;
    const [x, y] = [this.x[row]! * k + left, (this.y[row]! / LINE) * this.gap(k) + this.top];
    return x >= 0 && x <= clientWidth && y >= 0 && y <= clientHeight ? [x, y] : null;
  }

  /** From one line to the next, in pixels. */
  private gap(k: number): number {
    const room = this.layout ? (this.canvas.clientHeight - 2 * EDGE) / (this.layout.lines + 0.2) : 0;
    return Math.max(LINE * k, Math.min(LEAST_GAP, room));
  }

  /** What is under the pointer stays there: it is where both transforms agree. */
  private moveLines(from: ZoomTransform, to: ZoomTransform): void {
    if (from.k === to.k) {
      this.top += to.y - from.y;
      return;
    }
    const fixed = (to.y * from.k - from.y * to.k) / (from.k - to.k);
    this.top = fixed - ((fixed - this.top) * this.gap(to.k)) / this.gap(from.k);
  }

  private paint(): void {
    const { forest, layout, transform } = this;
    const { context, width, height, ratio } = fitCanvas(this.canvas);
    context.clearRect(0, 0, width, height);
    if (!forest || !layout) return;
    const { k, x } = transform;
    const share = this.shareOfMove();
    const moved = share < 1 ? this.onTheWay(forest, share) : { x: this.x, y: this.y };
    const { marked, selected, colours } = this;
    const pixels = isAfar(forest, k) ? this.pixelsOf(forest) : null;
    const stretch = this.gap(k) / (LINE * k);
    const y = stretch === 1 ? moved.y : moved.y.map((middle) => middle * stretch);
    const scene = { forest, layout, x: moved.x, y, stretch, marked, selected, colours, pixels };
    paintTree(context, scene, { k, x, y: this.top, width, height, ratio });
    if (share < 1) this.draw();
  }

  private pixelsOf(forest: ProcessForest): Uint32Array {
    const dark = darkNow();
    if (this.pixels?.dark !== dark) this.pixels = { of: rowPixels(forest, this.colours, dark), dark };
    return this.pixels.of;
  }

  private places(): Places | null {
    const { forest } = this;
    if (!forest || forest.size > MOST_THAT_MOVE) return null;
    return new Map(Array.from(forest.pid, (pid, row) => [pid, [this.x[row]!, this.y[row]!]] as const));
  }

  private shareOfMove(): number {
    if (!this.before || matchMedia('(prefers-reduced-motion: reduce)').matches) return 1;
    return Math.min(1, (performance.now() - this.movedAt) / MOVE_MS);
  }

  private onTheWay(forest: ProcessForest, share: number): { x: Float32Array; y: Float32Array } {
    const left = (1 - share) ** 3;
    const [x, y] = [this.x.slice(), this.y.slice()];
    for (let row = 0; row < forest.size; row++) {
      const from = this.before!.get(forest.pid[row]!);
      if (!from || Number.isNaN(from[0])) continue;
      x[row]! += (from[0] - x[row]!) * left;
      y[row]! += (from[1] - y[row]!) * left;
    }
    return { x, y };
  }

  private at(offsetX: number, offsetY: number): number | null {
    const { forest } = this;
    if (!forest) return null;
    const { k, x: left } = this.transform;
    const line = this.gap(k) / LINE;
    let nearest = Math.max((WIDTH / 2) * k, 8);
    let found: number | null = null;
    for (let row = 0; row < forest.size; row++) {
      const aside = Math.abs(this.x[row]! * k + left - offsetX);
      const distance = Math.max(aside, Math.abs(this.y[row]! * line + this.top - offsetY));
      if (!(distance < nearest)) continue;
      nearest = distance;
      found = forest.pid[row]!;
    }
    return found;
  }
}
