/**
 * Born order: a tree of one pid namespace and its births with everybody numbered as the walk of the births meets them.
 *
 * The indexes of a tree are breadth first by wanted parents. Orphans hang far from where they are born, so that a walk
 * of the births of a large tree jumps through every column; numbered as they are born, neighbours there are neighbours
 * in memory.
 * In: tree, problem, births. Out: the same with other indexes, processes before dead leaders as ever, parents before
 * children; and the way back from a schedule that was made with them. Numbers of processes stay, so do steps and helpers.
 * Invariant: children keep their order below their creator. Sessions from outside and of the root keep their indexes.
 * Cost: O(elements), a walk and one pass for each column.
 */

import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s, withScratch } from '../../tree/scratch.ts';
import type { Origin } from '../origin.ts';
import { elementLeads, elementSession, type OriginProblem } from '../origin-problem.ts';
import { preorderOf } from './origin-walk.ts';
import type { Schedule } from './schedule.ts';

export interface Numbered {
  /** Of the columns of a process those that a schedule in one namespace reads; threads are nobody's. */
  readonly tree: ProcessTree;
  readonly problem: OriginProblem;
  readonly origin: Origin;
  /** A schedule of these in the indexes of before. */
  restored(schedule: Schedule): Schedule;
}

export function inBornOrder(tree: ProcessTree, problem: OriginProblem, origin: Origin): Numbered {
  const { size, sessionCount } = problem;
  const count = size + sessionCount;
  const { was, is, wasSession, isSession } = newIndexes(problem, origin);
  const elementNow = (e: number): number => (e < 0 ? e : is[e]!);
  const processes = <C extends Int32Array | Uint8Array>(column: C, into: C): C => {
    for (let i = 0; i < size; i++) into[i] = column[was[i]!]!;
    return into;
  };

  const creator = int32s(count, -1);
  const phase = bytes(count);
  for (let e = 0; e < count; e++) {
    creator[e] = elementNow(origin.creator[was[e]!]!);
    phase[e] = origin.phase[was[e]!]!;
  }
  const parent = int32s(size);
  const wantedOf = (column: Int32Array): Int32Array => {
    for (let i = 0; i < size; i++) parent[i] = elementNow(column[was[i]!]!);
    return parent;
  };
  const session = int32s(size);
  for (let i = 0; i < size; i++) session[i] = isSession[problem.session[was[i]!]!]!;
  const leader = int32s(sessionCount);
  const sessionNumber = int32s(sessionCount);
  for (let s = 0; s < sessionCount; s++) {
    leader[s] = elementNow(problem.leader[wasSession[s]!]!);
    sessionNumber[s] = problem.sessionNumber[wasSession[s]!]!;
  }
  const numbered: ProcessTree = {
    ...tree,
    pid: processes(tree.pid, int32s(size)),
    parent: wantedOf(tree.parent),
    pgid: processes(tree.pgid, int32s(size)),
    sid: processes(tree.sid, int32s(size)),
    state: processes(tree.state, bytes(size)),
    subreaper: processes(tree.subreaper, bytes(size)),
    exitStatus: processes(tree.exitStatus, int32s(size)),
    threadOffset: int32s(size + 1),
    caba: null,
    birthOrder: null,
    startTime: null,
    comm: null,
    indexOf: (pid) => elementNow(tree.indexOf(pid)),
  };
  return {
    tree: numbered,
    // What hangs from outside is a child of the root in the problem: nobody asks for its parents here.
    problem: { ...problem, session, leader, sessionNumber },
    origin: { creator, phase },
    restored: (schedule) => {
      const back = { creator: new Int32Array(count), phase: new Uint8Array(count) };
      const adopts = new Uint8Array(size);
      for (let e = 0; e < count; e++) {
        const maker = schedule.origin.creator[e]!;
        back.creator[was[e]!] = maker < 0 ? maker : was[maker]!;
        back.phase[was[e]!] = schedule.origin.phase[e]!;
        if (e < size) adopts[was[e]!] = schedule.adopts[e]!;
      }
      return { ...schedule, adopts, origin: back };
    },
  };
}

interface NewIndexes {
  /** By new index the one of before, of elements and of sessions; and the other way round. */
  readonly was: Int32Array;
  readonly is: Int32Array;
  readonly wasSession: Int32Array;
  readonly isSession: Int32Array;
}

/** A session comes where its leader is met. */
function newIndexes(problem: OriginProblem, origin: Origin): NewIndexes {
  const { size, sessionCount } = problem;
  const was = int32s(size + sessionCount);
  const is = int32s(size + sessionCount);
  const wasSession = int32s(sessionCount);
  const isSession = int32s(sessionCount);
  let process = 0;
  let session = 0;
  const nextSession = (s: number): void => {
    wasSession[session] = s;
    isSession[s] = session++;
  };
  const kept = Math.max(0, problem.outside, problem.rootSession);
  while (session <= kept) nextSession(session);
  withScratch(() => {
    const preorder = preorderOf(origin);
    for (let at = 0; at < preorder.length; at++) {
      const e = preorder[at]!;
      if (e < size) {
        was[process] = e;
        is[e] = process++;
      }
      const s = elementSession(problem, e);
      if (s > kept && elementLeads(problem, e)) nextSession(s);
    }
  });
  for (let s = 0; s < sessionCount; s++) {
    was[size + isSession[s]!] = size + s;
    is[size + s] = size + isSession[s]!;
  }
  return { was, is, wasSession, isSession };
}
