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

/** A canvas as large as its element, in the pixels of the screen; its units are CSS pixels. */
export function fitCanvas(canvas: HTMLCanvasElement): {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
} {
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, width, height };
}

/** Colours of the style sheet, for canvases. */
export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
