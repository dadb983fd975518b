/** Small parts that more than one view is made of. */

/** An element of the page that has to be there. */
export function part<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** A small mark beside a process; `spoken` is what a screen reader says instead of a short form. */
export function badge(text: string, kind: string, spoken = text): HTMLElement {
  const made = element('span', '', `badge ${kind}`);
  if (spoken === text) {
    made.textContent = text;
    return made;
  }
  const seen = element('span', text);
  seen.setAttribute('aria-hidden', 'true');
  made.append(seen, element('span', spoken, 'spoken'));
  return made;
}

export function darkNow(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

export function element(tag: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** What the API says: within backticks stands code. */
export function sentence(tag: string, text: string, className = ''): HTMLElement {
  const made = element(tag, '', className);
  made.append(...text.split('`').map((piece, i) => (i % 2 === 1 ? element('code', piece) : piece)));
  return made;
}

export function linkTo(address: string, label: string): HTMLAnchorElement {
  const made = document.createElement('a');
  made.href = address;
  made.textContent = label;
  return made;
}

/** One that does something on the page, and sends no form. */
export function button(label: string, className = ''): HTMLElement {
  const made = element('button', label, className);
  made.setAttribute('type', 'button');
  return made;
}

export function tableOf(columns: readonly string[]): HTMLTableElement {
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  for (const name of columns) {
    const cell = element('th', name);
    cell.setAttribute('scope', 'col');
    head.append(cell);
  }
  return table;
}

/** Paints with the next frame, however often it is asked for before. */
export function onceAFrame(paint: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      paint();
    });
  };
}

/** What a list that shows only its beginning says. */
export function leftOut(count: number, listed: number): string {
  return `The first ${listed.toLocaleString('en')} of ${count.toLocaleString('en')}.`;
}

export interface FittedCanvas {
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels, which are the units of the context. */
  readonly width: number;
  readonly height: number;
  /** Pixels of the screen a CSS pixel. */
  readonly ratio: number;
}

/** A canvas as large as its element, in the pixels of the screen. */
export function fitCanvas(canvas: HTMLCanvasElement): FittedCanvas {
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, width, height, ratio };
}

/** Colours of the style sheet, for canvases. A custom property is given as it is written: `light-dark(…, …)`. */
export function cssColour(name: string): string {
  const written = getComputedStyle(document.documentElement).getPropertyValue(name);
  const [light = '', dark = ''] = written.match(/#[0-9a-f]+/g) ?? [];
  return darkNow() ? dark : light;
}
