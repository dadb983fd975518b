/**
 * Deaths over nested pid namespaces (namespaces.md, section 8, deaths).
 *
 * In: a stage with everybody born and in its group. Out: helpers gone, orphans at their wanted parents, flags as the
 * image has them, zombies dead.
 * In postorder of the origin, an element's carriers die first, then itself if it is a dead leader or a tool. Orphans
 * fall to the only flagged process, or, with no flag, to the init of the namespace that the dying one lives in; so for
 * an init as wanted parent all flags are off.
 * Cost: O(elements). Kernel rules: A1, A2, A17–A19, A21, A22, G12, G26.
 */

import { FLAG_ON, FLAG_UNKNOWN, ZOMBIE } from '../../tree/process-columns.ts';
import { rootIsInit } from '../../tree/process-tree.ts';
import type { NestedBirths } from './nested-births.ts';
import type { NestedOrigin } from './nested-origin.ts';
import type { NestedTree } from './nested-tree.ts';
import type { Stage } from './stage.ts';

/** Returns 1 for each process that adopts in the plan, other than an init. */
export function scheduleNestedDeaths(
  nested: NestedTree,
  origin: NestedOrigin,
  births: NestedBirths,
  stage: Stage,
  postorder: Int32Array,
  exited: Uint8Array,
): Uint8Array {
  const { tree, relations } = nested;
  const { steps, pid } = stage;
  const adopts = new Uint8Array(tree.size);
  const adoptsAnyway = new Uint8Array(tree.size);
  for (let n = 0; n < relations.count; n++) if (relations.init[n]! >= 0) adoptsAnyway[relations.init[n]!] = 1;
  if (!rootIsInit(tree)) adoptsAnyway[0] = 0;
  let flagged = -1;
  const handOverTo = (target: number): void => {
    const reaper = target < 0 || adoptsAnyway[target] ? -1 : target;
    if (reaper === flagged) return;
    if (flagged >= 0) steps.subreaper(pid[flagged]!, 0);
    if (reaper >= 0) {
      steps.subreaper(pid[reaper]!, 1);
      adopts[reaper] = 1;
    }
    flagged = reaper;
  };
  const die = (actor: number, target: number): void => {
    handOverTo(target);
    steps.exit(pid[actor]!, 0);
    steps.wait4(pid[stage.parent[actor]!]!, pid[actor]!);
  };

  for (const e of postorder) {
    for (const { actor, target } of births.carriers[e]!) die(actor, target);
    if (e >= origin.firstTool) die(e, -1);
    else if (e >= tree.size) die(e, births.target[e]!);
  }
  for (let i = 0; i < tree.size; i++) {
    const flag = tree.subreaper[i]!;
    const wanted =
      tree.state[i] !== ZOMBIE && (flag === FLAG_ON || (flag === FLAG_UNKNOWN && adopts[i] === 1));
    if (i === flagged && !wanted) steps.subreaper(pid[i]!, 0);
    else if (i !== flagged && wanted) steps.subreaper(pid[i]!, 1);
  }
  for (let i = tree.size - 1; i >= 0; i--) {
    if (tree.state[i] === ZOMBIE && !exited[i]) steps.exit(pid[i]!, tree.exitStatus[i]!);
  }
  return adopts;
}
