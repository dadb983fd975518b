/** Every small image of processes that are born with several exit signals, and such an image as it is uploaded. */

import { SIGCHLD } from '../../../src/engine/tree/sharing-columns.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { codeOf, type Model, type ModelImage, partitions, treesOf } from './calls-model.ts';

/** Every image of n processes with these signals, once. */
export function* imagesWithSignals(model: Model, n: number): Generator<ModelImage> {
  const seen = new Set<string>();
  const signals = model.signals!;
  for (const tree of treesOf(n, model.sessions)) {
    for (const [, plain] of partitions(model, tree)) {
      for (let choice = 0; choice < signals.length ** (n - 1); choice++) {
        const chosen = Array.from({ length: n - 1 }, (_, i) =>
          signals.at(Math.floor(choice / signals.length ** i) % signals.length),
        );
        const image = { ...plain, signal: [SIGCHLD, ...chosen.map((signal) => signal!)] };
        const code = codeOf(image);
        if (!seen.has(code)) yield image;
        seen.add(code);
      }
    }
  }
}

export function treeImage({ kinds }: Model, { parent, session, objects, signal }: ModelImage): TreeImage {
  const processes = parent.map((father, i) => {
    const sid = session[i]! > parent.length ? session[i]! + 100 : session[i]!;
    const classes = Object.fromEntries(kinds.map((kind, k) => [kind, objects[k]![i]! + 1]));
    const exitSignal = i > 0 ? { exitSignal: signal![i]! } : {};
    return { pid: i + 1, ppid: father + 1, pgid: sid, sid, ...classes, ...exitSignal };
  });
  return { root: 1, processes };
}
