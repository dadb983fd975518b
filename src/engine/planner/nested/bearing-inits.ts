/**
 * Inits that bear what a tool would be brought in for: nothing of a namespace is older than its init, and it was born in
 * one session from outside. Members of that session below it need no helper then.
 *
 * In: a nested origin with its boundary births and classes. Out: the same where nothing changes; else an origin without
 * these tools, with the init as creator, before its setsid if it leads; the birth session of such an init, and the group
 * that it must be born into for the sake of what it bears.
 * Invariant: elements only gain an ancestor that is above all of its namespace anyway. Cost: O(elements).
 */

import { AFTER, BEFORE } from '../origin.ts';
import type { BoundaryBirths } from './boundary-births.ts';
import { FREE, type GroupClasses, mustInherit, seesGroup } from './group-classes.ts';
import type { NestedOrigin } from './nested-origin.ts';
import { leadsSession, type NestedTree } from './nested-tree.ts';
import type { Solution } from './plan-nested.ts';

export function withBearingInits(nested: NestedTree, solution: Solution): Solution {
  const { relations } = nested;
  const { origin, births } = solution;
  const toolsOf = new Map<number, number[]>();
  for (const [k, { namespace }] of origin.tools.entries()) {
    const tools = toolsOf.get(namespace);
    if (tools) tools.push(k);
    else toolsOf.set(namespace, [k]);
  }
  /** Init that takes over from a tool. */
  const bearer = new Map<number, number>();
  const of = births.of.slice();
  const broughtIn = solution.classes.broughtIn.slice();
  for (const [n, tools] of toolsOf) {
    const init = relations.init[n]!;
    if (init <= 0 || origin.creator[init]! < 0) continue;
    const session = bornInto(nested, origin, init);
    const own = { ...births, of };
    if (leadsSession(nested, init)) of[init] = session;
    const classes = tools.filter((k) => origin.tools[k]!.session === session);
    const k = bestTool(nested, own, solution.classes, init, classes, origin);
    if (k < 0) continue;
    bearer.set(origin.firstTool + k, init);
    const { cls } = origin.tools[k]!;
    if (cls !== FREE) broughtIn[init] = cls;
  }
  if (bearer.size === 0) return solution;
  const creator = [...origin.creator];
  const phase = [...origin.phase];
  for (let e = 1; e < origin.elements; e++) {
    if (bearer.has(e)) creator[e] = -1;
    const init = bearer.get(origin.creator[e]!);
    if (init === undefined) continue;
    creator[e] = init;
    phase[e] = leadsSession(nested, init) ? BEFORE : AFTER;
  }
  return {
    origin: { ...origin, creator, phase },
    births: { ...births, of },
    classes: { ...solution.classes, broughtIn },
  };
}

/** Session that an element is born in. */
function bornInto(nested: NestedTree, origin: NestedOrigin, element: number): number {
  const { tree, sessions } = nested;
  for (let e = element; ; ) {
    const o = origin.creator[e]!;
    if (o < 0) return 0;
    if (o >= origin.firstTool) return origin.tools[o - origin.firstTool]!.session;
    if (o >= tree.size) {
      if (origin.phase[e] !== BEFORE) return o - tree.size;
    } else if (!leadsSession(nested, o) || origin.phase[e] !== BEFORE) return sessions.of[o]!;
    e = o;
  }
}

/** The tool whose class the init can be born in: its final group, or none, or one that it can leave. −1: no tool. */
function bestTool(
  nested: NestedTree,
  births: BoundaryBirths,
  classes: GroupClasses,
  init: number,
  tools: readonly number[],
  origin: NestedOrigin,
): number {
  const own = nested.groups.of[init]!;
  const leads = leadsSession(nested, init);
  const canLeave = leads || seesGroup(nested, init, own) || !mustInherit(nested, births, init, own);
  const rank = (k: number): number => {
    const { cls } = origin.tools[k]!;
    if (cls === FREE) return 1;
    if (classes.of[init] !== FREE && classes.of[init] !== cls && mustInherit(nested, births, init, cls))
      return 3;
    if (cls === own && !leads) return 0;
    return canLeave ? 2 : 3;
  };
  const ranked = [...tools].sort((a, b) => rank(a) - rank(b));
  return ranked.length > 0 && rank(ranked[0]!) < 3 ? ranked[0]! : -1;
}
