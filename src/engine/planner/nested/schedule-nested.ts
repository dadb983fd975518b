/**
 * The setting of a schedule over several pid namespaces: elements from a nested origin, and helpers with numbers on
 * every level.
 *
 * In: a nested tree, an origin with its boundary births and classes. Out: the schedule, or why there is none.
 * Invariant: every actor has a number on each level of its namespace; helpers get fresh ones, so the kernel chooses none
 * (D20). Cost: O(elements) at most 32 levels.
 */

import type { PlanOptions } from '../../plan/plan-options.ts';
import { itemsOf, memberRows } from '../../tree/adjacency.ts';
import type { NamespaceIndex } from '../../tree/index-kinds.ts';
import { ZOMBIE } from '../../tree/process-columns.ts';
import { BEFORE, type Origin } from '../origin.ts';
import type { Parts } from '../schedule/cast.ts';
import { ANYBODY, type Elements, type Places, withExitSignals } from '../schedule/elements.ts';
import { FreshNumbers } from '../schedule/fresh-numbers.ts';
import { GroupOwners } from '../schedule/group-owners.ts';
import { groupsOf } from '../schedule/groups.ts';
import { walkOrigin } from '../schedule/origin-walk.ts';
import type { Parentage } from '../schedule/parentage.ts';
import { type NoSchedule, type Schedule, scheduleOf } from '../schedule/schedule.ts';
import { Homes, type Stage } from '../schedule/stage.ts';
import { birthNeeds } from './birth-needs.ts';
import { FREE } from './group-classes.ts';
import { elementLeads, type NestedOrigin, placeOf } from './nested-origin.ts';
import { isInit, type NestedTree } from './nested-tree.ts';
import { innerNumbersOf } from './owners.ts';
import type { Solution } from './solution.ts';

/**
 * `hidden`: namespaces around level 0 that no plan shows. `keepBirths`: the closest alive born ancestors of the origin are
 * kept exactly.
 */
export function scheduleSolution(
  nested: NestedTree,
  solution: Solution,
  options: PlanOptions,
  hidden: number,
  keepBirths: boolean,
): Schedule | NoSchedule {
  if (!options.allowCloneParent && needsCloneParent(nested, solution.origin)) return 'CLONE_PARENT';
  const { tree, relations, groups } = nested;
  const elements = elementsOf(nested, solution, hidden);
  const owners = new GroupOwners(nested, elements);
  const innerOf = (g: number): ArrayLike<number> =>
    innerNumbersOf(tree, relations, groups, g, tree.levels!.pgid).subarray(hidden);
  return scheduleOf({
    tree,
    groups: () => groupsOf(tree, { sid: 0, pgid: nested.outsideGroup }),
    elements,
    allowCloneParent: options.allowCloneParent,
    keepBirths,
    moveDeaths: !keepBirths,
    withOrigin: (before, changed) => {
      const walk = walkOrigin(changed);
      const needs = birthNeeds(nested, changed, solution, before.leads, walk);
      const stays = staysOf(nested, solution, changed, before.leads);
      return { ...before, ...changed, places: { ...before.places!, ...needs, ...stays } };
    },
    fresh: (scarce) => new FreshNumbers(tree, options.helperPidMin, options.occupiedPids, scarce),
    parts: (arranged, parentage) => partsOf(nested, arranged, parentage, owners, innerOf),
    nested: {
      tree: nested,
      homes: (actors) => new Homes(nested, actors, firstFreeInside(nested), hidden),
      owners,
      innerOf,
      pidsOf: (g) => pidsOf(nested, itemsOf(owners.members, g)),
    },
  });
}

/** Is there a process that only CLONE_PARENT can make, or an init whose parent lives above its parent namespace? */
function needsCloneParent({ tree, relations, mu }: NestedTree, { sibling }: NestedOrigin): boolean {
  if (sibling.includes(1)) return true;
  return tree.namespaces.some((n, i) => i > 0 && mu[n.init] !== relations.parent[i]);
}

function elementsOf(nested: NestedTree, solution: Solution, hidden: number): Elements {
  const { origin, births } = solution;
  const { tree, relations, groups } = nested;
  const { elements: count, firstTool, creator, phase } = origin;
  const { size } = tree;
  const leads = new Uint8Array(count);
  const wanted = new Int32Array(count).fill(ANYBODY);
  const dies = new Uint8Array(count);
  const namespace = new Int32Array(count);
  const inits = new Uint8Array(count);
  const freeBirth = new Uint8Array(count);
  namespace.set(tree.namespace);
  wanted.set(tree.parent);
  for (let e = 0; e < count; e++) {
    if (e >= size) namespace[e] = Math.max(0, placeOf(nested, origin, e));
    if (e < size && isInit(nested, e)) inits[e] = 1;
    if (e > 0 && creator[e]! < 0) continue;
    leads[e] = elementLeads(nested, firstTool, e) ? 1 : 0;
    if (e < size) {
      if (leads[e] && (!nested.boundary[e] || births.of[e]! < 0)) freeBirth[e] = 1;
      dies[e] = e > 0 && tree.state[e] === ZOMBIE && !inits[e] ? 1 : 0;
    } else {
      dies[e] = 1;
      const hangsFrom = e < firstTool ? births.deadLeaderParent[e - size]! : -1;
      if (hangsFrom >= 0) wanted[e] = hangsFrom;
      else freeBirth[e] = leads[e]!;
    }
  }
  // They are siblings of the dead leader that made them, beside the root too, where an init outside adopts.
  for (let q = 1; q < size; q++)
    for (let e = q; origin.sibling[e] && creator[e]! >= size; e = creator[e]!)
      wanted[creator[e]!] = tree.parent[q]!;
  const walk = walkOrigin(origin);
  const places: Places = {
    ...birthNeeds(nested, origin, solution, leads, walk),
    firstTool,
    namespace,
    initOf: relations.init,
    parentNamespace: relations.parent,
    isInit: inits,
    freeBirth,
    sibling: origin.sibling,
    ...staysOf(nested, solution, origin, leads),
    ...(solution.times ? { times: solution.times } : {}),
    hidden,
    sees: (n, g) => g > 0 && relations.isWithin(groups.namespace[g]!, n),
  };
  return withExitSignals({ size, creator, phase, leads, wanted, dies, places }, tree);
}

