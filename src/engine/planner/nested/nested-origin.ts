/**
 * Nested origin: the tree of births over all pid namespaces (namespaces.md, section 7, steps 3 and 4).
 *
 * In: a nested tree with boundary births and classes. Out: creator, phase and kind of birth of every element, tools
 * included; or a contradiction; or "undecided".
 * Each namespace's problem is solved by itself, outermost first, and the origin trees are glued: what was born of a
 * virtual leader is born of a tool, a helper that the session's leader injects; what was born of the virtual root may
 * be born in any session, so the init bears it. Boundary processes are placed by the namespace they hang from.
 * Elements: processes, then dead session leaders (size + session), then tools.
 * Invariant: a creator's namespace is that of what it makes, or lies above it. Cost: near-linear over all problems.
 */

import type { WorkBudget } from '../../plan/work-budget.ts';
import {
  type ElementIndex,
  type GroupIndex,
  isProcess,
  type NamespaceIndex,
  type NestedSessionIndex,
} from '../../tree/index-kinds.ts';
import type { RegionOrder } from '../exact-check.ts';
import { findOrigin } from '../find-origin.ts';
import { AFTER, BEFORE } from '../origin.ts';
import type { OriginProblem } from '../origin-problem.ts';
import { originFromOrder } from '../region-trees.ts';
import { type BirthContradiction, type BoundaryBirths, birthSession } from './boundary-births.ts';
import type { GroupClasses } from './group-classes.ts';
import { type NamespaceProblem, namespaceProblem, type Residents, residentsOf } from './namespace-problem.ts';
import { isDeadSession, leadingElement, leadsSession, type NestedTree } from './nested-tree.ts';

export interface NestedOrigin {
  readonly elements: number;
  readonly creator: readonly ElementIndex[];
  /** AFTER or BEFORE the creator's setsid. */
  readonly phase: readonly number[];
  /** 1: made with CLONE_PARENT, as the creator's sibling. */
  readonly sibling: readonly number[];
  /** Tools, the elements from `firstTool` on. */
  readonly firstTool: number;
  readonly tools: readonly Tool[];
}

/** A helper in `namespace` that brings in `session` (and the group class `cls`) for what is below the init. */
export interface Tool {
  readonly session: NestedSessionIndex;
  readonly cls: GroupIndex;
  readonly namespace: NamespaceIndex;
}

/** Births inside one namespace. */
export interface NamespaceBirths {
  readonly local: NamespaceProblem;
  readonly order: RegionOrder;
}

/** Not decided by the problem of a namespace alone, which got stuck on these processes. */
export interface Undecided {
  readonly suspects: readonly number[];
}

/** Solves every namespace's problem, outermost first. */
export function birthsByNamespace(
  nested: NestedTree,
  births: BoundaryBirths,
  classes: GroupClasses,
  budget: WorkBudget,
): NamespaceBirths[] | BirthContradiction | Undecided {
  const residents = residentsOf(nested, births);
  const solved: NamespaceBirths[] = [];
  for (let n = 0; n < nested.relations.count; n++) {
    const found = solve(nested, births, classes, n, residents[n]!, budget);
    if (!('local' in found)) return found;
    solved.push(found);
  }
  return solved;
}

export function gluedOrigin(
  nested: NestedTree,
  births: BoundaryBirths,
  parts: readonly NamespaceBirths[],
): NestedOrigin {
  const glue = new Glue(nested, births);
  for (const { local, order } of parts) {
    const { creator, phase } = originFromOrder(local.problem, order);
    glue.add(local, creator, phase);
  }
  return glue.finish();
}

/**
 * Solves one namespace's problem. Where members below the init could belong to what an injected process brings in,
 * instead of a tool, a refusal is none: that choice is the search's (histories/search/search-map.ts).
 */
function solve(
  nested: NestedTree,
  births: BoundaryBirths,
  classes: GroupClasses,
  n: number,
  residents: Residents,
  budget: WorkBudget,
): NamespaceBirths | BirthContradiction | Undecided {
  const local = namespaceProblem(nested, births, classes, n, residents);
  const verdict = findOrigin(local.problem, budget);
  if (verdict.verdict === 'reachable') return { local, order: verdict.order };
  const contradiction = contradictionIn(nested, local, verdict.processes);
  const isProof = verdict.verdict === 'unreachable' && !local.hasChoice;
  return isProof ? contradiction : { suspects: contradiction.processes };
}

function contradictionIn(
  { tree, relations }: NestedTree,
  problem: NamespaceProblem,
  nodes: readonly number[],
): BirthContradiction {
  const processes = nodes.filter((v) => problem.role[v] === 'process').map((v) => problem.id[v]!);
  if (problem.namespace > 0) processes.push(relations.init[problem.namespace]!);
  const id = tree.namespaces[problem.namespace]!.id;
  return {
    processes,
    text: `No order of births in pid namespace "${id}" leads to these parents, sessions and groups.`,
  };
}

