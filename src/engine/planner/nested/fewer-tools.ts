/**
 * Who bears what a tool would be brought in for, because it is there anyway. Nothing of a namespace is older than its
 * init, and it was born in one session from outside: members of that session below it need no helper then. A dead leader
 * of the namespace may be brought in instead of a tool, and bear before its setsid. Whoever came into the namespace from
 * outside and is a zombie may have borne them: they fell to the init, as those of a tool do (A17).
 *
 * In: a nested origin with its boundary births and classes. Out: the same where nothing changes; else an origin without
 * these tools, the birth session of whoever bears, and the group that it must be born into for the sake of what it bears.
 * Invariant: elements only gain an ancestor that is above all of its namespace anyway, or exchange a creator that nobody
 * wants above them. Cost: O(elements).
 */

import type { ElementIndex, NamespaceIndex, ProcessIndex } from '../../tree/index-kinds.ts';
import { ZOMBIE } from '../../tree/process-columns.ts';
import { AFTER, BEFORE } from '../origin.ts';
import { walkOrigin } from '../schedule/origin-walk.ts';
import { birthNeeds } from './birth-needs.ts';
import { bornInto } from './born-into.ts';
import type { BoundaryBirths } from './boundary-births.ts';
import { FREE, type GroupClasses, mustInherit, seesGroup } from './group-classes.ts';
import { elementLeads, type NestedOrigin, placeOf } from './nested-origin.ts';
import { leadsSession, type NestedTree } from './nested-tree.ts';
import type { Solution } from './solution.ts';

export function withFewerTools(nested: NestedTree, solution: Solution): Solution {
  if (solution.origin.tools.length === 0) return solution;
  const inits = nested.relations.init;
  const zombies = zombiesFromOutside(nested, solution);
  const candidates = (n: NamespaceIndex): ProcessIndex[] => [inits[n]!, ...(zombies.get(n) ?? [])];
  return withBearingLeaders(nested, withBearingProcesses(nested, solution, candidates));
}

/** By namespace: zombies that came into it from outside. */
function zombiesFromOutside(
  { tree, boundary, relations }: NestedTree,
  { origin, births, classes }: Solution,
): Map<NamespaceIndex, ProcessIndex[]> {
  const homes = new Set(origin.tools.map(({ namespace }) => namespace));
  const found: ProcessIndex[] = [];
  for (let x = 1; x < tree.size; x++) {
    const n = tree.namespace[x]!;
    if (tree.state[x] !== ZOMBIE || boundary[x] === 0 || relations.init[n] === x || !homes.has(n)) continue;
    if (!births.siblingOfLeader[x] && !classes.alsoBroughtIn.has(x)) found.push(x);
  }
  return Map.groupBy(found, (x) => tree.namespace[x]!);
}

/** Each candidate of a namespace stands for one tool at most, of the session that it is born in. */
function withBearingProcesses(
  nested: NestedTree,
  solution: Solution,
  candidates: (n: NamespaceIndex) => readonly ProcessIndex[],
): Solution {
  const { origin, births } = solution;
  const bearer = new Map<ElementIndex, ProcessIndex>();
  const of = births.of.slice();
  const broughtIn = solution.classes.broughtIn.slice();
  for (const [n, tools] of toolsByNamespace(origin)) {
    for (const x of candidates(n)) {
      if (x <= 0 || origin.creator[x]! < 0) continue;
      const session = bornInto(nested, origin, x);
      const free = of[x]!;
      if (leadsSession(nested, x)) of[x] = session;
      const fitting = tools.filter(
        (k) =>
          bornInto(nested, origin, origin.firstTool + k) === session && !bearer.has(origin.firstTool + k),
      );
      const k = bestTool(nested, { ...births, of }, solution.classes, x, fitting, origin);
      if (k < 0) {
        of[x] = free;
        continue;
      }
      bearer.set(origin.firstTool + k, x);
      const { cls } = origin.tools[k]!;
      if (cls !== FREE) broughtIn[x] = cls;
    }
  }
  return withFittingBearers(nested, solution, bearer, { ...births, of }, broughtIn);
}

/** Without the bearers that nobody could bear into the group that they would have to be in. */
function withFittingBearers(
  nested: NestedTree,
  solution: Solution,
  bearer: Map<number, number>,
  births: BoundaryBirths,
  broughtIn: Int32Array,
): Solution {
  const { origin, classes } = solution;
  while (bearer.size > 0) {
    const fewer = withBearers(nested, origin, bearer);
    const changed = { origin: fewer, births, classes: { ...classes, broughtIn } };
    const { need, inherited } = birthNeeds(
      nested,
      fewer,
      changed,
      leadersOf(nested, origin),
      walkOrigin(fewer),
    );
    const unfit = [...bearer].filter(([tool, x]) => {
      const { cls } = origin.tools[tool - origin.firstTool]!;
      if (cls === FREE || inherited[x] === cls) return false;
      return need[x] !== cls || mustInherit(nested, births, x, cls);
    });
    if (unfit.length === 0) return changed;
    for (const [tool, x] of unfit) {
      bearer.delete(tool);
      broughtIn[x] = classes.broughtIn[x]!;
      births.of[x] = solution.births.of[x]!;
    }
  }
  return solution;
}

