/**
 * Check of a full birth map (docs/caba.md, theorem C1): does a history of the kernel lead to this tree with it?
 *
 * In: the origin problem, a map, an order of births if one is known. Out: the birth sessions of all leaders and, for
 * every dead leader, the process that it was born from; or the first thing that contradicts.
 * The map is possible exactly where
 *   every wanted parent is a proper ancestor by birth, and
 *   the processes born in one session are connected: going up from a member, everybody on the way to the session's
 *   leader (dead: to the lowest process above all members) leads a session, and was born in this one.
 * Invariant: each birth session is set once, so all walks together are linear.
 * Cost: O(n). Kernel rules: E7–E10; C3 (CLONE_PARENT keeps the caller as creator). Over several
 * namespaces a wanted parent that is an init need not be above, and every birth has a place (birth-places.ts).
 */

import { DEAD, isLeader, isRootRegion, regionOf, regionTop } from '../planner/origin-problem.ts';
import type { ColumnOf, ProcessIndex, SessionIndex } from '../tree/index-kinds.ts';
import { withScratch } from '../tree/scratch.ts';
import { BirthBlocks } from './birth-blocks.ts';
import { type BirthMap, isAbove, type MapWalk, walkMap } from './birth-map.ts';
import { type BirthOrder, firstBornTooEarly } from './birth-order.ts';
import type { BirthProblem } from './birth-problem.ts';

export interface CheckedMap {
  readonly fault: null;
  /** Birth session by session led; −1 for session 0. */
  readonly birth: ColumnOf<SessionIndex>;
  /** By session: the process that its dead leader was born from; −1 where the leader is in the image. */
  readonly deadUnder: ColumnOf<ProcessIndex>;
  /** Over several namespaces, by session: the parent outside that its dead leader hangs from, −1 elsewhere. */
  readonly deadParent: ColumnOf<ProcessIndex>;
}

export type MapFault =
  /** `process` is its own ancestor. */
  | { readonly fault: 'cycle'; readonly process: ProcessIndex }
  /** The parent of `process` is not among its ancestors. */
  | { readonly fault: 'parent'; readonly process: ProcessIndex }
  /** The session of `process` would have to pass through one that was never in it. */
  | {
      readonly fault: 'session';
      readonly process: ProcessIndex;
      readonly session: SessionIndex;
      readonly through: ProcessIndex;
    }
  /** `through` would be born in two sessions. */
  | {
      readonly fault: 'leader';
      readonly process: ProcessIndex;
      readonly session: SessionIndex;
      readonly through: ProcessIndex;
      readonly other: SessionIndex;
    }
  /** Its ancestor cannot have made `process`, for where the two and its parent live. */
  | { readonly fault: 'namespace'; readonly process: ProcessIndex }
  /** An ancestor of `process` is younger. */
  | { readonly fault: 'order'; readonly process: ProcessIndex };

export function checkMap(
  problem: BirthProblem,
  map: BirthMap,
  order: BirthOrder | null = null,
): CheckedMap | MapFault {
  return withScratch(() => checked(problem, map, order));
}

/** The same of a map that has been chosen because it fits. */
export function fittingMap(problem: BirthProblem, map: BirthMap): CheckedMap {
  const checked = checkMap(problem, map);
  if (checked.fault) throw new Error(`The chosen births do not fit: ${checked.fault}.`);
  return checked;
}

function checked(problem: BirthProblem, map: BirthMap, order: BirthOrder | null): CheckedMap | MapFault {
  const walk = walkMap(map);
  if (walk.order.length < problem.size) return { fault: 'cycle', process: onCycle(map, walk) };
  const above = problem.places?.ancestor ?? problem.parent;
  for (let q = 1; q < problem.size; q++) {
    if (!isAbove(walk, above[q]!, q)) return { fault: 'parent', process: q };
  }
  if (order) {
    const process = firstBornTooEarly(order, map, walk);
    if (process >= 0) return { fault: 'order', process };
  }
  return new MapCheck(problem, map, walk).run();
}

