/**
 * Clusters and their opening order (theory, step 2): proposes the birth sessions that are not forced.
 *
 * A cluster is a set of sessions joined by known births; its representative is its only session whose birth is not
 * known, or session 0. To open a cluster is to say: everything that its leaders need above them is placed. Where
 * nothing can be opened, the first closed knot of waiting clusters is cut: one of its clusters is opened, and each
 * leader of a soft pair that would have to be above it is born inside it instead (a commit).
 *
 * In: requirements. Out: births with the number of commits that were real choices, or a failure; the failure proves that
 * the tree is unreachable where no real choice was made. Of several choices the first is taken: whoever needs another one
 * asks the exact procedure.
 * Invariant: a commit joins a closed cluster to the one that is being opened, so sessions change cluster once.
 * Cost: near-linear, plus one search of the waiting clusters for each knot.
 */

import type { Rows } from '../tree/adjacency.ts';
import { setOf } from '../tree/disjoint-sets.ts';
import { bytes, copyOf, int32s } from '../tree/scratch.ts';
import { closedKnot } from './closed-knot.ts';
import { cyclicBirths } from './cyclic-births.ts';
import { isRootRegion, leaderElement, type OriginProblem } from './origin-problem.ts';
import type { Requirements } from './requirements.ts';
import type { WaitLists } from './wait-lists.ts';

export interface Failure {
  /** No choice was made before it: the tree is unreachable. */
  readonly certain: boolean;
  /** Processes that the failure is about, to begin the search for a small conflict with. */
  readonly processes: readonly number[];
  /** Those of all failures, where these are known too. */
  readonly alike?: readonly number[];
}

export interface Opening {
  /** Birth session, −1 where step 3 is free to choose. */
  readonly birth: Int32Array;
  readonly commits: number;
  /** The representative of a session's cluster. */
  clusterOf(session: number): number;
}

export function openClusters(
  problem: OriginProblem,
  requirements: Requirements,
  lists: WaitLists,
): Opening | Failure {
  const cyclic = cyclicBirths(problem, requirements.birth);
  if (cyclic.length > 0) return { certain: true, processes: cyclic };
  return new OpeningRun(problem, requirements, lists).run();
}

class OpeningRun {
  private readonly problem: OriginProblem;
  private readonly lists: WaitLists;
  private readonly birth: Int32Array;
  /** Disjoint sets: child clusters are linked under their parent, so that roots are representatives. */
  private readonly link: Int32Array;
  private readonly opened: Uint8Array;
  /** Sessions of a cluster as a linked list: `tail` at the representative. */
  private readonly nextInCluster: Int32Array;
  private readonly tail: Int32Array;
  private readonly pendingHard: Int32Array;
  private readonly pendingSoft: Int32Array;
  private readonly ready: number[] = [];
  private readonly trail: number[] = [];
  private commits = 0;
  private unopened: number;

  constructor(problem: OriginProblem, requirements: Requirements, lists: WaitLists) {
    const m = problem.sessionCount;
    this.problem = problem;
    this.lists = lists;
    this.birth = copyOf(requirements.birth);
    this.link = int32s(m);
    this.opened = bytes(m);
    this.nextInCluster = int32s(m, -1);
    this.tail = int32s(m);
    this.pendingHard = int32s(m);
    this.pendingSoft = int32s(m);
    this.unopened = m;
    for (let s = 0; s < m; s++) {
      this.link[s] = this.birth[s]! >= 0 ? this.birth[s]! : s;
      this.tail[s] = s;
    }
    for (let s = 0; s < m; s++) {
      const k = this.clusterOf(s);
      if (k === s) continue;
      this.nextInCluster[this.tail[k]!] = s;
      this.tail[k] = s;
    }
    this.countPending();
  }

  run(): Opening | Failure {
    const m = this.problem.sessionCount;
    const root = this.clusterOf(0);
    for (let k = m - 1; k >= 0; k--) if (this.link[k] === k && k !== root) this.offer(k);
    let failure = this.open(root, true);
    let first = 0;
    while (!failure && this.unopened > 0) {
      const k = this.takeReady();
      if (k >= 0) {
        failure = this.open(k, false);
        continue;
      }
      while (this.opened[first]) first++;
      while (this.trail.length > 0 && this.opened[this.trail.at(-1)!]) this.trail.pop();
      failure = this.cutKnot(this.clusterOf(this.trail.at(-1) ?? first));
    }
    if (failure) return failure;
    return { birth: this.birth, commits: this.commits, clusterOf: (s) => this.clusterOf(s) };
  }

  private clusterOf(session: number): number {
    return setOf(this.link, session);
  }

  private countPending(): void {
    const { needs, softNeeds } = this.lists;
    for (let c = 0; c < this.problem.sessionCount; c++) {
      const k = this.clusterOf(c);
      for (let i = needs.offset[c]!; i < needs.offset[c + 1]!; i++) {
        if (this.clusterOf(this.problem.session[needs.items[i]!]!) !== k) this.pendingHard[k]!++;
      }
      for (let i = softNeeds.offset[c]!; i < softNeeds.offset[c + 1]!; i++) {
        if (this.clusterOf(softNeeds.items[i]!) !== k) this.pendingSoft[k]!++;
      }
    }
  }