/** 1: calls setsid. */
function leadersOf(nested: NestedTree, { elements, firstTool }: NestedOrigin): Uint8Array {
  return Uint8Array.from({ length: elements }, (_, e) => Number(elementLeads(nested, firstTool, e)));
}

/** Dead leaders who have nobody above them that matters, and bear nobody in another session yet. */
function withBearingLeaders(nested: NestedTree, solution: Solution): Solution {
  const { sessions, groups, tree } = nested;
  const { origin } = solution;
  const leaders = freeLeaders(nested, solution);
  if (leaders.length === 0) return solution;
  const free = Map.groupBy(leaders, (e) => sessions.namespace[e - tree.size]!);
  const bearer = new Map<number, number>();
  for (const [n, tools] of toolsByNamespace(origin)) {
    const leaders = free.get(n) ?? [];
    for (const k of tools) {
      const { cls } = origin.tools[k]!;
      const session = bornInto(nested, origin, origin.firstTool + k);
      const natural =
        cls === FREE || (cls > 0 ? groups.number[cls] === sessions.number[session] : session === 0);
      const leader = natural ? leaders.pop() : undefined;
      if (leader !== undefined) bearer.set(origin.firstTool + k, leader);
    }
  }
  if (bearer.size === 0) return solution;
  const changed = withBearers(nested, origin, bearer);
  const creator = changed.creator.slice();
  const phase = changed.phase.slice();
  for (const [tool, leader] of bearer) {
    creator[leader] = origin.creator[tool]!;
    phase[leader] = origin.phase[tool]!;
  }
  return { ...solution, origin: { ...changed, creator, phase } };
}

/** Dead leaders, born in their namespace, for whose sake and for the sake of all below them nobody has to be above them. */
function freeLeaders(nested: NestedTree, { origin, births }: Solution): number[] {
  const { tree, relations, sessions, parent } = nested;
  const { creator, phase, firstTool } = origin;
  const { postorder, depth } = walkOrigin(origin);
  /** Depth of the highest that somebody at or below an element has to find above; orphans fall to an init anyhow. */
  const highest = new Int32Array(origin.elements).fill(origin.elements);
  const spoilt = new Uint8Array(origin.elements);
  for (const e of postorder) {
    const o = creator[e]!;
    if (e === 0 || o < 0) continue;
    if (phase[e] === BEFORE || origin.sibling[e]) spoilt[o] = 1;
    const p = e < tree.size ? parent[e]! : -1;
    if (p >= 0 && p !== relations.init[tree.namespace[p]!]) highest[e] = Math.min(highest[e]!, depth[p]!);
    highest[o] = Math.min(highest[o]!, highest[e]!);
  }
  const found: number[] = [];
  for (let e = tree.size; e < firstTool; e++) {
    const o = creator[e]!;
    if (o <= 0 || spoilt[e] || births.deadLeaderParent[e - tree.size]! >= 0) continue;
    const home = sessions.namespace[e - tree.size]!;
    if (home > 0 && placeOf(nested, origin, o) === home && highest[e]! > depth[e]!) found.push(e);
  }
  return found;
}

/** Tools that are born, by the namespace that they are brought into. */
function toolsByNamespace({ tools, creator, firstTool }: NestedOrigin): Map<number, number[]> {
  const born = [...tools.keys()].filter((k) => creator[firstTool + k]! >= 0);
  return Map.groupBy(born, (k) => tools[k]!.namespace);
}

/** The origin with a bearer, before its setsid if it leads, in place of each of these tools. */
function withBearers(
  nested: NestedTree,
  origin: NestedOrigin,
  bearer: ReadonlyMap<number, number>,
): NestedOrigin {
  const creator = origin.creator.slice();
  const phase = origin.phase.slice();
  for (let e = 1; e < origin.elements; e++) {
    if (bearer.has(e)) creator[e] = -1;
    const by = bearer.get(origin.creator[e]!);
    if (by === undefined) continue;
    creator[e] = by;
    phase[e] = by >= nested.tree.size || leadsSession(nested, by) ? BEFORE : AFTER;
  }
  return { ...origin, creator, phase };
}

/** The tool whose class the process can be born in: its final group, or none, or one that it can leave. −1: no tool. */
function bestTool(
  nested: NestedTree,
  births: BoundaryBirths,
  classes: GroupClasses,
  x: ProcessIndex,
  tools: readonly number[],
  origin: NestedOrigin,
): number {
  const own = nested.groups.of[x]!;
  const leads = leadsSession(nested, x);
  const canLeave = leads || seesGroup(nested, x, own) || !mustInherit(nested, births, x, own);
  const rank = (k: number): number => {
    const { cls } = origin.tools[k]!;
    if (cls === FREE) return 1;
    if (classes.broughtIn[x] !== FREE && classes.broughtIn[x] !== cls) return 3;
    if (classes.of[x] !== FREE && classes.of[x] !== cls && mustInherit(nested, births, x, cls)) return 3;
    if (cls === own && !leads) return 0;
    return canLeave ? 2 : 3;
  };
  const ranked = [...tools].sort((a, b) => rank(a) - rank(b));
  return ranked.length > 0 && rank(ranked[0]!) < 3 ? ranked[0]! : -1;
}
