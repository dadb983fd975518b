/**
 * Paint overview: a large forest from afar, a column of pixels a process, written into the image itself. A million processes are
 * one pass over three columns.
 */

import type { ProcessForest } from './model/process-forest.ts';
import type { SessionColours } from './model/session-colour.ts';

/** Colours of sessions as pixels, by row: made once, since a canvas takes colours as text only. */
export function rowPixels(forest: ProcessForest, colours: SessionColours, dark: boolean): Uint32Array {
  const bySession = new Map<number, number>();
  const pixels = new Uint32Array(forest.size);
  for (let row = 0; row < forest.size; row++) {
    const sid = forest.sid[row]!;
    let pixel = bySession.get(sid);
    if (pixel === undefined) {
      pixel = pixelOf(colours.hue(sid), dark);
      bySession.set(sid, pixel);
    }
    pixels[row] = pixel;
  }
  return pixels;
}

interface Overview {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly pixels: Uint32Array;
  /** Height of a process at zoom 1; it has two pixels at least. */
  readonly high: number;
}

let sheet: OffscreenCanvas | null = null;

/** Over what is painted already, so that it shows between the pixels. */
export function paintPixels(
  context: CanvasRenderingContext2D,
  { x, y, pixels, high }: Overview,
  view: { readonly k: number; readonly x: number; readonly y: number; readonly ratio: number },
): void {
  const { width, height } = context.canvas;
  const [k, left, top] = [view.k * view.ratio, view.x * view.ratio, view.y * view.ratio];
  const image = context.createImageData(width, height);
  const target = new Uint32Array(image.data.buffer);
  const tall = Math.max(2, Math.round(high * k));
  for (let row = 0; row < pixels.length; row++) {
    const column = Math.floor(x[row]! * k + left);
    const line = Math.floor(y[row]! * k + top - (tall - 2) / 2);
    // What is folded away is nowhere, NaN.
    if (!(column >= 0 && column < width && line > -tall && line < height)) continue;
    const end = Math.min(height, line + tall) * width;
    for (let at = Math.max(0, line) * width + column; at < end; at += width) target[at] = pixels[row]!;
  }
  if (sheet?.width !== width || sheet.height !== height) sheet = new OffscreenCanvas(width, height);
  sheet.getContext('2d')!.putImageData(image, 0, 0);
  context.save();
  context.resetTransform();
  context.drawImage(sheet, 0, 0);
  context.restore();
}

/** Little-endian RGBA, as typed arrays of images have it. */
function pixelOf(hue: number | null, dark: boolean): number {
  if (hue === null) return dark ? 0xffa1948b : 0xff80746b;
  const [saturation, lightness] = dark ? [0.65, 0.65] : [0.65, 0.38];
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const at = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - chroma * Math.max(-1, Math.min(at - 3, 9 - at, 1))));
  };
  return (0xff000000 | (channel(4) << 16) | (channel(8) << 8) | channel(0)) >>> 0;
}
