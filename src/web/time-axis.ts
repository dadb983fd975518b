/**
 * Time axis: the plan as a picture over its steps. A line a process; its colour is its session at that time; arrows are
 * births and adoptions. A click or a drag chooses a step. The same steps stand as a list beside it.
 *
 * Cost: a frame draws the lines that are seen, and the marks and flows in them.
 */

import type { SessionColours } from './model/session-colour.ts';
import type { Tracks } from './model/tracks.ts';
import { cssColour, darkNow, fitCanvas, onceAFrame } from './page-parts.ts';

const LINE = 22;
const HEAD = 18;
const LABELS = '12px system-ui, sans-serif';
/** Room for labels: at least this, and what stands beside the longest one. */
const LEAST_NAMES = 86;
const BESIDE = 26;
const NARROWEST = 9;
const WIDEST = 110;

/** What is painted, and where. */
interface Frame extends Tracks {
  readonly context: CanvasRenderingContext2D;
  /** Lines that are seen. */
  readonly first: number;
  readonly last: number;
  /** Where the state after a step begins. */
  readonly x: (step: number) => number;
  readonly y: (line: number) => number;
}

export class TimeAxis {
  onSeek: (step: number) => void = () => {};
  readonly draw = onceAFrame(() => this.paint());
  private readonly scroller: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly sizer: HTMLElement;
  private readonly colours: SessionColours;
  private tracks: Tracks | null = null;
  /** Where the lines begin. */
  private names = LEAST_NAMES;
  private position = 0;
  private marked: ReadonlySet<number> = new Set();
  private causes: readonly number[] = [];