/**
 * Groups that boundary processes go through while they bear, and in which of them everybody is born: whoever is born
 * after a setsid, after all of them.
 */
function staysOf(
  { tree: { size } }: NestedTree,
  { classes, origin: { firstTool, tools }, times }: Solution,
  { creator, phase }: Origin,
  leads: Uint8Array,
): Pick<Places, 'stays' | 'stay' | 'widest'> {
  const stays = new Map<number, readonly number[]>();
  let widest = 1;
  for (const [x, more] of classes.alsoBroughtIn) {
    stays.set(x, [classes.broughtIn[x]!, ...more]);
    widest = Math.max(widest, more.length + 1);
  }
  const stay = new Int32Array(creator.length);
  if (times?.carrier) {
    stay.set(times.carrier);
    for (const k of stay) widest = Math.max(widest, k + 1);
  }
  for (let e = 1; stays.size > 0 && e < creator.length; e++) {
    const o = creator[e]!;
    const entered = stays.get(o);
    if (!entered) continue;
    const cls = e < size ? classes.of[e]! : (tools[e - firstTool]?.cls ?? FREE);
    const isAfter = leads[o] === 1 && phase[e] !== BEFORE;
    stay[e] = isAfter ? entered.length - 1 : Math.max(0, entered.indexOf(cls));
  }
  return { stays, stay, widest };
}

function partsOf(
  nested: NestedTree,
  elements: Elements,
  { carriers }: Parentage,
  owners: GroupOwners,
  innerOf: (g: number) => ArrayLike<number>,
): Parts {
  const { creator, leads } = elements;
  const places = elements.places!;
  const { number } = nested.sessions;
  const tools: number[] = [];
  for (let e = places.firstTool; e < creator.length; e++) if (creator[e]! >= 0) tools.push(e);
  const namespaceOf = (actor: number): number =>
    places.namespace[actor < creator.length ? actor : carriers.creator[actor - creator.length]!]!;
  return {
    tools,
    castElements: (stage) => castElements(nested, elements, stage),
    sessionOf: (actor) => {
      const h = actor - creator.length;
      if (h < 0) return number[places.session[actor]!]!;
      const o = carriers.creator[h]!;
      return number[leads[o] && carriers.phase[h] !== BEFORE ? places.session[o]! : places.bornIn[o]!]!;
    },
    playersOf: (group) => {
      const g = owners.rowOf(group);
      return owners.isEarly(g) ? null : (actor) => couldLive(nested, owners, g, namespaceOf(actor));
    },
    enter: (stage, actor, group) => {
      stage.homes!.enter(actor, namespaceOf(actor), null);
      if (group > 0) stage.homes!.number(actor, innerOf(owners.rowOf(group)));
      stage.pid.of[actor] = group > 0 ? group : stage.castNumber();
    },
  };
}

/** Can the dead owner of a group have lived in namespace n, so that each member sees of its number what it does? */
function couldLive(
  { tree, relations }: NestedTree,
  owners: GroupOwners,
  g: number,
  n: NamespaceIndex,
): boolean {
  const home = owners.namespaceOf(g);
  if (n === home) return true;
  if (!relations.isWithin(n, home)) return false;
  const { offset, pgid } = tree.levels!;
  for (const i of itemsOf(owners.members, g)) {
    const level = relations.level[relations.common(tree.namespace[i]!, n)]!;
    if (pgid[offset[i]! + level] === 0) return false;
  }
  return true;
}

function castElements(nested: NestedTree, { size, creator, places }: Elements, stage: Stage): void {
  const { tree, sessions, relations } = nested;
  const { sid } = tree.levels!;
  const homes = stage.homes!;
  stage.pid.of.set(tree.pid);
  homes.group[0] = nested.outsideGroup;
  if (homes.hidden > 0) homes.parent[homes.hidden] = 0;
  const members = memberRows(sessions.count, sessions.of);
  for (let e = size; e < places!.firstTool; e++) {
    const s = e - size;
    if (creator[e]! < 0) continue;
    const inner = innerNumbersOf(tree, relations, sessions, s, sid).subarray(homes.hidden);
    homes.enter(e, places!.namespace[e]!, inner);
    stage.pid.of[e] = sessions.number[s]!;
    stage.serve(e, 'session-leader', pidsOf(nested, itemsOf(members, s)));
  }
}

function pidsOf({ tree }: NestedTree, processes: Int32Array): Int32Array {
  return processes.map((i) => tree.pid[i]!);
}

/** For each nested namespace the first number above all that the image uses in it. */
function firstFreeInside({ tree, relations }: NestedTree): Int32Array {
  const next = new Int32Array(relations.count).fill(2);
  const { offset, pid, pgid, sid } = tree.levels!;
  for (let i = 0; i < tree.size; i++) {
    let n = tree.namespace[i]!;
    for (let at = offset[i + 1]! - 1; n > 0; at--, n = relations.parent[n]!) {
      next[n] = Math.max(next[n]!, pid[at]! + 1, pgid[at]! + 1, sid[at]! + 1);
    }
  }
  return next;
}
