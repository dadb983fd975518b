/**
 * The session and group that the root started in, as numbers of the image.
 *
 * The init of level 0 starts in a session and a group from outside: 0 and 0. An image that was cut out of a larger
 * system has a root with a parent outside; where that root sits in a session whose leader is not in the image, that
 * session came from outside too, and keeps the number it has in the image. Number 1 is never a dead leader's: it is the
 * init outside, which lives, and what it leads came with the root. Kernel rules: D1, E7, E10, F17.
 */

import { OUTSIDE, type ProcessTree, rootIsInit } from './process-tree.ts';

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

/** Was anybody but the root put into level 0 from outside, as the image shows? */
export function hasInjected(tree: ProcessTree): boolean {
  if (tree.parent.indexOf(OUTSIDE, 1) < 0) return false;
  const outside = outsideNumbers(tree);
  return rootIsInit(tree) || tree.pid.some((_, i) => isNotOfRoot(tree, outside, i));
}

/**
 * Is process i in a session from outside, or a group, that the root did not come with: the one without a number, or that of
 * the init outside? Nobody can make these.
 */
export function isNotOfRoot({ sid, pgid }: ProcessTree, outside: OutsideNumbers, i: number): boolean {
  if (outside.sid === 0) return pgid[i] === 0 && outside.pgid === INIT;
  return sid[i] === 0 || (sid[i] === INIT && outside.sid !== INIT);
}
