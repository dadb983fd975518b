/**
 * From births in their order over several pid namespaces to the tree of births that a schedule is made from.
 *
 * In: a nested tree, births with their order. Out: as from a birth map (nested-map-origin.ts), but dead leaders bear whom
 * they are said to bear, helpers that hold something are tools where their creator lives, and the births have their order.
 * Whether all this leads to the tree nobody asks here.
 * Cost: O(elements). Kernel rules: A16–A18, C4, C7.
 */

import { bornInto } from '../planner/nested/born-into.ts';
import { FREE } from '../planner/nested/group-classes.ts';
import { type NestedOrigin, NestedOriginDraft } from '../planner/nested/nested-origin.ts';
import { homeOf, isDeadSession, leadsSession, type NestedTree } from '../planner/nested/nested-tree.ts';
import { originClasses } from '../planner/nested/origin-classes.ts';
import type { Solution } from '../planner/nested/solution.ts';
import type { BirthTimes, OrderedBirths } from '../planner/ordered-births.ts';
import { AFTER, BEFORE } from '../planner/origin.ts';
import type { ElementIndex } from '../tree/index-kinds.ts';
import { placing } from './nested-map-origin.ts';

/** Null: nobody can bring in all groups that must be had from birth, or somebody is not among the births. */
export function nestedOriginOfOrder(nested: NestedTree, ordered: OrderedBirths): Solution | null {
  if (nested.tree.pid.some((pid, q) => q > 0 && !ordered.has(pid))) return null;
  return new OrderedOrigin(nested, ordered).solution();
}

class OrderedOrigin {
  private readonly nested: NestedTree;
  private readonly ordered: OrderedBirths;
  private readonly draft: NestedOriginDraft;
  /** By number: of processes, of dead leaders, and negative ones of helpers. */
  private readonly elements = new Map<number, ElementIndex>();

  constructor(nested: NestedTree, ordered: OrderedBirths) {
    const { tree, sessions } = nested;
    this.nested = nested;
    this.ordered = ordered;
    this.draft = new NestedOriginDraft(nested);
    for (let s = 1; s < sessions.count; s++)
      if (isDeadSession(nested, s)) this.elements.set(sessions.number[s]!, tree.size + s);
    for (let q = 0; q < tree.size; q++) this.elements.set(tree.pid[q]!, q);
  }

  solution(): Solution | null {
    const { nested, ordered, draft } = this;
    const { tree, mu, boundary } = nested;
    const place = placing(nested, draft);
    for (const [number, { by, before }] of ordered) {
      if (number >= 0) continue;
      const from = this.elements.get(by)!;
      const tool = { cls: FREE, namespace: draft.homeOf(from) };
      this.elements.set(number, draft.addTool(tool, from, before ? BEFORE : AFTER));
    }
    const hangsFrom = this.parentsOutside();
    for (const [number, { by, before }] of ordered) {
      const e = this.elements.get(number)!;
      const isProcess = e < tree.size;
      const p = hangsFrom.get(e) ?? -1;
      if (number < 0) {
        if (p >= 0) draft.sibling[e] = 1;
        continue;
      }
      const hangs = isProcess ? boundary[e] === 1 : p >= 0;
      const outside = isProcess ? mu[e]! : tree.namespace[p]!;
      const wanted = hangs ? outside : homeOf(nested, e);
      place(e, this.elements.get(by)!, before ? BEFORE : AFTER, wanted, hangs);
    }
    const origin = draft.finished();
    const of = new Int32Array(tree.size).fill(-1);
    for (let q = 1; q < tree.size; q++)
      if (boundary[q] && leadsSession(nested, q)) of[q] = bornInto(nested, origin, q);
    const deadLeaderParent = new Int32Array(nested.sessions.count).fill(-1);
    for (const [e, p] of hangsFrom) if (e < draft.firstTool) deadLeaderParent[e - tree.size] = p;
    const births = { of, siblingOfLeader: origin.sibling.slice(0, tree.size), deadLeaderParent };
    const classes = originClasses(nested, births, origin);
    return classes && { ...classes, births, times: this.times(origin) };
  }

  /** Dead leaders and helpers that bear somebody who hangs from outside of their namespace are siblings of that one. */
  private parentsOutside(): Map<ElementIndex, number> {
    const { tree, boundary, mu, relations } = this.nested;
    const parents = new Map<ElementIndex, number>();
    for (let q = 1; q < tree.size; q++) {
      if (boundary[q] !== 1) continue;
      let { by } = this.ordered.get(tree.pid[q]!)!;
      for (let e = this.elements.get(by)!; e >= tree.size; e = this.elements.get(by)!) {
        if (relations.isWithin(mu[q]!, this.draft.homeOf(e))) break;
        parents.set(e, tree.parent[q]!);
        by = this.ordered.get(by)!.by;
      }
    }
    return parents;
  }

  /** A tool that is not among them is born when the first that it bears is. */
  private times({ elements, creator, firstTool }: NestedOrigin): BirthTimes {
    const born = new Float64Array(elements).fill(Number.POSITIVE_INFINITY);
    const leads = new Float64Array(elements).fill(Number.POSITIVE_INFINITY);
    const [any] = this.ordered.values();
    const eras = (any?.eras ?? []).map(() => new Int32Array(elements).fill(-1));
    const carrier = any && any.carrier >= 0 ? new Int32Array(elements) : null;
    for (const [number, { by, rank, leadsAt, ...own }] of this.ordered) {
      const e = this.elements.get(number)!;
      born[e] = rank;
      leads[e] = leadsAt;
      const o = creator[e]!;
      if (o >= firstTool) born[o] = Math.min(born[o]!, rank);
      const bornOfCreator = o === this.elements.get(by) ? e : o;
      for (const [row, era] of own.eras.entries()) eras[row]![bornOfCreator] = era;
      if (carrier) carrier[bornOfCreator] = own.carrier;
    }
    return { born, leads, eras: eras.filter((row) => row.some((era) => era > 0)), carrier };
  }
}
