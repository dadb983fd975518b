/**
 * Birth needs over nested pid namespaces (namespaces.md, section 7, birthGrp, and section 8): into which group
 * everybody has to be born, and whom a parent has to move when all are born.
 *
 * A process whose parent lives outside may end in a group that it cannot see. It has that from birth, from whoever bears
 * it or set by it at once; or its parent moves it later, and then that is somebody in its session. Later is better where
 * the creator stays in the session, since the group need not be there before the birth.
 * In: the nested tree, its classes, the nested origin with its walk. Out: columns by element.
 * Cost: O(elements). Kernel rules: F5, F18, F19, F24.
 */

import { BEFORE, type Origin } from '../origin.ts';
import type { Places } from '../schedule/elements.ts';
import { NO_NEED } from '../schedule/elements.ts';
import type { OriginWalk } from '../schedule/origin-walk.ts';
import { FREE, mustInherit, seesGroup } from './group-classes.ts';
import { leadsSession, type NestedTree } from './nested-tree.ts';
import { ownersWithOthers } from './owners.ts';
import type { Solution } from './solution.ts';

type BirthNeeds = Pick<Places, 'session' | 'bornIn' | 'need' | 'inherited' | 'movedByParent'>;

export function birthNeeds(
  nested: NestedTree,
  { creator, phase }: Origin,
  { births, classes, origin: { firstTool, tools } }: Solution,
  leads: Uint8Array,
  { preorder }: OriginWalk,
): BirthNeeds {
  const { tree, groups, sessions, boundary } = nested;
  const elements = creator.length;
  const session = new Int32Array(elements);
  const bornIn = new Int32Array(elements);
  const need = new Int32Array(elements).fill(NO_NEED);
  const inherited = new Int32Array(elements);
  const movedByParent = new Uint8Array(elements);
  const groupOf = sessionGroups(nested);
  const ownsGroup = ownersWithOthers(groups);
  session[0] = sessions.of[0]!;
  inherited[0] = groupOf[0]!;
  for (const e of preorder) {
    if (e === 0) continue;
    const o = creator[e]!;
    const late = leads[o] === 1 && phase[e] !== BEFORE;
    bornIn[e] = late ? session[o]! : bornIn[o]!;
    inherited[e] = late ? groupOf[session[o]!]! : need[o] === NO_NEED ? inherited[o]! : need[o]!;
    if (e >= firstTool) {
      session[e] = bornIn[e]!;
      need[e] = tools[e - firstTool]!.cls;
      continue;
    }
    if (e >= tree.size) {
      session[e] = e - tree.size;
      continue;
    }
    session[e] = sessions.of[e]!;
    if (!boundary[e]) continue;
    const g = groups.of[e]!;
    const cannotMove = !leadsSession(nested, e) && !seesGroup(nested, e, g);
    const canBeMoved = cannotMove && !mustInherit(nested, births, e, g);
    const broughtIn = classes.broughtIn[e]!;
    const setAtBirth = broughtIn !== FREE && !mustInherit(nested, births, e, broughtIn);
    if (classes.of[e] !== FREE && !setAtBirth) need[e] = classes.of[e]!;
    else if (broughtIn !== FREE) need[e] = broughtIn;
    else if (cannotMove && !canBeMoved) need[e] = g;
    else if (canBeMoved && !ownsGroup[e]) {
      const creatorStays = session[o] === session[e];
      if (inherited[e] === g || !creatorStays) need[e] = g;
    }
    if (classes.alsoBroughtIn.has(e) || (canBeMoved && (need[e] !== g || ownsGroup[e]))) movedByParent[e] = 1;
  }
  for (const e of classes.carried) movedByParent[e] = 1;
  return { session, bornIn, need, inherited, movedByParent };
}

/** Group with the number of each session; −2 and less where nobody is in it. */
function sessionGroups({ sessions, groups, tree, outsideGroup }: NestedTree): Int32Array {
  const of = new Int32Array(sessions.count);
  for (let s = 0; s < sessions.count; s++) of[s] = -2 - s;
  if (outsideGroup === 0) of[0] = 0;
  for (let q = 0; q < tree.size; q++) {
    const s = sessions.of[q]!;
    if (tree.pgid[q] === (s > 0 ? sessions.number[s] : outsideGroup)) of[s] = groups.of[q]!;
  }
  return of;
}
