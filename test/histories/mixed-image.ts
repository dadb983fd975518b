/**
 * Random images of a few processes with several kinds of shared objects at once: sessions, groups, zombies, threads too.
 *
 * In: a seed. Out: an image that breaks no rule of a live kernel; whether any history leads to it is what is asked.
 */

import type { Kind } from '../../src/engine/tree/sharing-columns.ts';
import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import { SeededRandom } from './seeded-random.ts';

const MIXES: readonly (readonly Kind[])[] = [
  ['files', 'fs'],
  ['files', 'fs', 'sysvsem'],
  ['vm', 'sighand', 'files'],
  ['vm', 'files', 'io'],
  ['vm', 'sighand', 'files', 'fs', 'sysvsem', 'io'],
];

const DEAD_LEADER = 100;
/** Above sessions: groups whose leaders are gone. */
const DEAD_GROUP = 200;

export function mixedImage(seed: number, smallest = 5, largest = 8): TreeImage {
  const random = new SeededRandom(seed);
  const size = smallest + random.below(largest - smallest + 1);
  const kinds = MIXES[random.below(MIXES.length)]!;
  /** How many share: few classes of many, or many of few. */
  const shared = random.pick([0.3, 0.5, 0.8]);
  const classes = 1 + random.below(3);
  const processes: ProcessImage[] = [];
  const hasSessions = random.chance(0.6);
  for (let pid = 1; pid <= size; pid++) {
    const above = pid === 1 ? null : processes[random.below(pid - 1)]!;
    const session = !above ? 1 : hasSessions ? sessionOf(random, pid, above, processes) : above.sid;
    processes.push({
      ...{ pid, ppid: above?.pid ?? 0, sid: session, pgid: session },
      ...(random.chance(0.15) ? { threads: [pid, 1000 + pid] } : {}),
    });
  }
  const parents = new Set(processes.map(({ ppid }) => ppid));
  for (const process of processes) {
    const isLeaf = !parents.has(process.pid) && process.pid !== 1;
    if (isLeaf && random.chance(0.2)) {
      process.state = 'zombie';
      delete process.threads;
    }
    if (process.sid === process.pid) continue;
    const draw = random.below(8);
    if (draw === 0) process.pgid = process.pid;
    if (draw === 1) process.pgid = DEAD_GROUP + process.sid;
  }
  for (const kind of kinds) if (kind !== 'vm') giveClasses(random, processes, kind, shared, classes);
  if (kinds.includes('vm')) giveSpaces(random, processes, shared, classes);
  return { root: 1, processes };
}

function sessionOf(
  random: SeededRandom,
  pid: number,
  above: ProcessImage,
  others: readonly ProcessImage[],
): number {
  const draw = random.below(10);
  if (draw < 5) return above.sid;
  if (draw < 7) return pid;
  return draw < 8 ? DEAD_LEADER : random.pick(others).sid;
}

function giveClasses(
  random: SeededRandom,
  processes: readonly ProcessImage[],
  kind: Kind,
  shared: number,
  classes: number,
): void {
  for (const process of processes) {
    if (process.state === 'zombie' && kind !== 'sighand') continue;
    process[kind] = random.chance(shared) ? 1 + random.below(classes) : OWN + process.pid;
  }
}

/** Whoever shares signal handlers shares the address space (K1). */
function giveSpaces(
  random: SeededRandom,
  processes: readonly ProcessImage[],
  shared: number,
  classes: number,
): void {
  const ofHandlers = new Map<number, number>();
  for (const process of processes) {
    const drawn = random.chance(shared) ? 1 + random.below(classes) : OWN + process.pid;
    const handlers = process.sighand ?? OWN + process.pid;
    const space = handlers < OWN ? (ofHandlers.get(handlers) ?? drawn) : drawn;
    ofHandlers.set(handlers, space);
    if (process.state !== 'zombie') process.vm = space;
  }
}

/** Above every class of several. */
const OWN = 1000;