  private offer(k: number): void {
    if (this.pendingHard[k] === 0 && this.pendingSoft[k] === 0) this.ready.push(k);
  }

  private takeReady(): number {
    while (this.ready.length > 0) {
      const k = this.ready.pop()!;
      if (this.link[k] === k && !this.opened[k] && this.pendingHard[k] === 0 && this.pendingSoft[k] === 0)
        return k;
    }
    return -1;
  }

  /** Opens cluster k. `must`: nothing else could have been opened, so what is committed for its top is no choice. */
  private open(k: number, must: boolean): Failure | null {
    const { lists, opened } = this;
    const { session } = this.problem;
    for (let c = k; c >= 0; c = this.nextInCluster[c]!) {
      for (let i = lists.softNeeds.offset[c]!; i < lists.softNeeds.offset[c + 1]!; i++) {
        this.commit(k, c, lists.softNeeds.items[i]!, must);
      }
    }
    const root = k === this.clusterOf(0);
    for (let c = k; c >= 0; c = this.nextInCluster[c]!) {
      for (let i = lists.needs.offset[c]!; i < lists.needs.offset[c + 1]!; i++) {
        const x = lists.needs.items[i]!;
        const s = session[x]!;
        if (this.clusterOf(s) === k || (opened[s] && !root)) continue;
        return this.fail([c, s], x);
      }
    }
    for (let c = k; c >= 0; c = this.nextInCluster[c]!) {
      opened[c] = 1;
      this.unopened--;
    }
    for (let c = k; c >= 0; c = this.nextInCluster[c]!) this.release(c, k);
    return null;
  }

  /** Leaders that would have to be above that of session c, from `lowest` on, are born in it. */
  private commit(k: number, c: number, lowest: number, must: boolean): void {
    const { problem, birth, opened } = this;
    const { leader, parent, session } = problem;
    let d = lowest;
    while (!opened[d] && birth[d]! < 0 && this.clusterOf(d) !== k) {
      birth[d] = c;
      this.link[d] = k;
      this.nextInCluster[this.tail[k]!] = d;
      this.tail[k] = this.tail[d]!;
      const isForced = must && (c === k || (k === this.clusterOf(0) && isRootRegion(problem, c)));
      if (!isForced) this.commits++;
      const above = parent[leader[d]!]!;
      if (above <= 0 || leader[session[above]!] !== above) return;
      d = session[above]!;
    }
  }

  /** Everybody who waits for somebody in session s waits for one less. */
  private release(s: number, k: number): void {
    const { neededBy, softNeededBy } = this.lists;
    this.releaseRow(neededBy, this.pendingHard, s, k);
    this.releaseRow(softNeededBy, this.pendingSoft, s, k);
  }

  private releaseRow({ offset, items }: Rows, pending: Int32Array, s: number, k: number): void {
    for (let i = offset[s]!; i < offset[s + 1]!; i++) {
      const c = items[i]!;
      if (this.opened[c]) continue;
      const waiting = this.clusterOf(c);
      if (waiting === k) continue;
      pending[waiting]!--;
      this.offer(waiting);
    }
  }

  /** Opens one cluster of the first closed knot that is reached from a waiting cluster. */
  private cutKnot(from: number): Failure | null {
    const { nextInCluster, opened } = this;
    const clusters = { clusterOf: (s: number) => this.clusterOf(s), nextInCluster, opened };
    const { knot, trail } = closedKnot(clusters, this.lists, this.problem.session, from);
    this.trail.push(...trail);
    const candidates = knot.filter((k) => !this.waitsHard(k));
    if (candidates.length === 0) return this.fail(this.sessionsOf(knot), -1);
    candidates.sort((a, b) => this.pendingSoft[a]! - this.pendingSoft[b]! || a - b);
    return this.open(candidates[0]!, candidates.length === 1);
  }

  private waitsHard(k: number): boolean {
    const { needs } = this.lists;
    for (let c = k; c >= 0; c = this.nextInCluster[c]!) {
      for (let i = needs.offset[c]!; i < needs.offset[c + 1]!; i++) {
        const s = this.problem.session[needs.items[i]!]!;
        if (!this.opened[s] && this.clusterOf(s) !== k) return true;
      }
    }
    return false;
  }

  private sessionsOf(clusters: readonly number[]): number[] {
    const sessions: number[] = [];
    for (const k of clusters) for (let c = k; c >= 0; c = this.nextInCluster[c]!) sessions.push(c);
    return sessions;
  }

  private fail(sessions: readonly number[], process: number): Failure {
    const concerned = new Set(sessions);
    const processes: number[] = process >= 0 ? [process] : [];
    for (let i = 0; i < this.problem.size; i++)
      if (concerned.has(this.problem.session[i]!)) processes.push(i);
    for (const s of sessions) {
      const e = leaderElement(this.problem, s);
      if (e >= 0 && e < this.problem.size) processes.push(e);
    }
    return { certain: this.commits === 0, processes };
  }
}
