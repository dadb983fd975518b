/**
 * Elements: everybody that a tree of births speaks of, as columns; what every part of the schedule reads.
 *
 * Processes are elements 0 .. size − 1, then come the dead session leaders, then the tools (helpers that bring a session
 * into a pid namespace). An element is born of its creator, before or after that one's setsid, and wants a parent.
 * Over several pid namespaces there is more to know of each: where it lives, whether only CLONE_PARENT can make it, and
 * the group that it must be in from birth. With one namespace `places` is null, and everybody lives together.
 */

import { OUTSIDE, type ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import { SIGCHLD } from '../../tree/sharing-columns.ts';
import type { BirthTimes } from '../ordered-births.ts';
import type { Origin } from '../origin.ts';
import type { OriginWalk } from './origin-walk.ts';

/** Wanted parent of an element that dies in the plan: whoever bears it. */
export const ANYBODY = -2;
/** No group that an element must be in from birth. */
export const NO_NEED = -1;

export interface Elements extends Origin {
  /** Number of processes. */
  readonly size: number;
  /** 1: calls setsid. */
  readonly leads: Uint8Array;
  /** Wanted parent: a process, OUTSIDE or ANYBODY. */
  readonly wanted: Int32Array;
  /** 1: dies in the plan by itself, so that it may hand over its children on the way. */
  readonly dies: Uint8Array;
  readonly places: Places | null;
  /** Signal to the parent at exit, that birth gives and adoption takes. Left out: SIGCHLD for all. */
  readonly exitSignal?: Uint8Array;
}

/** Elements over several pid namespaces. */
export interface Places {
  readonly firstTool: number;
  /** Namespace of an element. */
  readonly namespace: Int32Array;
  /** Init of a namespace, −1 where it is outside the image. */
  readonly initOf: Int32Array;
  readonly parentNamespace: Int32Array;
  /** 1: an init of the image. */
  readonly isInit: Uint8Array;
  /** 1: made with CLONE_PARENT by its creator, there is no other way. */
  readonly sibling: Uint8Array;
  /** Session that an element is in when all are born. */
  readonly session: Int32Array;
  /** Session that it is born in. */
  readonly bornIn: Int32Array;
  /** 1: calls setsid, and may be born in any session. */
  readonly freeBirth: Uint8Array;
  /** Row of the group that an element must be in from birth, NO_NEED if it can come into any later. */
  readonly need: Int32Array;
  /** Row of the group that whoever bears it is in by then, if nobody moves early; −2 and less: one that nobody ends in. */
  readonly inherited: Int32Array;
  /** 1: its parent has to move it between groups when all are born, so that must be somebody in its session. */
  readonly movedByParent: Uint8Array;
  /** Groups that an element goes through one after the other while it bears; by element. */
  readonly stays: ReadonlyMap<number, readonly number[]>;
  /**
   * Stay of the creator that an element is born in: place in the creator's `stays`. Where that has none, 0, or which of
   * its carriers is to bear the element.
   */
  readonly stay: Int32Array;
  /** Stays of anybody at most, and carriers that are told apart. */
  readonly widest: number;
  /** Births that have an order of their own. */
  readonly times?: BirthTimes;
  /** Elements below this live around level 0: the restorer, who has no helpers there. */
  readonly hidden: number;
  /** Can somebody who lives in this namespace name this group? */
  sees(namespace: number, group: number): boolean;
}

/**
 * With the exit signals of the tree's processes. A helper that bears somebody with another one than SIGCHLD, and lives where that
 * one's parent does, is a child of the same parent with that signal (C8).
 */
export function withExitSignals(elements: Elements, { sharing, parent }: ProcessTree): Elements {
  const signals = sharing?.exitSignal;
  if (!signals) return elements;
  const { size, creator, wanted, places } = elements;
  const exitSignal = bytes(creator.length).fill(SIGCHLD);
  exitSignal.set(signals);
  for (let p = 1; p < size; p++) {
    const parentOfAll = parent[p]!;
    if (signals[p] === SIGCHLD || parentOfAll === OUTSIDE) continue;
    for (let e = creator[p]!; e >= size && wanted[e] === ANYBODY; e = creator[e]!) {
      if (places && places.namespace[e] !== places.namespace[parentOfAll]) break;
      wanted[e] = parentOfAll;
      exitSignal[e] = signals[p]!;
    }
  }
  return { ...elements, exitSignal };
}

/**
 * Elements that must be real children of their creator (or of its carrier), because somebody below wants the creator
 * as parent and can only fall to it along this chain. An init adopts without any chain.
 */
export function childrenThatMustStay(
  { size, creator, wanted, places }: Elements,
  { preorder, depth }: OriginWalk,
): Uint8Array {
  const stay = bytes(depth.length);
  /** By depth, from the root down to who is looked at. */
  const path = int32s(depth.length);
  for (let at = 0; at < preorder.length; at++) {
    const e = preorder[at]!;
    const p = wanted[e]!;
    path[depth[e]!] = e;
    if (e >= size || p < 0 || p === creator[e] || places?.isInit[p]) continue;
    const above = depth[p]!;
    if (above < depth[e]! && path[above] === p) stay[path[above + 1]!] = 1;
  }
  return stay;
}
