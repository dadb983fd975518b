/**
 * Sessions that helpers have to bring into pid namespaces: how many helpers every plan has beside dead leaders and owners.
 *
 * A process q that is in session t without leading it, hangs below the init of namespace n, within that, and t is led
 * outside n: t is *needed* in n. Whoever is in a session without leading it was born in it, and so was its creator, or that
 * leads it. So up the creators of q all that live in n were born in t, and the first of them, the *bringer*, was made from
 * outside n: its parent is outside n for ever. A bringer has one birth session, and brings in that one. Who can it be?
 *   The init of n, born in the session that it is in, or in any if it leads one.
 *   Somebody else of the image. What was born below that one stays there as long as it lives (A1, A17), but q does not:
 *   so it is a zombie, or one of the creators of q in between died. The first of them, the *link*, was born in t too, and all
 *   above it up to the bringer live: so it is a zombie that still hangs below the bringer, and is in t or leads; or it is a
 *   dead leader, or the dead owner of a group in t. It has its parent in n, and one bringer.
 *   A dead leader of n. Whoever is parent of a member of its session is then a creator between the two, so that it is in
 *   that session or leads one; or it is an init, to which orphans fall; or the member is a sibling of the dead leader.
 *   The dead owner of a group in t.
 *   One more helper, or somebody of the image with one more helper as a link.
 * So each process stands for one needed session at most. Of what can be had without further helpers the most is counted:
 * for each namespace, and owners of groups for each session.
 * In: a tree. Out: a number of helpers; 0 in one pid namespace. Cost: O(n).
 */

import { NumberTable, PairTable } from '../tree/number-table.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { bytes, int32s } from '../tree/scratch.ts';

type Levels = NonNullable<ProcessTree['levels']>;

export function helpersThatBringIn(tree: ProcessTree): number {
  const { levels, namespaces } = tree;
  if (levels === null || namespaces.length < 2) return 0;
  const needed = neededSessions(tree, levels);
  if (needed.length === 0) return 0;
  const image = bringersOfImage(tree, levels);
  const dead = deadLeaders(tree, levels);
  const open = int32s(namespaces.length);
  const living = int32s(namespaces.length);
  const unserved: Needed[] = [];
  for (const pair of needed) {
    const { namespace, session } = pair;
    if (image.certain.get(namespace, session) >= 0) continue;
    open[namespace]!++;
    if (image.living.get(namespace, session) >= 0) living[namespace]!++;
    unserved.push(pair);
  }
  let helpers = 0;
  for (let n = 1; n < open.length; n++) {
    const linked = Math.min(dead.onlyLink[n]!, living[n]! + image.anyLiving[n]!);
    open[n] = Math.max(0, open[n]! - image.any[n]! - dead.any[n]! - linked);
    helpers += open[n]!;
  }
  if (helpers === 0) return 0;
  const uncovered = unserved.filter(({ namespace }) => open[namespace]! > 0);
  return Math.max(0, helpers - servedByOwners(uncovered, deadOwners(tree, levels)));
}

interface Needed {
  readonly namespace: number;
  /** Its number on level 0. */
  readonly session: number;
}

/** Each pair of a namespace and a session from outside it that somebody below its init is in. */
function neededSessions(tree: ProcessTree, { offset, sid }: Levels): Needed[] {
  const { size, parent, namespace, namespaces } = tree;
  const belowInit = bytes(size);
  const seen = new PairTable(16);
  const needed: Needed[] = [];
  for (let q = 1; q < size; q++) {
    const p = parent[q]!;
    if (p === OUTSIDE) continue;
    const n = namespace[p]!;
    const isInit = p === namespaces[n]!.init;
    const below = n > 0 && (isInit || (belowInit[p] === 1 && n === namespace[p]));
    if (namespace[q] === n) belowInit[q] = below ? 1 : 0;
    if (!below || tree.sid[q] === tree.pid[q] || sid[offset[q]! + namespaces[n]!.level] !== 0) continue;
    if (seen.add(n, tree.sid[q]!)) needed.push({ namespace: n, session: tree.sid[q]! });
  }
  return needed;
}

interface ImageBringers {
  /** Pairs of a namespace and a session that somebody of the image brings in; that somebody does who has no link yet. */
  readonly certain: PairTable;
  readonly living: PairTable;
  /** The same by namespace, for leaders, whose birth session may be any. */
  readonly any: Int32Array;
  readonly anyLiving: Int32Array;
}

function bringersOfImage(tree: ProcessTree, { offset, sid: vectors }: Levels): ImageBringers {
  const { size, parent, namespace, namespaces, state, sid, pid } = tree;
  const certain = new PairTable(16);
  const living = new PairTable(16);
  const [any, anyLiving] = [int32s(namespaces.length), int32s(namespaces.length)];
  /** Who is above a process in its namespace with a parent outside; and 1 where such a one has a zombie that leads below. */
  const top = int32s(size);
  const linked = bytes(size);
  for (let q = 1; q < size; q++) {
    const n = namespace[q]!;
    const p = parent[q]!;
    top[q] = p !== OUTSIDE && namespace[p] === n ? top[p]! : q;
    if (top[q] === q || state[q] !== ZOMBIE) continue;
    if (sid[q] === pid[q]) linked[top[q]!] = 1;
    else if (vectors[offset[q + 1]! - 1] === 0 && namespaces[n]!.init !== top[q]) certain.set(n, sid[q]!, 1);
  }
  for (let q = 1; q < size; q++) {
    if (top[q] !== q) continue;
    const n = namespace[q]!;
    const isLinked = state[q] === ZOMBIE || namespaces[n]!.init === q || linked[q] === 1;
    if (sid[q] === pid[q]) (isLinked ? any : anyLiving)[n]!++;
    else (isLinked ? certain : living).set(n, sid[q]!, 1);
  }
  return { certain, living, any, anyLiving };
}

