/**
 * Who of the tree at its fullest is restored as what, by a given boldness.
 *
 * In: the fullest tree, the release. Out: for each player whether CRIU restores it as a task or a zombie, whether it is a
 * carrier, or is left out; and who hangs from the root, other than in the plan.
 *   What fell to the root's init may hang from there at once: CRIU makes a helper of its session below the session's
 *     leader, or in place of a dead one, where nothing below was born before a setsid. A session leader hangs there
 *     where nobody below needs the session it was born in.
 *   Left out is a helper that nobody hangs from then and that holds no group for the script: CRIU makes the leader of a
 *     dead group below the first member.
 *   A zombie is left to CRIU where it can have the wait status, and where its children may fall at once.
 *   Neither zombies nor helpers of CRIU's may hang from a zombie or from such a helper: CRIU's root waits for them while
 *   they fall to it, and sometimes for ever (restore.ts).
 * None of it holds where somebody below must fall to a process above. All of this is only a proposal: what comes of it
 * is checked on a model of CRIU. Cost: O(players) but for climbs that end where others have been.
 */

import type { CriuRules } from '../restorers/criu/release.ts';
import { NumberTable } from '../tree/number-table.ts';
import { ZOMBIE as ZOMBIE_STATE } from '../tree/process-columns.ts';
import { type ProcessTree, rootIsInit } from '../tree/process-tree.ts';
import { bytes, int32s } from '../tree/scratch.ts';
import { type FullestTree, NOBODY } from './fullest-tree.ts';

export const TASK = 0;
export const ZOMBIE = 1;
export const CARRIER = 2;
export const LEFT_OUT = 3;

/** `lean`: CRIU does what it seems to be able to. `safe`: only zombies without children are left to it. `all`: nothing is. */
export const BOLDNESS = ['lean', 'safe', 'all'] as const;
export type Boldness = (typeof BOLDNESS)[number];

export interface Cast {
  /** TASK, ZOMBIE, CARRIER or LEFT_OUT of each player. */
  readonly as: Uint8Array;
  /** 1: hangs from the root instead of from whoever bore it. */
  readonly atRoot: Uint8Array;
}

export function castCarriers(
  tree: ProcessTree,
  fullest: FullestTree,
  roles: readonly string[],
  rules: CriuRules,
  boldness: Boldness,
): Cast {
  const { count, parent, target, holdsGroup, births } = fullest;
  const as = bytes(count);
  const stays = mustOutliveCriu(fullest);
  const initIsRoot = rootIsInit(tree);
  const atRoot = boldness === 'lean' && initIsRoot ? hangingFromRoot(tree, fullest, stays) : bytes(count);
  const parentOf = (p: number): number => (atRoot[p] ? 0 : parent[p]!);
  /** Players that hang from this one and are not left out, and those of them that are zombies to CRIU. */
  const children = int32s(count);
  const zombies = int32s(count);
  for (let p = 1; p < count; p++) children[parentOf(p)]!++;
  const groupsOfZombies = new NumberTable(16);
  for (let p = 0; p < tree.size; p++) {
    if (tree.state[p] === ZOMBIE_STATE) groupsOfZombies.set(fullest.pgid[p]!, p);
  }

  for (let i = count - 1; i >= 0; i--) {
    const p = births[i]!;
    if (p >= tree.size) {
      const spare = boldness !== 'all' && SPARE_ROLES.has(roles[p - tree.size]!);
      const leadsZombies = groupsOfZombies.has(fullest.pid[p]!);
      as[p] = spare && children[p] === 0 && !holdsGroup[p] && !leadsZombies ? LEFT_OUT : CARRIER;
      if (as[p] === LEFT_OUT) children[parent[p]!]!--;
    } else if (tree.state[p] === ZOMBIE_STATE) {
      const status = tree.exitStatus[p]!;
      const handsOverAtOnce = boldness === 'lean' && initIsRoot && target[p] === 0 && !stays[p];
      const left =
        boldness !== 'all' &&
        rules.zombieStatus(status) === status &&
        !holdsGroup[p] &&
        (children[p] === 0 || (handsOverAtOnce && zombies[p] === 0));
      as[p] = left ? ZOMBIE : CARRIER;
      if (left) zombies[parentOf(p)]!++;
    }
  }
  return { as, atRoot };
}

/** Helpers that serve nobody once nobody hangs from them; a placeholder holds a group by being there. */
const SPARE_ROLES = new Set(['session-leader', 'group-leader', 'carrier']);

/** 1: somebody dies below it in the script whose children fall to a process above it, other than the init. */
function mustOutliveCriu({ count, parent, target, births }: FullestTree): Uint8Array {
  const stays = bytes(count);
  const depth = int32s(count);
  for (let i = 1; i < count; i++) depth[births[i]!] = depth[parent[births[i]!]!]! + 1;
  const highest = int32s(count);
  for (let p = 0; p < count; p++) {
    if (target[p] === NOBODY || target[p] === 0) continue;
    const limit = target[p]! < 0 ? 0 : depth[target[p]!]!;
    for (let at = parent[p]!; at > 0 && depth[at]! > limit; at = parent[at]!) {
      if (stays[at] && highest[at]! <= limit) break;
      stays[at] = 1;
      highest[at] = limit;
    }
  }
  return stays;
}

/** 1: a child of the root's in the image that CRIU can bring there by itself. */
function hangingFromRoot(tree: ProcessTree, fullest: FullestTree, stays: Uint8Array): Uint8Array {
  const { count, pid, sid, parent, births, indexOf } = fullest;
  const bornIn = sessionsToBeBornIn(fullest);
  /** 1: it, or somebody below it, has to be born before a setsid for somebody's sake. */
  const early = bytes(count);
  for (let i = count - 1; i > 0; i--) {
    const p = births[i]!;
    if (bornIn[p] !== 0) early[p] = 1;
    if (early[p]) early[parent[p]!] = 1;
  }
  const atRoot = bytes(count);
  for (let p = 1; p < tree.size; p++) {
    if (tree.parent[p] !== 0 || parent[p] === 0 || stays[p]) continue;
    if (sid[p] === pid[p]) {
      if (bornIn[p] === 0) atRoot[p] = 1;
      continue;
    }
    const leader = indexOf(sid[p]!);
    const belowHelper = sid[p] !== sid[0];
    const dies =
      tree.state[p] === ZOMBIE_STATE || (leader < tree.size && tree.state[leader] === ZOMBIE_STATE);
    if (!(belowHelper && dies) && !(leader >= tree.size && early[p])) atRoot[p] = 1;
  }
  return atRoot;
}

/** The session that somebody below needs a player to be born in, other than the one it ends in; 0 where nobody does. */
function sessionsToBeBornIn({ count, pid, sid, parent, births }: FullestTree): Int32Array {
  const bornIn = int32s(count);
  for (let i = 1; i < count; i++) {
    const member = births[i]!;
    const session = sid[member]!;
    if (session === pid[member] || sid[parent[member]!] === session) continue;
    for (let at = parent[member]!; at >= 0 && pid[at] !== session; at = parent[at]!) {
      if (bornIn[at] === session) break;
      bornIn[at] = session;
    }
  }
  return bornIn;
}