function onCycle(map: BirthMap, walk: MapWalk): number {
  const reached = new Uint8Array(map.length);
  for (const q of walk.order) reached[q] = 1;
  let q = reached.indexOf(0);
  for (let steps = 0; steps < map.length; steps++) q = map[q]!;
  return q;
}

class MapCheck {
  private readonly problem: BirthProblem;
  private readonly map: BirthMap;
  private readonly walk: MapWalk;
  private readonly birth: ColumnOf<SessionIndex>;
  private readonly deadUnder: ColumnOf<ProcessIndex>;
  private readonly deadParent: ColumnOf<ProcessIndex>;
  private readonly blocks: BirthBlocks | null;

  constructor(problem: BirthProblem, map: BirthMap, walk: MapWalk) {
    this.problem = problem;
    this.map = map;
    this.walk = walk;
    this.birth = new Int32Array(problem.sessionCount).fill(-1);
    this.deadUnder = new Int32Array(problem.sessionCount).fill(-1);
    this.deadParent = problem.places?.deadParent.slice() ?? new Int32Array(0);
    this.blocks = problem.places ? new BirthBlocks(problem.places, problem.size) : null;
    for (let i = 1; i < problem.size && this.blocks; i++)
      this.blocks.put(walk.order[i]!, map[walk.order[i]!]!);
  }

  run(): CheckedMap | MapFault {
    const { problem, map, birth, deadUnder } = this;
    const fault = this.walkToLeaders() ?? this.placeDeadLeaders();
    if (fault) return fault;
    for (let s = 1; s < problem.sessionCount; s++) {
      if (birth[s]! >= 0) continue;
      const above = deadUnder[s]! >= 0 ? deadUnder[s]! : map[problem.leader[s]!]!;
      if (isRootRegion(problem, s)) birth[s] = 0;
      else birth[s] = problem.session[above]!;
    }
    return this.misplaced() ?? { fault: null, birth, deadUnder, deadParent: this.deadParent };
  }

  /** Several namespaces: somebody whose ancestor cannot have made it. */
  private misplaced(): MapFault | null {
    const { problem, map, birth } = this;
    const { places, leader } = problem;
    if (!places) return null;
    for (let q = 1; q < problem.size; q++) {
      const x = map[q]!;
      const region = regionOf(problem, birth, q);
      const through = leader[region] === DEAD && this.deadUnder[region] === x;
      const isBorn = through
        ? places.bearsThrough(x, region, this.deadParent[region]!, q)
        : places.bears(x, q);
      const isSibling = through ? places.isSiblingOfDead(region, q) : places.isSibling(x, q);
      if (!isBorn || !(isSibling || this.isInBlock(x, places.ancestor[q]!)))
        return { fault: 'namespace', process: q };
    }
    return null;
  }

  /** No boundary process of its namespace stands between p, which is at or above x, and x. */
  private isInBlock(x: ProcessIndex, p: ProcessIndex): boolean {
    return p === 0 || !this.blocks || this.blocks.joins(p, x);
  }

  /** Can the dead leader of session c, hanging from p, be born of x and bear `child`? */
  private isPlaceForDead(x: ProcessIndex, c: SessionIndex, p: ProcessIndex, child: ProcessIndex): boolean {
    const { problem, walk } = this;
    const places = problem.places!;
    if (places.isSiblingOfDead(c, child) && places.parentForSibling(c, child) !== p) return false;
    const above = places.required(p);
    if (above > 0 && above !== x && !isAbove(walk, above, x)) return false;
    if (!places.bearsDead(x, c, p) || !(places.isDeadSibling(x, p) || this.isInBlock(x, above))) return false;
    if (!places.bearsThrough(x, c, p, child)) return false;
    return places.isSiblingOfDead(c, child) || this.isInBlock(x, places.ancestor[child]!);
  }

