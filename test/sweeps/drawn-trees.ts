/** The kinds of trees that sweeps draw, each tree decided by a seed. */

import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { nestedHistoryImage } from '../histories/nested-history.ts';
import { SeededRandom } from '../histories/seeded-random.ts';
import { denseTree } from './dense-tree.ts';
import { nestedMutant } from './nested-mutant.ts';

export interface DrawnTrees {
  readonly draw: (seed: number) => TreeImage;
  /** Reachable, because a history reached it. */
  readonly reached: boolean;
}

export const DRAWN_TREES = {
  /** 6 to 9 processes, every field at will. */
  dense: {
    reached: false,
    draw: (seed) => {
      const random = randomOf(seed);
      return denseTree({
        seed,
        processes: 6 + random.below(4),
        nested: random.pick([1, 1, 1, 2, 2, 3]),
        groups: random.pick([0, 0.3, 0.7, 1]),
        zombies: random.pick([0, 0, 0.3]),
      });
    },
  },
  /** Histories with one to five fields drawn anew. */
  mutants: {
    reached: false,
    draw: (seed) => {
      const random = randomOf(seed);
      return nestedMutant(history(seed, random), seed, random.pick([1, 1, 2, 3, 5]));
    },
  },
  histories: { reached: true, draw: (seed) => history(seed, randomOf(seed)) },
  /** Histories as an image has them that was cut out of a larger system: the root is no init. */
  cutOut: { reached: true, draw: (seed) => cutOut(history(seed, randomOf(seed)), randomOf(-seed)) },
} as const satisfies Record<string, DrawnTrees>;

export type Kind = keyof typeof DRAWN_TREES;

function randomOf(seed: number): SeededRandom {
  return new SeededRandom(seed * 104729);
}

function history(seed: number, random: SeededRandom): TreeImage {
  const size = random.pick([5, 8, 8, 14, 30]);
  return nestedHistoryImage({
    seed,
    calls: 10 + random.below(size * 8),
    alive: size,
    namespaces: 2 + random.below(4),
    levels: 1 + random.below(4),
    groups: random.chance(0.7),
    zombies: random.chance(0.3),
    subreapers: random.chance(0.7),
  });
}

/**
 * The root as process 9999 of a namespace whose init is outside; what came with it from outside has numbers there.
 * What falls to it did so while it had the subreaper flag.
 */
function cutOut(image: TreeImage, random: SeededRandom): TreeImage {
  const [session, group] = random.pick([
    [9998, 9998],
    [9998, 9997],
  ]);
  const root = 9999;
  const leads = image.processes[0]!.sid !== 0;
  const renamed = (number: number, outside: number): number =>
    number === 1 ? root : number === 0 && !leads ? outside : number;
  return {
    root,
    pidNamespaces: image.pidNamespaces!.map((n) => (n.parent === null ? { ...n, init: null } : n)),
    processes: image.processes.map((p) => {
      const sid = renamed(p.sid, session!);
      const pgid = renamed(p.pgid, group!);
      return {
        ...p,
        pid: renamed(p.pid, 0),
        ppid: p.ppid === 1 ? root : p.ppid,
        sid,
        pgid,
        nspid: [renamed(p.pid, 0), ...p.nspid!.slice(1)],
        nssid: [sid, ...p.nssid!.slice(1)],
        nspgid: [pgid, ...p.nspgid!.slice(1)],
        childSubreaper: p.childSubreaper!,
      };
    }),
  };
}
