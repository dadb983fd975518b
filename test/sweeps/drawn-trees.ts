/** The kinds of trees that sweeps draw, each tree decided by a seed. All have fewer than a thousand processes. */

import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { type NestedShape, nestedHistoryImage } from '../histories/nested-history.ts';
import { SeededRandom } from '../histories/seeded-random.ts';
import { denseTree } from './dense-tree.ts';
import { nestedMutant } from './nested-mutant.ts';
import { treeOfOuterGroups } from './outer-groups.ts';

export interface DrawnTrees {
  readonly draw: (seed: number) => TreeImage;
  /** Reachable, because a history reached it. */
  readonly reached: boolean;
}

export const DRAWN_TREES = {
  /** 6 to 9 processes, every field at will. */
  dense: { reached: false, draw: (seed) => smallDenseTree(seed) },
  /** The same, where the next child of some would be born in another namespace. */
  elsewhere: {
    reached: false,
    draw: (seed) => withChildrenElsewhere(smallDenseTree(seed), randomOf(-seed)),
  },
  /** 6 to 11 processes, most of them in outer sessions and groups. */
  outerGroups: { reached: false, draw: (seed) => treeOfOuterGroups(seed) },
  /** Histories with one to five fields drawn anew. */
  mutants: {
    reached: false,
    draw: (seed) => {
      const random = randomOf(seed);
      return nestedMutant(history(seed, random), seed, random.pick([1, 1, 2, 3, 5]));
    },
  },
  histories: { reached: true, draw: (seed) => history(seed, randomOf(seed)) },
  /** Histories of a root that is no init: the init that orphans fall to is outside the image. */
  initOutside: { reached: true, draw: (seed) => history(seed, randomOf(seed), false) },
  /** Histories as an image has them that was cut out of a larger system: the root is no init. */
  cutOut: { reached: true, draw: (seed) => cutOut(history(seed, randomOf(seed)), randomOf(-seed)) },
  /** The same, with processes beside it that the restorer put in. */
  putIn: { reached: true, draw: (seed) => putIn(seed, randomOf(seed)) },
  /** Histories of up to some hundred processes. */
  large: { reached: true, draw: (seed) => largeHistory(seed) },
  largeMutants: {
    reached: false,
    draw: (seed) => nestedMutant(largeHistory(seed), seed, randomOf(-seed).pick([1, 1, 2, 3, 5])),
  },
  /** Small trees side by side below one root. */
  copies: {
    reached: false,
    draw: (seed) => {
      const random = randomOf(seed);
      const shape = { processes: 6 + random.below(4), nested: random.pick([1, 1, 2]), zombies: 0 };
      const tree = denseTree({ seed, ...shape, groups: random.pick([0, 0.3, 0.7, 1]) });
      return copiesOf(tree, 2 + random.below(100));
    },
  },
} as const satisfies Record<string, DrawnTrees>;

export type Kind = keyof typeof DRAWN_TREES;

function randomOf(seed: number): SeededRandom {
  return new SeededRandom(seed * 104729);
}

function smallDenseTree(seed: number): TreeImage {
  const random = randomOf(seed);
  return denseTree({
    seed,
    processes: 6 + random.below(4),
    nested: random.pick([1, 1, 1, 2, 2, 3]),
    groups: random.pick([0, 0.3, 0.7, 1]),
    zombies: random.pick([0, 0, 0.3]),
  });
}

function withChildrenElsewhere(image: TreeImage, random: SeededRandom): TreeImage {
  const namespaces = [null, ...image.pidNamespaces!.map(({ id }) => id)];
  return {
    ...image,
    processes: image.processes.map((process) =>
      random.chance(0.15) ? { ...process, pidnsForChildren: random.pick(namespaces) } : process,
    ),
  };
}

function history(seed: number, random: SeededRandom, rootIsInit = true): TreeImage {
  return nestedHistoryImage({ ...historyShape(seed, random), rootIsInit });
}

function historyShape(seed: number, random: SeededRandom): NestedShape {
  const size = random.pick([5, 8, 8, 14, 30]);
  return {
    seed,
    calls: 10 + random.below(size * 8),
    alive: size,
    namespaces: 2 + random.below(4),
    levels: 1 + random.below(4),
    groups: random.chance(0.7),
    zombies: random.chance(0.3),
    subreapers: random.chance(0.7),
  };
}