  constructor(scroller: HTMLElement, canvas: HTMLCanvasElement, sizer: HTMLElement, colours: SessionColours) {
    this.scroller = scroller;
    this.canvas = canvas;
    this.sizer = sizer;
    this.colours = colours;
    scroller.addEventListener('scroll', () => this.draw(), { passive: true });
    new ResizeObserver(() => this.resize()).observe(scroller);
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.seekAt(event.offsetX);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (event.buttons === 1) this.seekAt(event.offsetX);
    });
  }

  show(tracks: Tracks): void {
    this.tracks = tracks;
    this.names = this.roomForLabels(tracks);
    this.resize();
  }

  /** `causes`: other steps that this one is there for. */
  at(position: number, marked: ReadonlySet<number>, causes: readonly number[]): void {
    this.position = position;
    this.marked = marked;
    this.causes = causes;
    this.bringIntoView();
    this.draw();
  }

  private roomForLabels({ tracks }: Tracks): number {
    let longest = '';
    for (const track of tracks) {
      const label = labelOf(track);
      if (label.length > longest.length) longest = label;
    }
    const { context } = fitCanvas(this.canvas);
    context.font = LABELS;
    return Math.max(LEAST_NAMES, Math.ceil(context.measureText(longest).width) + BESIDE);
  }

  private get pitch(): number {
    const steps = Math.max(1, this.tracks?.steps ?? 1);
    return Math.max(NARROWEST, Math.min(WIDEST, (this.scroller.clientWidth - this.names - 24) / (steps + 1)));
  }

  private resize(): void {
    if (!this.tracks) return;
    const { steps, tracks } = this.tracks;
    this.sizer.style.width = `${this.names + (steps + 1) * this.pitch + 20}px`;
    this.sizer.style.height = `${HEAD + tracks.length * LINE + 8}px`;
    this.draw();
  }

  private seekAt(offsetX: number): void {
    if (!this.tracks) return;
    const step = Math.round((offsetX - this.names + this.scroller.scrollLeft) / this.pitch);
    this.onSeek(Math.max(0, Math.min(this.tracks.steps, step)));
  }

  private bringIntoView(): void {
    const { scroller } = this;
    const x = this.position * this.pitch;
    const seen = scroller.clientWidth - this.names - 30;
    if (x < scroller.scrollLeft || x > scroller.scrollLeft + seen) scroller.scrollLeft = x - seen / 2;
    // Of a birth the child, of what falls to a reaper the last.
    const line = this.tracks?.lineOf.get([...this.marked].at(-1) ?? 0);
    if (line === undefined) return;
    const tall = scroller.clientHeight - HEAD - LINE;
    const y = line * LINE;
    if (y < scroller.scrollTop || y > scroller.scrollTop + tall) scroller.scrollTop = y - tall / 2;
  }

  private paint(): void {
    const { tracks } = this;
    const { context, width, height } = fitCanvas(this.canvas);
    context.clearRect(0, 0, width, height);
    if (!tracks) return;
    const { scrollLeft, scrollTop } = this.scroller;
    const { pitch } = this;
    const frame: Frame = {
      ...tracks,
      context,
      first: Math.max(0, Math.floor((scrollTop - HEAD) / LINE)),
      last: Math.min(tracks.tracks.length, Math.ceil((scrollTop + height) / LINE) + 1),
      x: (step) => this.names + (step + 1) * pitch - scrollLeft,
      y: (line) => HEAD + line * LINE + LINE / 2 - scrollTop,
    };

    context.save();
    context.beginPath();
    context.rect(this.names - 6, HEAD, width, height);
    context.clip();
    this.paintBars(frame);
    this.paintFlows(frame);
    this.paintMarks(frame);
    context.restore();
    this.paintNames(frame);
    this.paintHead(frame, width);
    this.paintCursor(frame, height);
  }

  private paintBars({ context, tracks, steps, first, last, x, y }: Frame): void {
    const dark = darkNow();
    for (let line = first; line < last; line++) {
      const { sessions, end, zombie, helper, pid } = tracks[line]!;
      sessions.forEach(({ from, sid }, i) => {
        const until = sessions[i + 1]?.from ?? end;
        context.globalAlpha = from >= this.position ? 0.28 : 1;
        context.fillStyle = this.colours.fill(sid, dark);
        context.strokeStyle = this.colours.line(sid, dark);
        context.setLineDash(helper ? [3, 3] : []);
        context.lineWidth = this.marked.has(pid) ? 2.5 : 1;
        const left = x(from);
        const right = until >= steps ? x(steps - 1) + this.pitch * 0.8 : x(until);
        context.beginPath();
        context.rect(left, y(line) - 6, Math.max(1, right - left), 12);
        context.fill();
        context.stroke();
      });
      context.setLineDash([]);
      if (zombie !== null) {
        const right = end >= steps ? x(steps - 1) + this.pitch * 0.8 : x(end);
        context.fillStyle = cssColour('--veil');
        context.fillRect(x(zombie), y(line) - 6, Math.max(1, right - x(zombie)), 12);
      }
    }
    context.globalAlpha = 1;
  }

  private paintFlows({ context, flows, first, last, x, y }: Frame): void {
    for (const { step, kind, from, to, line } of flows) {
      if (Math.max(from, to, line) < first || Math.min(from, to, line) > last) continue;
      context.globalAlpha = step >= this.position ? 0.25 : 0.9;
      const now = step === this.position - 1;
      context.strokeStyle = now ? cssColour('--mark') : cssColour(kind === 'birth' ? '--line' : '--adopt');
      context.lineWidth = now ? 2.4 : 1.2;
      context.setLineDash(kind === 'adoption' ? [4, 3] : []);
      const at = x(step);
      context.beginPath();
      if (kind === 'birth') {
        context.moveTo(at, y(from));
        context.lineTo(at, y(to));
      } else {
        context.moveTo(at, y(line));
        context.quadraticCurveTo(at + 16, (y(line) + y(to)) / 2, at, y(to));
      }
      context.stroke();
      context.setLineDash([]);
      arrowHead(context, at, y(to), y(to) > y(kind === 'birth' ? from : line) ? -1 : 1);
    }
    context.globalAlpha = 1;
  }

  private paintMarks({ context, marks, first, last, x, y }: Frame): void {
    context.textAlign = 'center';
    context.font = '600 11px system-ui, sans-serif';
    for (const { step, line, kind } of marks) {
      if (line < first || line > last) continue;
      const now = step === this.position - 1;
      context.globalAlpha = step >= this.position ? 0.4 : 1;
      context.fillStyle = now || this.causes.includes(step) ? cssColour('--mark') : cssColour('--text');
      context.fillText(MARKS[kind], x(step), y(line) + 4);
    }
    context.globalAlpha = 1;
  }

  private paintNames({ context, tracks, first, last, y }: Frame): void {
    context.font = LABELS;
    context.textAlign = 'right';
    for (let line = first; line < last; line++) {
      const track = tracks[line]!;
      const { pid, birth } = track;
      if (y(line) < HEAD) continue;
      context.globalAlpha = birth >= this.position ? 0.5 : 1;
      context.fillStyle = cssColour(this.marked.has(pid) ? '--mark' : '--text');
      context.fillText(labelOf(track), this.names - 14, y(line) + 4);
    }
    context.globalAlpha = 1;
  }

  private paintHead({ context, steps, x }: Frame, width: number): void {
    context.font = '10px system-ui, sans-serif';
    context.textAlign = 'center';
    context.fillStyle = cssColour('--soft');
    const every = Math.max(1, Math.ceil(34 / this.pitch));
    for (let step = 0; step < steps; step += every) {
      const at = x(step);
      if (at > this.names - 4 && at < width) context.fillText(String(step), at, 11);
    }
  }

  private paintCursor({ context, x }: Frame, height: number): void {
    const at = x(this.position - 1) + 0.5;
    if (at < this.names - 6) return;
    context.strokeStyle = cssColour('--mark');
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(at, 14);
    context.lineTo(at, height);
    context.stroke();
    for (const step of this.causes) {
      const cause = x(step) + 0.5;
      if (cause < this.names - 6) continue;
      context.setLineDash([3, 4]);
      context.beginPath();
      context.moveTo(cause, 14);
      context.lineTo(cause, height);
      context.moveTo(at, 16);
      context.lineTo(cause, 16);
      context.stroke();
      context.setLineDash([]);
    }
  }
}

const MARKS = {
  setsid: '◆',
  setpgid: '▪',
  'flag on': '⚑',
  'flag off': '⚐',
  exit: '✕',
  wait4: '✓',
  namespace: '⇲',
  leaves: '⇤',
  terminal: '⌨',
} as const;

function labelOf({ pid, helper }: Tracks['tracks'][number]): string {
  return helper ? `helper ${pid}` : String(pid);
}

function arrowHead(context: CanvasRenderingContext2D, x: number, y: number, direction: 1 | -1): void {
  context.fillStyle = context.strokeStyle;
  context.beginPath();
  context.moveTo(x, y + direction * 6);
  context.lineTo(x - 3.5, y + direction * 12);
  context.lineTo(x + 3.5, y + direction * 12);
  context.fill();
}