/** A nested origin while it is made: everybody has a place from the beginning, tools come to the end. */
export class NestedOriginDraft {
  readonly creator: ElementIndex[];
  readonly phase: number[];
  readonly sibling: number[];
  readonly firstTool: number;
  readonly tools: Tool[] = [];

  constructor({ tree, sessions }: NestedTree) {
    this.firstTool = tree.size + sessions.count;
    this.creator = new Array<number>(this.firstTool).fill(-1);
    this.phase = new Array<number>(this.firstTool).fill(AFTER);
    this.sibling = new Array<number>(this.firstTool).fill(0);
  }

  addTool(tool: Tool, creator: ElementIndex, phase: number): ElementIndex {
    this.phase.push(phase);
    this.sibling.push(0);
    this.tools.push(tool);
    return this.creator.push(creator) - 1;
  }

  finished(): NestedOrigin {
    const { creator, phase, sibling, firstTool, tools } = this;
    return { elements: creator.length, creator, phase, sibling, firstTool, tools };
  }
}

class Glue {
  private readonly nested: NestedTree;
  private readonly births: BoundaryBirths;
  private readonly draft: NestedOriginDraft;
  private readonly toolAt = new Map<string, number>();

  constructor(nested: NestedTree, births: BoundaryBirths) {
    this.nested = nested;
    this.births = births;
    this.draft = new NestedOriginDraft(nested);
  }

  /** Takes over where the elements of one namespace's problem are born. */
  add(local: NamespaceProblem, creator: Int32Array, phase: Uint8Array): void {
    const { problem, role, id } = local;
    const pinned = problem.pinned;
    for (let v = 1; v < creator.length; v++) {
      if (creator[v]! < 0 || pinned?.[v] === 1) continue;
      const e = this.elementOf(local, problem, v);
      this.birth(local, e, creator[v]!, phase[v]!);
    }
    for (let v = 0; v < role.length; v++) {
      if (role[v] === 'tool') this.tool(id[v]!, local.cls[v]!, local.namespace);
    }
  }

  finish(): NestedOrigin {
    const { nested, births } = this;
    const { tree, sessions } = nested;
    const { creator, sibling } = this.draft;
    for (let q = 1; q < tree.size; q++) {
      if (!births.siblingOfLeader[q]) continue;
      creator[q] = leadingElement(nested, birthSession(nested, births, q));
      sibling[q] = 1;
    }
    for (let s = 1; s < sessions.count; s++) {
      if (!isDeadSession(nested, s) || creator[tree.size + s]! >= 0) continue;
      const home = sessions.namespace[s]!;
      creator[tree.size + s] = home <= 0 ? 0 : nested.relations.init[home]!;
    }
    const glued = this.draft.finished();
    return { ...glued, phase: bearingPhases(nested, glued) };
  }

  private elementOf(local: NamespaceProblem, problem: OriginProblem, v: ElementIndex): ElementIndex {
    if (v >= problem.size) return this.nested.tree.size + local.deadSession(v - problem.size);
    return local.role[v] === 'dead leader' ? this.nested.tree.size + local.id[v]! : local.id[v]!;
  }

  private birth(local: NamespaceProblem, e: number, c: number, phase: number): void {
    const { problem, role, id, namespace } = local;
    const { draft } = this;
    draft.phase[e] = phase;
    if (c >= problem.size || role[c] === 'process' || role[c] === 'dead leader') {
      draft.creator[e] = this.elementOf(local, problem, c);
    } else if (role[c] === 'before') {
      draft.creator[e] = id[c]!;
      draft.phase[e] = BEFORE;
    } else if (role[c] === 'tool') {
      draft.creator[e] = this.tool(id[c]!, local.cls[c]!, namespace);
      draft.phase[e] = AFTER;
    } else {
      draft.creator[e] = this.nested.relations.init[namespace]!;
      draft.phase[e] = AFTER;
    }
  }

  private tool(session: NestedSessionIndex, cls: GroupIndex, namespace: NamespaceIndex): ElementIndex {
    const key = `${session} ${cls} ${namespace}`;
    const known = this.toolAt.get(key);
    if (known !== undefined) return known;
    const phase = session === 0 && leadsSession(this.nested, 0) ? BEFORE : AFTER;
    const e = this.draft.addTool({ session, cls, namespace }, leadingElement(this.nested, session), phase);
    this.toolAt.set(key, e);
    return e;
  }
}

/** Does an element lead a session? Tools do not. */
export function elementLeads(nested: NestedTree, firstTool: number, e: ElementIndex): boolean {
  return isProcess(e, nested.tree.size) ? leadsSession(nested, e) : e < firstTool;
}

/** Phases as they are: whoever leads nothing has one. */
export function bearingPhases(nested: NestedTree, { creator, phase, firstTool }: NestedOrigin): number[] {
  return phase.map((p, e) => (creator[e]! >= 0 && elementLeads(nested, firstTool, creator[e]!) ? p : AFTER));
}
