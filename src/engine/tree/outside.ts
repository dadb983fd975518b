/**
 * The session and group that the root started in, as numbers of the image.
 *
 * The init of level 0 starts in a session and a group from outside: 0 and 0. An image that was cut out of a larger
 * system has a root with a parent outside; where that root sits in a session whose leader is not in the image, that
 * session came from outside too, and keeps the number it has in the image. Number 1 is never a dead leader's: it is the
 * init outside, which lives, and what it leads came with the root. Kernel rules: D1, E7, E10, F17.
 */

import { type ProcessTree, rootIsInit } from './process-tree.ts';

/** The number of level 0's init, in the image or not. */
const INIT = 1;

export interface OutsideNumbers {
  readonly sid: number;
  readonly pgid: number;
}

export function outsideNumbers(tree: ProcessTree): OutsideNumbers {
  if (rootIsInit(tree)) return { sid: 0, pgid: 0 };
  const sid = tree.sid[0]!;
  if (sid !== 0 && sid !== tree.pid[0] && tree.indexOf(sid) < 0) {
    const pgid = tree.pgid[0]!;
    return { sid, pgid: tree.indexOf(pgid) >= 0 ? sid : pgid };
  }
  if (tree.indexOf(INIT) >= 0) return { sid: 0, pgid: 0 };
  if (tree.sid.includes(INIT)) return { sid: INIT, pgid: INIT };
  return { sid: 0, pgid: tree.pgid.includes(INIT) ? INIT : 0 };
}

/**
 * True where the root came with group 0, and group 1, whose leader is the init outside, had to exist as well: neither
 * can be made by a helper.
 */
export function needsTwoOutsideGroups(tree: ProcessTree, { sid, pgid }: OutsideNumbers): boolean {
  return sid === 0 && pgid === INIT && tree.pgid.includes(0);
}

/**
 * True where the root came with a session from outside, and somebody has another one from there: the one without a
 * number, or that of the init outside.
 */
export function hasOtherOutsideSession({ sid }: ProcessTree, outside: OutsideNumbers): boolean {
  return outside.sid !== 0 && (sid.includes(0) || (outside.sid !== INIT && sid.includes(INIT)));
}
