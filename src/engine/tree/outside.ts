/**
 * The session and group that the root started in, as numbers of the image.
 *
 * The init of level 0 starts in a session and a group from outside: 0 and 0. An image that was cut out of a larger
 * system has a root with a parent outside; where that root sits in a session whose leader is not in the image, that
 * session came from outside too, and keeps the number it has in the image. Kernel rules: E7, E10, F17.
 */

import { type ProcessTree, rootIsInit } from './process-tree.ts';

export interface OutsideNumbers {
  readonly sid: number;
  readonly pgid: number;
}

export function outsideNumbers(tree: ProcessTree): OutsideNumbers {
  const sid = tree.sid[0]!;
  if (sid === 0 || rootIsInit(tree) || sid === tree.pid[0] || tree.indexOf(sid) >= 0)
    return { sid: 0, pgid: 0 };
  const pgid = tree.pgid[0]!;
  return { sid, pgid: tree.indexOf(pgid) >= 0 ? sid : pgid };
}