function putIn(seed: number, random: SeededRandom): TreeImage {
  const shape = historyShape(seed, random);
  const [session, group] = random.pick([
    [0, 0],
    [9998, 9998],
    [9998, 9997],
  ]);
  const putInBeside = { session: session!, group: group! };
  // Of larger ones, with so many orphans of the root, the histories are not counted to the end.
  const few = { alive: Math.min(shape.alive, 8), calls: Math.min(shape.calls, 35), namespaces: 1 };
  const image = nestedHistoryImage({ ...shape, ...few, rootIsInit: false, putInBeside });
  return withRoot(image, (number) => (number === 1 ? ROOT : number));
}

function largeHistory(seed: number): TreeImage {
  const random = new SeededRandom(seed * 7919);
  const alive = random.chance(0.5) ? 20 + random.below(60) : 30 + random.below(870);
  return nestedHistoryImage({
    seed,
    calls: alive * (2 + random.below(6)),
    alive,
    namespaces: 2 + random.below(8),
    levels: 1 + random.below(4),
    groups: random.chance(0.7),
    zombies: random.chance(0.3),
    subreapers: random.chance(0.7),
  });
}

/** Numbers that copies of a tree are apart on level 0. */
const APART = 10_000;

function copiesOf(image: TreeImage, count: number): TreeImage {
  const namespaces = image.pidNamespaces!;
  const root = image.processes.find(({ pid }) => pid === image.root)!;
  const others = image.processes.filter((one) => one !== root);
  const outer = namespaces.find(({ parent }) => parent === null)!;
  const all = Array.from({ length: count }, (_, copy) => {
    const moved = (number: number): number => (number <= 1 ? number : number + copy * APART);
    const first = (numbers: readonly number[]): number[] => [moved(numbers[0]!), ...numbers.slice(1)];
    const name = (id: string): string => (id === outer.id ? id : `${id}-${copy}`);
    return {
      namespaces: namespaces
        .filter((one) => one !== outer)
        .map(({ id, parent, init }) => ({ id: name(id), parent: name(parent!), init: moved(init!) })),
      processes: others.map((p) => ({
        ...p,
        ...{ pid: moved(p.pid), ppid: moved(p.ppid), sid: moved(p.sid), pgid: moved(p.pgid) },
        pidns: name(p.pidns!),
        ...{ nspid: first(p.nspid!), nssid: first(p.nssid!), nspgid: first(p.nspgid!) },
      })),
    };
  });
  return {
    root: image.root!,
    pidNamespaces: [outer, ...all.flatMap((copy) => copy.namespaces)],
    processes: [root, ...all.flatMap((copy) => copy.processes)],
  };
}

/** The root's number where the init of level 0 is outside. */
const ROOT = 9999;

/**
 * The root as process 9999 of a namespace whose init is outside; what came with it from outside has numbers there.
 * What falls to it did so while it had the subreaper flag.
 */
function cutOut(image: TreeImage, random: SeededRandom): TreeImage {
  const [session, group] = random.pick([
    [9998, 9998],
    [9998, 9997],
  ]);
  const leads = image.processes[0]!.sid !== 0;
  const renamed = (number: number, outside: number): number =>
    number === 1 ? ROOT : number === 0 && !leads ? outside : number;
  return withRoot(
    image,
    (sid) => renamed(sid, session!),
    (pgid) => renamed(pgid, group!),
  );
}

/** @param session what becomes of a session's number, and of pids but 0 */
function withRoot(
  image: TreeImage,
  session: (number: number) => number,
  group: (number: number) => number = session,
): TreeImage {
  return {
    root: ROOT,
    pidNamespaces: image.pidNamespaces!.map((n) => (n.parent === null ? { ...n, init: null } : n)),
    processes: image.processes.map((p) => {
      const [pid, ppid] = [p.pid, p.ppid].map((number) => (number === 0 ? 0 : session(number)));
      const [sid, pgid] = [session(p.sid), group(p.pgid)];
      return {
        ...p,
        ...{ pid: pid!, ppid: ppid!, sid, pgid },
        nspid: [pid!, ...p.nspid!.slice(1)],
        nssid: [sid, ...p.nssid!.slice(1)],
        nspgid: [pgid, ...p.nspgid!.slice(1)],
        childSubreaper: p.childSubreaper!,
      };
    }),
  };
}
