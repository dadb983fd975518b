/** Images that were edited: a history's tree with a few numbers changed. Some are reachable, most are not. */

import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import { EVERYTHING, INIT_ROOT, WITH_SUBREAPERS } from './history-shape.ts';
import { historyImage } from './random-history.ts';
import { SeededRandom } from './seeded-random.ts';

/** Still a tree: every changed parent is somebody who is not below. */
export function damaged(image: TreeImage, seed: number, changes: number): TreeImage {
  const random = new SeededRandom(seed);
  const processes = image.processes.map((process) => ({ ...process }));
  for (let i = 0; i < changes; i++) {
    const one = random.pick(processes);
    const other = random.pick(processes);
    const kind = random.below(6);
    if (kind <= 1) adopt(processes, one, other, image.root!);
    else if (kind === 2) one.sid = other.sid;
    else if (kind === 3) one.pgid = other.pgid;
    else if (kind === 4) Object.assign(one, { sid: other.sid, pgid: other.sid });
    else if (one.state !== 'zombie') Object.assign(one, { sid: one.pid, pgid: one.pid });
  }
  return { ...image, processes };
}

/** A history of one namespace, drawn and damaged. @param largest so many processes it has at the most */
export function damagedHistory(seed: number, random: SeededRandom, largest: number): TreeImage {
  const history = historyImage({
    ...random.pick([WITH_SUBREAPERS, WITH_SUBREAPERS, EVERYTHING]),
    seed,
    alive: 3 + random.below(random.pick([4, 10, largest - 2])),
    churn: random.pick([1, 4, 12]),
    depth: random.pick([0, 0.3, 0.9]),
    root: random.chance(0.7) ? INIT_ROOT : { ...INIT_ROOT, pid: 5, isInit: false },
  });
  return damaged(history, seed, random.pick([1, 2, 4, 8]));
}

function adopt(processes: readonly ProcessImage[], one: ProcessImage, by: ProcessImage, root: number): void {
  if (one.pid === root) return;
  const parents = new Map(processes.map(({ pid, ppid }) => [pid, ppid]));
  for (let at: number | undefined = by.pid; at !== undefined && at !== 0; at = parents.get(at)) {
    if (at === one.pid) return;
  }
  one.ppid = by.pid;
}
