/** What is there in a simulated kernel, as a tree image of the contract. */

import type { Kernel } from '../../src/engine/kernel/kernel.ts';
import { REAPED, ROOT, RUNNING, SUBREAPER } from '../../src/engine/kernel/process-table.ts';
import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import type { RootShape } from './history-shape.ts';
import { SeededRandom } from './seeded-random.ts';

interface ImageShape {
  readonly seed: number;
  readonly root: RootShape;
  readonly unknownFlags: number;
}

export function imageOfKernel(
  { kernel, threads }: { readonly kernel: Kernel; readonly threads: ReadonlyMap<number, readonly number[]> },
  { seed, root, unknownFlags }: ImageShape,
): TreeImage {
  const { number, parent, group, session, state, flags, exitStatus, count } = kernel.state.processes;
  const random = new SeededRandom(seed);
  const processes: ProcessImage[] = [];
  for (let row = ROOT; row < count; row++) {
    if (state[row] === REAPED) continue;
    const pid = number[row]!;
    const numbers = {
      pid,
      ppid: number[parent[row]!]!,
      pgid: number[group[row]!]!,
      sid: number[session[row]!]!,
    };
    if (state[row] !== RUNNING) {
      processes.push({ ...numbers, state: 'zombie', exitStatus: exitStatus[row]! });
      continue;
    }
    const process: ProcessImage = { ...numbers, state: 'alive' };
    if (!random.chance(unknownFlags)) process.childSubreaper = (flags[row]! & SUBREAPER) !== 0;
    const ids = threads.get(pid);
    if (ids) process.threads = [pid, ...ids];
    processes.push(process);
  }
  const init = root.isInit ? root.pid : null;
  return { root: root.pid, pidNamespaces: [{ id: '0', parent: null, init }], processes };
}
