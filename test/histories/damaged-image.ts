/** Images that were edited: a history's tree with a few numbers changed. Some are reachable, most are not. */

import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
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

function adopt(processes: readonly ProcessImage[], one: ProcessImage, by: ProcessImage, root: number): void {
  if (one.pid === root) return;
  const parents = new Map(processes.map(({ pid, ppid }) => [pid, ppid]));
  for (let at: number | undefined = by.pid; at !== undefined && at !== 0; at = parents.get(at)) {
    if (at === one.pid) return;
  }
  one.ppid = by.pid;
}
