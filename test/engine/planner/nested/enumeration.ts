/**
 * Every small tree with nested pid namespaces that the local rules allow, one of each shape.
 *
 * Sessions only: all processes alive, pgid = sid, flags off. A tree fits when a child lives where its parent lives or
 * below, each namespace has its init with the parent outside it, a session that names a process names one that leads,
 * and members of a session live where its leader lives, or below. Whether the init could have been in its session at
 * all (N4) is left to the planner.
 * A shape is made in two steps: skeletons (parents, namespaces, inits), then sessions. Of the trees that differ only in
 * the order of processes the least is given. Namespaces have names: two siblings may not be exchanged.
 */

import type { ProcessImage, TreeImage } from '../../../../src/formats/tree-image-schema.ts';

/** Parent of each namespace, parents first; level 0 is the first. */
export type NamespaceForest = readonly number[];

export const ONE_BELOW: NamespaceForest = [-1, 0];
export const CHAIN: NamespaceForest = [-1, 0, 1];
export const SIBLINGS: NamespaceForest = [-1, 0, 0];

export interface NestedModelTree {
  /** Index of the parent; −1 for the root, which is process 0. */
  readonly parent: readonly number[];
  readonly namespace: readonly number[];
  /** Init of each namespace. */
  readonly init: readonly number[];
  /** 0 outside; k ≤ n led by process k − 1; n + 1, n + 2, … led by the dead, numbered as they appear. */
  readonly session: readonly number[];
  /** Namespace that each dead leader lived in. */
  readonly deadHome: readonly number[];
}

type Skeleton = Pick<NestedModelTree, 'parent' | 'namespace' | 'init'>;

/** Process i becomes entry i; the root stays. */
type Renaming = readonly number[];

export function* fittingTrees(forest: NamespaceForest, n: number): Generator<NestedModelTree> {
  const renamings = renamingsOf(n);
  for (const skeleton of skeletons(forest, n)) {
    const own = symbols(skeleton);
    const symmetries: Renaming[] = [];
    let least = true;
    for (const renaming of renamings) {
      const order = compare(symbols(renamedSkeleton(skeleton, renaming)), own);
      if (order < 0) least = false;
      if (order === 0) symmetries.push(renaming);
    }
    if (!least) continue;
    for (const tree of withSessions(forest, skeleton)) {
      const code = sessionSymbols(tree);
      if (symmetries.every((symmetry) => compare(sessionSymbols(renamed(tree, symmetry)), code) >= 0))
        yield tree;
    }
  }
}

/** The tree as an image: process i has pid i + 1; inside namespace m, number x of level 0 is x + 300 m. */
export function imageOf(forest: NamespaceForest, tree: NestedModelTree): TreeImage {
  const { parent, namespace, init, session, deadHome } = tree;
  const n = parent.length;
  const lineage = forest.map((_, m) => lineageOf(forest, m));
  const numbers = (pid: number, home: number, levels: number): number[] =>
    Array.from({ length: levels }, (_, level) => {
      if (level >= lineage[home]!.length) return 0;
      const m = lineage[home]![level]!;
      return m > 0 && init[m] === pid - 1 && level === lineage[home]!.length - 1 ? 1 : pid + 300 * m;
    });
  const processes = parent.map((p, i): ProcessImage => {
    const s = session[i]!;
    const sid = s > n ? 99 + s - n : s;
    const levels = lineage[namespace[i]!]!.length;
    const home = s > n ? deadHome[s - n - 1]! : namespace[s - 1];
    const nssid = home === undefined ? new Array<number>(levels).fill(0) : numbers(sid, home, levels);
    return {
      pid: i + 1,
      ppid: p + 1,
      pgid: sid,
      sid,
      childSubreaper: false,
      pidns: String(namespace[i]!),
      nspid: numbers(i + 1, namespace[i]!, levels),
      nspgid: nssid,
      nssid,
    };
  });
  const pidNamespaces = forest.map((above, m) => ({
    id: String(m),
    parent: above < 0 ? null : String(above),
    init: init[m]! + 1,
  }));
  return { root: 1, pidNamespaces, processes };
}

/** The shape that an image has: all alive, pgid = sid, every process in the order of pids 1 .. n, parents first. */
export function modelOf({ pidNamespaces, processes }: TreeImage): NestedModelTree {
  const n = processes.length;
  const dead: number[] = [];
  const deadHome: number[] = [];
  const namespaces = pidNamespaces!;
  const forest = namespaces.map(({ parent }) => namespaces.findIndex(({ id }) => id === parent));
  const namespace = processes.map(({ pidns }) => namespaces.findIndex(({ id }) => id === pidns));
  const session = processes.map(({ sid, nssid }, i) => {
    if (sid <= n) return sid;
    if (!dead.includes(sid)) {
      dead.push(sid);
      deadHome.push(lineageOf(forest, namespace[i]!)[nssid!.filter((number) => number > 0).length - 1]!);
    }
    return n + 1 + dead.indexOf(sid);
  });
  const init = namespaces.map((m) => m.init! - 1);
  return { parent: processes.map(({ ppid }) => ppid - 1), namespace, init, session, deadHome };
}

