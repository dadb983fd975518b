/**
 * Tree map: the tree as a picture that can be moved and zoomed. Near, a box a process; far, a dot; a million of them as
 * an overview. What it shows stands as text in the tree rows, so the canvas is a picture for assistive technology.
 *
 * Cost: one pass over the rows a frame; only those inside the view are drawn.
 */

import { select } from 'd3-selection';
import { type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom';
import { type Layout, layoutOf } from './model/layout.ts';
import { namespaceFrames } from './model/namespace-frames.ts';
import type { ProcessForest, ShownProcess } from './model/process-forest.ts';
import type { SessionColours } from './model/session-colour.ts';
import { cssColour, darkNow, fitCanvas } from './page-parts.ts';

const COLUMN = 64;
const LINE = 66;
const WIDTH = 56;
const HEIGHT = 30;
/** Below this zoom boxes become dots, below the next one edges are left out. */
const BOXES = 0.45;
const EDGES = 0.06;
const FRAMES_LIMIT = 50_000;
const MOVES_LIMIT = 1500;
const MOVE_MS = 220;

export class TreeMap {
  onSelect: (pid: number) => void = () => {};
  private readonly canvas: HTMLCanvasElement;
  private readonly colours: SessionColours;
  private readonly zoom = zoom<HTMLCanvasElement, unknown>().scaleExtent([0.0005, 3]);
  private transform: ZoomTransform = zoomIdentity;
  private forest: ProcessForest | null = null;
  private layout: Layout | null = null;
  private before: Map<number, readonly [number, number]> | null = null;
  private movedAt = 0;
  private marked: ReadonlySet<number> = new Set();
  private selected = 0;
  private asked = false;
  private touched = false;

  constructor(canvas: HTMLCanvasElement, colours: SessionColours) {
    this.canvas = canvas;
    this.colours = colours;
    this.zoom.on('zoom', (event: { transform: ZoomTransform; sourceEvent: Event | null }) => {
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
    this.before = this.positions();
    this.forest = forest;
    this.layout = layoutOf(forest, visible);
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
    const scale = Math.min(
      1.4,
      clientWidth / ((columns + 0.4) * COLUMN),
      clientHeight / ((lines + 0.4) * LINE),
    );
    const x = (clientWidth - columns * COLUMN * scale) / 2;
    const y = Math.max(6, (clientHeight - lines * LINE * scale) / 2);
    this.touched = false;
    select(this.canvas).call(this.zoom.transform, zoomIdentity.translate(x, y).scale(scale));
  }

  zoomBy(factor: number): void {
    this.touched = true;
    select(this.canvas).call(this.zoom.scaleBy, factor);
  }

  /** The process in the middle of the view. */
  centre(pid: number): void {
    const row = this.forest?.rowOf(pid) ?? -1;
    if (row < 0 || !this.layout || Number.isNaN(this.layout.x[row]!)) return;
    this.touched = true;
    const [x, y] = [(this.layout.x[row]! + 0.5) * COLUMN, (this.layout.y[row]! + 0.5) * LINE];
    select(this.canvas).call(this.zoom.translateTo, x, y);
  }

  draw(): void {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.paint();
    });
  }

  private positions(): Map<number, readonly [number, number]> | null {
    const { forest, layout } = this;
    if (!forest || !layout || forest.size > MOVES_LIMIT) return null;
    const at = new Map<number, readonly [number, number]>();
    for (let row = 0; row < forest.size; row++) at.set(forest.pid[row]!, [layout.x[row]!, layout.y[row]!]);
    return at;
  }

  private paint(): void {
    const { forest, layout } = this;
    const { context, width, height } = fitCanvas(this.canvas);
    context.clearRect(0, 0, width, height);
    if (!forest || !layout) return;
    const share = this.shareOfMove();
    const place = this.placer(forest, layout, share);
    const { k, x: shiftX, y: shiftY } = this.transform;
    context.translate(shiftX, shiftY);
    context.scale(k, k);
    const left = -shiftX / k - COLUMN;
    const right = (width - shiftX) / k + COLUMN;
    const top = -shiftY / k - LINE;
    const bottom = (height - shiftY) / k + LINE;

    if (forest.size <= FRAMES_LIMIT) this.paintFrames(context, forest, layout, k);
    if (k >= EDGES) this.paintEdges(context, forest, layout, place, { left, right, top, bottom });
    const size = Math.max(WIDTH * (k < BOXES ? 0.7 : 1), 1 / k);
    const dark = darkNow();
    for (let row = 0; row < forest.size; row++) {
      if (Number.isNaN(layout.x[row]!)) continue;
      const [x, y] = place(row);
      if (x < left || x > right || y < top || y > bottom) continue;
      if (k >= BOXES) {
        this.paintBox(context, forest.process(row), x, y, dark);
        continue;
      }
      context.fillStyle = this.colours.line(forest.sid[row]!, dark);
      const high = Math.max(HEIGHT, 1 / k);
      context.fillRect(x - size / 2, y - high / 2, size, high);
      if (!this.marked.has(forest.pid[row]!) && forest.pid[row] !== this.selected) continue;
      context.strokeStyle = cssColour('--mark');
      context.lineWidth = 3 / k;
      context.strokeRect(x - size / 2 - 3 / k, y - high / 2 - 3 / k, size + 6 / k, high + 6 / k);
    }
    if (share < 1) this.draw();
  }

  private shareOfMove(): number {
    if (!this.before || matchMedia('(prefers-reduced-motion: reduce)').matches) return 1;
    return Math.min(1, (performance.now() - this.movedAt) / MOVE_MS);
  }

  private placer(
    forest: ProcessForest,
    layout: Layout,
    share: number,
  ): (row: number) => readonly [number, number] {
    const eased = 1 - (1 - share) ** 3;
    return (row) => {
      const [x, y] = [layout.x[row]!, layout.y[row]!];
      const from = share < 1 ? this.before?.get(forest.pid[row]!) : undefined;
      const moving = from !== undefined && !Number.isNaN(from[0]);
      const column = moving ? from[0] + (x - from[0]) * eased : x;
      const line = moving ? from[1] + (y - from[1]) * eased : y;
      return [(column + 0.5) * COLUMN, (line + 0.5) * LINE];
    };
  }

  private paintFrames(
    context: CanvasRenderingContext2D,
    forest: ProcessForest,
    layout: Layout,
    k: number,
  ): void {
    context.strokeStyle = cssColour('--line');
    context.fillStyle = cssColour('--frame');
    context.setLineDash([6, 4]);
    context.lineWidth = 1.2 / k;
    const frames = namespaceFrames(forest, layout);
    for (const { left, right, top, bottom } of frames) {
      context.beginPath();
      context.roundRect(
        left * COLUMN,
        top * LINE,
        (right - left + 1) * COLUMN,
        (bottom - top + 1) * LINE,
        10,
      );
      context.fill();
      context.stroke();
    }
    context.setLineDash([]);
    if (k < BOXES) return;
    context.fillStyle = cssColour('--soft');
    context.font = '10px system-ui, sans-serif';
    context.textAlign = 'left';
    for (const { pidns, left, top } of frames) {
      context.fillText(`pid namespace ${pidns}`, left * COLUMN + 8, top * LINE + 12);
    }
  }

  private paintEdges(
    context: CanvasRenderingContext2D,
    forest: ProcessForest,
    layout: Layout,
    place: (row: number) => readonly [number, number],
    view: { left: number; right: number; top: number; bottom: number },
  ): void {
    context.strokeStyle = cssColour('--line');
    context.lineWidth = Math.max(1.2, 0.6 / this.transform.k);
    context.beginPath();
    for (let row = 0; row < forest.size; row++) {
      const parent = forest.parent[row]!;
      if (parent < 0 || Number.isNaN(layout.x[row]!)) continue;
      const [x, y] = place(row);
      if (y < view.top || y - LINE > view.bottom) continue;
      const [px, py] = place(parent);
      if (Math.max(x, px) < view.left || Math.min(x, px) > view.right) continue;
      const middle = (y + py) / 2;
      context.moveTo(px, py + HEIGHT / 2);
      context.bezierCurveTo(px, middle, x, middle, x, y - HEIGHT / 2);
    }
    context.stroke();
  }

  private paintBox(
    context: CanvasRenderingContext2D,
    process: ShownProcess,
    x: number,
    y: number,
    dark: boolean,
  ): void {
    const { pid, sid, pgid, helper, state, childSubreaper } = process;
    context.globalAlpha = state === 'alive' ? 1 : 0.55;
    context.beginPath();
    context.roundRect(x - WIDTH / 2, y - HEIGHT / 2, WIDTH, HEIGHT, 7);
    context.fillStyle = this.colours.fill(sid, dark);
    context.fill();
    context.setLineDash(helper || state !== 'alive' ? [4, 3] : []);
    context.strokeStyle = this.colours.line(sid, dark);
    context.lineWidth = childSubreaper ? 3 : 1.2;
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = cssColour('--text');
    context.textAlign = 'center';
    context.font = '600 12px system-ui, sans-serif';
    context.fillText(String(pid), x, y - 1);
    context.font = '9px system-ui, sans-serif';
    const marks = [
      `s${sid}`,
      pgid === sid ? '' : `g${pgid}`,
      state === 'zombie' ? 'Z' : '',
      helper ? 'helper' : '',
    ];
    context.fillText(marks.filter(Boolean).join(' '), x, y + 10);
    context.globalAlpha = 1;
    if (pid !== this.selected && !this.marked.has(pid)) return;
    context.strokeStyle = cssColour('--mark');
    context.lineWidth = pid === this.selected ? 3 : 2;
    context.beginPath();
    context.roundRect(x - WIDTH / 2 - 4, y - HEIGHT / 2 - 4, WIDTH + 8, HEIGHT + 8, 10);
    context.stroke();
  }

  private at(offsetX: number, offsetY: number): number | null {
    const { forest, layout } = this;
    if (!forest || !layout) return null;
    const [x, y] = this.transform.invert([offsetX, offsetY]);
    const reach = Math.max(WIDTH / 2, 8 / this.transform.k);
    let found: number | null = null;
    let nearest = reach;
    for (let row = 0; row < forest.size; row++) {
      const distance = Math.max(
        Math.abs((layout.x[row]! + 0.5) * COLUMN - x),
        Math.abs((layout.y[row]! + 0.5) * LINE - y),
      );
      if (distance >= nearest) continue;
      nearest = distance;
      found = forest.pid[row]!;
    }
    return found;
  }
}
