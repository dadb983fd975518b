/** The tree of an image set as the finisher compares with it. */

import { ALIVE, FLAG_ON, FLAG_UNKNOWN } from '../engine/tree/process-columns.ts';
import { type ProcessTree, parentPid } from '../engine/tree/process-tree.ts';
import type { GraftFile } from '../formats/graft-schema.ts';
import { threadsAt } from './core-findings.ts';

/** The root first. */
export function expectedTree(tree: ProcessTree): GraftFile['expected'] {
  return Array.from(tree.pid, (pid, i) => ({
    pid,
    ppid: parentPid(tree, i),
    pgid: tree.pgid[i]!,
    sid: tree.sid[i]!,
    threads: tree.state[i] === ALIVE ? threadsAt(tree, i) : [],
    ...(tree.state[i] === ALIVE
      ? tree.subreaper[i] !== FLAG_UNKNOWN && { childSubreaper: tree.subreaper[i] === FLAG_ON }
      : { exitStatus: tree.exitStatus[i]! }),
  }));
}