/** Namespaces from level 0 down to m. */
function lineageOf(forest: NamespaceForest, m: number): number[] {
  const lineage: number[] = [];
  for (let above = m; above >= 0; above = forest[above]!) lineage.unshift(above);
  return lineage;
}

function isWithin(forest: NamespaceForest, inner: number, outer: number): boolean {
  return lineageOf(forest, inner).includes(outer);
}

function* skeletons(forest: NamespaceForest, n: number): Generator<Skeleton> {
  function* grown(parent: number[], namespace: number[]): Generator<Skeleton> {
    if (parent.length === n) {
      for (const init of initChoices(forest, parent, namespace)) yield { parent, namespace, init };
      return;
    }
    for (let p = 0; p < parent.length; p++) {
      for (let m = 0; m < forest.length; m++) {
        if (isWithin(forest, m, namespace[p]!)) yield* grown([...parent, p], [...namespace, m]);
      }
    }
  }
  yield* grown([-1], [0]);
}

/** Every way to choose one init a namespace, with its parent outside. */
function initChoices(
  forest: NamespaceForest,
  parent: readonly number[],
  namespace: readonly number[],
): number[][] {
  let choices: number[][] = [[0]];
  for (let m = 1; m < forest.length; m++) {
    const candidates = [...parent.keys()].filter((i) => namespace[i] === m && namespace[parent[i]!] !== m);
    choices = choices.flatMap((chosen) => candidates.map((i) => [...chosen, i]));
  }
  return choices;
}

function* withSessions(forest: NamespaceForest, skeleton: Skeleton): Generator<NestedModelTree> {
  const { namespace } = skeleton;
  const n = namespace.length;
  function* grown(session: number[], deadHome: number[]): Generator<NestedModelTree> {
    const i = session.length;
    if (i === n) {
      if (session.every((s) => s === 0 || s > n || session[s - 1] === s))
        yield { ...skeleton, session, deadHome };
      return;
    }
    const home = namespace[i]!;
    yield* grown([...session, 0], deadHome);
    for (let leader = 0; leader < n; leader++) {
      const leads = leader >= i || session[leader] === leader + 1;
      const fits = i > 0 ? leads && isWithin(forest, home, namespace[leader]!) : leader === 0;
      if (fits) yield* grown([...session, leader + 1], deadHome);
    }
    if (i === 0) return;
    for (const [d, lived] of deadHome.entries()) {
      if (isWithin(forest, home, lived)) yield* grown([...session, n + 1 + d], deadHome);
    }
    for (const lived of lineageOf(forest, home)) {
      yield* grown([...session, n + 1 + deadHome.length], [...deadHome, lived]);
    }
  }
  yield* grown([], []);
}

function renamingsOf(n: number): Renaming[] {
  const others = Array.from({ length: n - 1 }, (_, i) => i + 1);
  return permutations(others).map((order) => [0, ...order]);
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((x) => x !== item)).map((rest) => [item, ...rest]),
  );
}

function renamedSkeleton({ parent, namespace, init }: Skeleton, renaming: Renaming): Skeleton {
  const father = new Array<number>(parent.length);
  const home = new Array<number>(parent.length);
  for (const [i, to] of renaming.entries()) {
    father[to] = i === 0 ? -1 : renaming[parent[i]!]!;
    home[to] = namespace[i]!;
  }
  return { parent: father, namespace: home, init: init.map((i) => renaming[i]!) };
}

function renamed(tree: NestedModelTree, renaming: Renaming): NestedModelTree {
  const n = tree.parent.length;
  const from = new Array<number>(n);
  for (const [i, to] of renaming.entries()) from[to] = i;
  const seen: number[] = [];
  const session = from.map((i) => {
    const s = tree.session[i]!;
    if (s === 0) return 0;
    if (s <= n) return renaming[s - 1]! + 1;
    if (!seen.includes(s)) seen.push(s);
    return n + 1 + seen.indexOf(s);
  });
  const deadHome = seen.map((s) => tree.deadHome[s - n - 1]!);
  return { ...renamedSkeleton(tree, renaming), session, deadHome };
}

function symbols({ parent, namespace, init }: Skeleton): number[] {
  return [...parent, ...namespace, ...init];
}

function sessionSymbols({ session, deadHome }: NestedModelTree): number[] {
  return [...session, ...deadHome];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
