/** Images of which less is told, or other things: some classes left out, exit signals drawn. */

import { KINDS } from '../../src/engine/tree/sharing-columns.ts';
import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Every fifth class is left out. */
export function toldInPart(whole: TreeImage, random: SeededRandom): TreeImage {
  const processes = whole.processes.map((process) => {
    const kept: ProcessImage = { ...process };
    for (const kind of KINDS) if (kept[kind] !== undefined && random.chance(0.2)) delete kept[kind];
    return kept;
  });
  return { ...whole, processes };
}

/** Every third process but the root has another exit signal. */
export function withDrawnSignals(image: TreeImage, random: SeededRandom): TreeImage {
  const processes = image.processes.map((process) =>
    process.pid !== 1 && random.chance(0.35) ? { ...process, exitSignal: random.pick([10, 12, 0]) } : process,
  );
  return { ...image, processes };
}