interface DeadLeaders {
  /** By namespace: those that can bring in a session, and those that can only be links. */
  readonly any: Int32Array;
  readonly onlyLink: Int32Array;
}

function deadLeaders(tree: ProcessTree, { offset, sid }: Levels): DeadLeaders {
  const { size, namespaces, parent, namespace } = tree;
  const outside = outsideNumbers(tree);
  const leaders = new DeadHomes(tree, offset);
  for (let q = 0; q < size; q++) if (tree.sid[q] !== outside.sid) leaders.seenBy(q, tree.sid[q]!, sid);
  const bound = new NumberTable(16);
  for (let q = 1; q < size; q++) {
    const p = parent[q]!;
    const home = leaders.home.get(tree.sid[q]!);
    if (p === OUTSIDE || home < 0 || tree.sid[p] === tree.sid[q] || tree.sid[p] === tree.pid[p]) continue;
    if (namespaces[namespace[p]!]!.init === p) continue;
    if (namespaces[home]!.level <= namespaces[namespace[p]!]!.level) bound.set(tree.sid[q]!, 1);
  }
  const any = int32s(namespaces.length);
  const onlyLink = int32s(namespaces.length);
  for (const s of leaders.numbers) (bound.has(s) ? onlyLink : any)[leaders.home.get(s)]!++;
  return { any, onlyLink };
}

interface DeadOwners {
  /** Numbers of their groups by session, and homes by group. */
  readonly bySession: Map<number, number[]>;
  /** Could the owner of a group have lived in a namespace? */
  readonly couldLive: (group: number, namespace: number) => boolean;
}

function deadOwners(tree: ProcessTree, { offset, pgid }: Levels): DeadOwners {
  const { size, namespaces, namespace } = tree;
  const outside = outsideNumbers(tree);
  const owners = new DeadHomes(tree, offset);
  for (let q = 0; q < size; q++) if (tree.pgid[q] !== outside.pgid) owners.seenBy(q, tree.pgid[q]!, pgid);
  const { home, numbers, members } = owners;
  const isSession = new NumberTable(16);
  for (let q = 0; q < size; q++) isSession.set(tree.sid[q]!, 1);
  const bySession = Map.groupBy(
    numbers.filter((g) => !isSession.has(g)),
    (g) => tree.sid[members.get(g)]!,
  );
  /** Towards a namespace, the one right below another. */
  const branchTo = (n: number, above: number): number => {
    let m = n;
    while (m >= 0 && namespaces[m]!.parent !== above) m = namespaces[m]!.parent;
    return m;
  };
  /** Groups with branches below the owner's home where members live, who would see its number further in. */
  const taken = new PairTable(16);
  for (let q = 0; q < size; q++) {
    const h = home.get(tree.pgid[q]!);
    if (h >= 0 && namespace[q] !== h) taken.set(tree.pgid[q]!, branchTo(namespace[q]!, h), 1);
  }
  const couldLive = (group: number, n: number): boolean => {
    const h = home.get(group);
    if (n === h) return true;
    const branch = branchTo(n, h);
    return branch >= 0 && taken.get(group, branch) < 0;
  };
  return { bySession, couldLive };
}

/** Owners of a session looked at for a namespace. */
const OWNERS = 64;

/** How many needed sessions dead owners of groups can stand for at most. */
function servedByOwners(open: readonly Needed[], { bySession, couldLive }: DeadOwners): number {
  let served = 0;
  for (const [session, pairs] of Map.groupBy(open, (pair) => pair.session)) {
    const owners = bySession.get(session) ?? [];
    const fitting = pairs.filter(
      ({ namespace }) => owners.length > OWNERS || owners.some((g) => couldLive(g, namespace)),
    );
    served += Math.min(owners.length, fitting.length);
  }
  return served;
}

/** Where dead leaders or owners lived: the deepest namespace that a member sees their number from. */
class DeadHomes {
  readonly home = new NumberTable(16);
  readonly numbers: number[] = [];
  /** A member of each. */
  readonly members = new NumberTable(16);
  private readonly tree: ProcessTree;
  private readonly offset: Int32Array;

  constructor(tree: ProcessTree, offset: Int32Array) {
    this.tree = tree;
    this.offset = offset;
  }

  seenBy(q: number, number: number, vectors: Int32Array): void {
    const { tree, offset, home } = this;
    if (number === 0 || tree.indexOf(number) >= 0) return;
    let n = tree.namespace[q]!;
    for (let at = offset[q + 1]! - 1; at > offset[q]! && vectors[at] === 0; at--)
      n = tree.namespaces[n]!.parent;
    const known = home.get(number);
    if (known < 0) {
      this.numbers.push(number);
      this.members.set(number, q);
    }
    if (known < 0 || tree.namespaces[n]!.level > tree.namespaces[known]!.level) home.set(number, n);
  }
}