  /** From every member up to its session's leader, where that one is in the image. */
  private walkToLeaders(): MapFault | null {
    const { problem, map, birth } = this;
    const { session, leader } = problem;
    for (let q = 1; q < problem.size; q++) {
      const c = session[q]!;
      if (leader[c] === DEAD || leader[c] === q) continue;
      const top = regionTop(problem, c);
      let x = map[q]!;
      while (x !== top && session[x] !== c && !(isLeader(problem, x) && birth[session[x]!] === c)) {
        const fault = this.bornIn(x, c, q);
        if (fault) return fault;
        x = map[x]!;
      }
    }
    return null;
  }

  /** x stands between members of session c, or between one and its leader: it was born in c. */
  private bornIn(x: ProcessIndex, c: SessionIndex, q: ProcessIndex): MapFault | null {
    const { problem, birth } = this;
    if (x === 0 || !isLeader(problem, x)) return { fault: 'session', process: q, session: c, through: x };
    const s = problem.session[x]!;
    if (birth[s]! >= 0 && birth[s] !== c)
      return { fault: 'leader', process: q, session: c, through: x, other: birth[s]! };
    birth[s] = c;
    return null;
  }

  /**
   * Tokens climb from above the members of each dead session, deepest process first, until one is left of each
   * session: the lowest place for its leader.
   */
  private placeDeadLeaders(): MapFault | null {
    const { problem, map, walk, deadUnder } = this;
    const { session, leader, size } = problem;
    const first = new Int32Array(size).fill(-1);
    const next: number[] = [];
    const tokenSession: SessionIndex[] = [];
    const member: ProcessIndex[] = [];
    const left = new Int32Array(problem.sessionCount);
    const child: ProcessIndex[] = [];
    const put = (x: ProcessIndex, c: SessionIndex, q: ProcessIndex, from: ProcessIndex): void => {
      next.push(first[x]!);
      tokenSession.push(c);
      member.push(q);
      child.push(from);
      first[x] = next.length - 1;
      left[c]!++;
    };
    for (let q = 1; q < size; q++) {
      const c = session[q]!;
      if (leader[c] === DEAD && session[map[q]!] !== c) put(map[q]!, c, q, q);
    }
    if (next.length === 0) return null;
    const seen = new Int32Array(problem.sessionCount).fill(-1);
    const unfit = new Int32Array(problem.sessionCount).fill(-1);
    const { places } = problem;
    const hangsFrom = new Int32Array(problem.sessionCount).fill(-1);
    for (let i = size - 1; i >= 0; i--) {
      const x = walk.order[i]!;
      for (let t = first[x]!; t >= 0; t = next[t]!) {
        const c = tokenSession[t]!;
        if (seen[c] === x) left[c]!--;
        else if (places) hangsFrom[c] = places.deadParent[c]!;
        seen[c] = x;
        if (places && hangsFrom[c]! < 0) hangsFrom[c] = places.parentForSibling(c, child[t]!);
      }
      for (let t = places ? first[x]! : -1; t >= 0; t = next[t]!) {
        const c = tokenSession[t]!;
        if (!this.isPlaceForDead(x, c, hangsFrom[c]!, child[t]!)) unfit[c] = x;
      }
      for (let t = first[x]!; t >= 0; t = next[t]!) {
        const c = tokenSession[t]!;
        if (seen[c] !== x) continue;
        seen[c] = -1;
        if (left[c] === 1 && unfit[c] !== x) {
          deadUnder[c] = x;
          if (places) this.deadParent[c] = hangsFrom[c]!;
          continue;
        }
        const fault = this.bornIn(x, c, member[t]!);
        if (fault) return fault;
        left[c]!--;
        if (session[map[x]!] !== c) put(map[x]!, c, member[t]!, x);
      }
    }
    return null;
  }
}
