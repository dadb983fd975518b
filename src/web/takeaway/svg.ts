/** A forest as an SVG picture that stands alone: what the map shows, with its colours, frames and marks. */

import type { Layout } from '../model/layout.ts';
import { namespaceFrames } from '../model/namespace-frames.ts';
import { marksOf, type ProcessForest, type ShownProcess } from '../model/process-forest.ts';
import type { SessionColours } from '../model/session-colour.ts';

const COLUMN = 76;
const LINE = 74;
const WIDTH = 66;
const HEIGHT = 34;
const MARGIN = 28;
/** Widths of a digit or a letter in the two sizes, rounded up: what would be wider than its box is set narrower. */
const PID_LETTER = 8;
const MARK_LETTER = 6;

export function svgOf(forest: ProcessForest, layout: Layout, colours: SessionColours, title: string): string {
  const width = layout.columns * COLUMN + 2 * MARGIN;
  const height = layout.lines * LINE + 2 * MARGIN;
  const x = (row: number): number => MARGIN + layout.x[row]! * COLUMN + COLUMN / 2;
  const y = (row: number): number => MARGIN + layout.y[row]! * LINE + LINE / 2;
  const seen = (row: number): boolean => !Number.isNaN(layout.x[row]!);

  const frames = namespaceFrames(forest, layout).map(({ pidns, left, right, top, bottom, wider }) => {
    const at = `x="${MARGIN + left * COLUMN - wider}" y="${MARGIN + top * LINE - wider}"`;
    const size = `width="${(right - left + 1) * COLUMN + 2 * wider}" height="${(bottom - top + 1) * LINE + 2 * wider}"`;
    const label = `<text x="${MARGIN + left * COLUMN + 8}" y="${MARGIN + top * LINE + 13 - wider}" class="small">pid namespace ${escaped(pidns)}</text>`;
    return `<rect ${at} ${size} rx="10" class="frame"/>${label}`;
  });
  const edges: string[] = [];
  const nodes: string[] = [];
  for (let row = 0; row < forest.size; row++) {
    if (!seen(row)) continue;
    const parent = forest.parent[row]!;
    if (parent >= 0) {
      const [x1, y1, x2, y2] = [x(parent), y(parent) + HEIGHT / 2, x(row), y(row) - HEIGHT / 2];
      const middle = (y1 + y2) / 2;
      edges.push(`<path d="M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}" class="edge"/>`);
    }
    nodes.push(node(forest.process(row), x(row), y(row), colours));
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>text{font:13px system-ui,sans-serif;fill:#1d2430;text-anchor:middle}.small{font-size:10px;fill:#59626e;text-anchor:start}.mark{font-size:10px;fill:#3c4450}.edge{fill:none;stroke:#8a94a0;stroke-width:1.5}.frame{fill:#8a94a01c;stroke:#8a94a0;stroke-dasharray:4 3}</style>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...frames,
    ...edges,
    ...nodes,
    '</svg>',
    '',
  ].join('\n');
}

function node(process: ShownProcess, x: number, y: number, colours: SessionColours): string {
  const { pid, sid, state, helper, childSubreaper } = process;
  const dashes = helper || state !== 'alive' ? ' stroke-dasharray="4 3"' : '';
  const opacity = state === 'alive' ? '' : ' opacity="0.6"';
  const box = `<rect x="${x - WIDTH / 2}" y="${y - HEIGHT / 2}" width="${WIDTH}" height="${HEIGHT}" rx="7" fill="${colours.fill(sid, false)}" stroke="${colours.line(sid, false)}" stroke-width="${childSubreaper ? 3 : 1.2}"${dashes}/>`;
  const marks = marksOf(process);
  const below = `<text x="${x}" y="${y + 12}" class="mark"${narrow(marks, MARK_LETTER)}>${marks}</text>`;
  return `<g${opacity}>${box}<text x="${x}" y="${y - 1}"${narrow(String(pid), PID_LETTER)}>${pid}</text>${below}</g>`;
}

function narrow({ length }: string, letter: number): string {
  const room = WIDTH - 6;
  return length * letter > room ? ` textLength="${room}" lengthAdjust="spacingAndGlyphs"` : '';
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
