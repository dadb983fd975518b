/**
 * Groups over nested pid namespaces (namespaces.md, section 5 and section 8, groups), when everybody is born.
 *
 * In: a stage after the births. Out: everybody in its group, the group helpers gone.
 * Missing groups are made; then everybody moves who is not in its group yet: by its own call where it sees the group's
 * number, else by its parent outside. A zombie init whose number others use as a group exits first, since its exit
 * would wait for them (G19): they join the zombie's group, and its parent moves it last (F10, F28).
 * Cost: O(n). Kernel rules: F1, F10, F18, F19, F22, F24, F28, G19.
 */

import { ZOMBIE } from '../../tree/process-columns.ts';
import { seesGroup } from './group-classes.ts';
import type { NestedBirths } from './nested-births.ts';
import { leadsSession, type NestedTree } from './nested-tree.ts';
import { type Stage, WORLD } from './stage.ts';

/** Returns 1 for each process that has exited already. */
export function scheduleNestedGroups(nested: NestedTree, births: NestedBirths, stage: Stage): Uint8Array {
  const { tree, groups } = nested;
  const exited = exitInitsWithForeignMembers(nested, stage);
  for (let g = 1; g < groups.count; g++) {
    const owner = groups.process[g]!;
    if (owner < 0 || !exited[owner]) births.makeGroup(g);
  }
  for (let q = 0; q < tree.size; q++) if (!exited[q]) moveIntoGroup(nested, stage, q, true);
  for (let q = 0; q < tree.size; q++) if (exited[q]) moveIntoGroup(nested, stage, q, false);
  for (let i = births.groupHelpers.length - 1; i >= 0; i--) {
    const { actor, parent } = births.groupHelpers[i]!;
    stage.steps.exit(stage.pid[actor]!, 0);
    stage.steps.wait4(stage.pid[parent]!, stage.pid[actor]!);
  }
  return exited;
}

function moveIntoGroup(nested: NestedTree, stage: Stage, q: number, canCall: boolean): void {
  const { groups } = nested;
  const g = groups.of[q]!;
  if (g === 0 || leadsSession(nested, q)) return;
  const self = canCall && seesGroup(nested, q, g);
  const caller = self || stage.parent[q] === WORLD ? q : stage.parent[q]!;
  stage.setGroup(caller, q, groups.number[g]!);
}

/** Zombie inits that own a group with other members make it and exit at once. */
function exitInitsWithForeignMembers(nested: NestedTree, stage: Stage): Uint8Array {
  const { tree, groups, relations } = nested;
  const exited = new Uint8Array(tree.size);
  const hasOthers = new Uint8Array(tree.size);
  for (let q = 0; q < tree.size; q++) {
    const owner = groups.process[groups.of[q]!]!;
    if (owner >= 0 && owner !== q) hasOthers[owner] = 1;
  }
  for (let n = 1; n < relations.count; n++) {
    const i = relations.init[n]!;
    if (tree.state[i] !== ZOMBIE || !hasOthers[i]) continue;
    if (!leadsSession(nested, i)) stage.setGroup(i, i, tree.pid[i]!);
    stage.steps.exit(tree.pid[i]!, tree.exitStatus[i]!);
    exited[i] = 1;
  }
  return exited;
}
