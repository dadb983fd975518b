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
  type ColumnOf,
  type ElementIndex,
  type GroupIndex,
  isProcess,
  type NamespaceIndex,
} from '../../tree/index-kinds.ts';
import { larger } from '../../tree/larger-columns.ts';
import { withScratch } from '../../tree/scratch.ts';
import type { RegionOrder } from '../exact-check.ts';
import { findOrigin } from '../find-origin.ts';
import { AFTER, BEFORE } from '../origin.ts';
import { originFromOrder } from '../region-trees.ts';
import { type BirthContradiction, type BoundaryBirths, birthSession } from './boundary-births.ts';
import type { GroupClasses } from './group-classes.ts';
import {
  BEFORE_SETSID,
  DEAD_LEADER,
  deadSession,
  type NamespaceProblem,
  NamespaceProblems,
  PROCESS,
  TOOL,
} from './namespace-problem.ts';
import { homeOf, isDeadSession, leadingElement, leadsSession, type NestedTree } from './nested-tree.ts';

export interface NestedOrigin {
  readonly elements: number;
  readonly creator: ColumnOf<ElementIndex>;
  /** AFTER or BEFORE the creator's setsid. */
  readonly phase: Uint8Array;
  /** 1: made with CLONE_PARENT, as the creator's sibling. */
  readonly sibling: Uint8Array;
  /** Tools, the elements from `firstTool` on. */
  readonly firstTool: number;
  readonly tools: readonly Tool[];
}

/** A helper that brings the session it is born in (and the group class `cls`) into `namespace` for what is below the init. */
export interface Tool {
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
  const problems = new NamespaceProblems(nested, births, classes);
  const solved: NamespaceBirths[] = [];
  for (let n = 0; n < nested.relations.count; n++) {
    const found = solve(nested, problems.of(n), budget);
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
    withScratch(() => {
      const { creator, phase } = originFromOrder(local.problem, order);
      glue.add(local, creator, phase);
    });
  }
  return glue.finish();
}

/**
 * Solves one namespace's problem. Where members below the init could belong to what an injected process brings in,
 * instead of a tool, a refusal is none: that choice is the search's (histories/search/search-map.ts).
 */
function solve(
  nested: NestedTree,
  local: NamespaceProblem,
  budget: WorkBudget,
): NamespaceBirths | BirthContradiction | Undecided {
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
  const processes = nodes.filter((v) => problem.role[v] === PROCESS).map((v) => problem.id[v]!);
  if (problem.namespace > 0) processes.push(relations.init[problem.namespace]!);
  const id = tree.namespaces[problem.namespace]!.id;
  return {
    processes,
    text: `No order of births in pid namespace "${id}" leads to these parents, sessions and groups.`,
  };
}

/** A nested origin while it is made: everybody has a place from the beginning, tools come to the end. */
export class NestedOriginDraft {
  readonly firstTool: number;
  sibling: Uint8Array;
  private readonly tools: Tool[] = [];
  private creator: Int32Array;
  private phase: Uint8Array;

  private readonly nested: NestedTree;

  constructor(nested: NestedTree) {
    const { tree, sessions } = nested;
    this.nested = nested;
    this.firstTool = tree.size + sessions.count;
    this.creator = new Int32Array(this.firstTool).fill(-1);
    this.phase = new Uint8Array(this.firstTool).fill(AFTER);
    this.sibling = new Uint8Array(this.firstTool);
  }

  addTool(tool: Tool, creator: ElementIndex, phase: number): ElementIndex {
    const e = this.firstTool + this.tools.push(tool) - 1;
    if (e === this.creator.length) {
      const room = this.tools.length * 2;
      this.creator = larger(this.creator, e + room);
      this.phase = larger(this.phase, e + room);
      this.sibling = larger(this.sibling, e + room);
    }
    this.place(e, creator, phase);
    return e;
  }

  /** Where an element lives. */
  homeOf(e: ElementIndex): NamespaceIndex {
    return e < this.firstTool ? homeOf(this.nested, e) : this.tools[e - this.firstTool]!.namespace;
  }

  place(e: ElementIndex, creator: ElementIndex, phase: number): void {
    this.creator[e] = creator;
    this.phase[e] = phase;
  }

  finished(): NestedOrigin {
    const { firstTool, tools } = this;
    const elements = firstTool + tools.length;
    const creator = this.creator.subarray(0, elements);
    const phase = this.phase.subarray(0, elements);
    return { elements, creator, phase, sibling: this.sibling.subarray(0, elements), firstTool, tools };
  }
}

class Glue {
  private readonly nested: NestedTree;
  private readonly births: BoundaryBirths;
  private readonly draft: NestedOriginDraft;
  /** Tools of the problem that is taken over, by node. */
  private readonly toolAt = new Map<number, ElementIndex>();

  constructor(nested: NestedTree, births: BoundaryBirths) {
    this.nested = nested;
    this.births = births;
    this.draft = new NestedOriginDraft(nested);
  }

  /** Takes over where the elements of one namespace's problem are born. */
  add(local: NamespaceProblem, creator: Int32Array, phase: Uint8Array): void {
    const { pinned } = local.problem;
    const { role } = local;
    this.toolAt.clear();
    for (let v = 1; v < creator.length; v++) {
      if (creator[v]! < 0 || pinned?.[v] === 1) continue;
      this.birth(local, this.elementOf(local, v), creator[v]!, phase[v]!);
    }
    for (let v = 0; v < role.length; v++) if (role[v] === TOOL) this.tool(local, v);
  }

  finish(): NestedOrigin {
    const { nested, births } = this;
    const { tree, sessions } = nested;
    const glued = this.draft.finished();
    const { creator, sibling } = glued;
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
    return { ...glued, phase: bearingPhases(nested, glued) };
  }

  private elementOf(local: NamespaceProblem, v: ElementIndex): ElementIndex {
    const { size } = this.nested.tree;
    const nodes = local.problem.size;
    if (v >= nodes) return size + deadSession(local, v - nodes);
    return local.role[v] === DEAD_LEADER ? size + local.id[v]! : local.id[v]!;
  }

  private birth(local: NamespaceProblem, e: ElementIndex, c: ElementIndex, phase: number): void {
    const { problem, role, id, namespace } = local;
    const { draft } = this;
    if (c >= problem.size || role[c] === PROCESS || role[c] === DEAD_LEADER)
      draft.place(e, this.elementOf(local, c), phase);
    else if (role[c] === BEFORE_SETSID) draft.place(e, id[c]!, BEFORE);
    else if (role[c] === TOOL) draft.place(e, this.tool(local, c), AFTER);
    else draft.place(e, this.nested.relations.init[namespace]!, AFTER);
  }

  private tool({ id, cls, namespace }: NamespaceProblem, v: ElementIndex): ElementIndex {
    const known = this.toolAt.get(v);
    if (known !== undefined) return known;
    const session = id[v]!;
    const phase = session === 0 && leadsSession(this.nested, 0) ? BEFORE : AFTER;
    const tool = { cls: cls[v]!, namespace };
    const e = this.draft.addTool(tool, leadingElement(this.nested, session), phase);
    this.toolAt.set(v, e);
    return e;
  }
}

/** Where an element lives; tools are elements too. */
export function placeOf(
  nested: NestedTree,
  { firstTool, tools }: NestedOrigin,
  e: ElementIndex,
): NamespaceIndex {
  return e < firstTool ? homeOf(nested, e) : tools[e - firstTool]!.namespace;
}

/** Does an element lead a session? Tools do not. */
export function elementLeads(nested: NestedTree, firstTool: number, e: ElementIndex): boolean {
  return isProcess(e, nested.tree.size) ? leadsSession(nested, e) : e < firstTool;
}

/** Phases as they are: whoever leads nothing has one. */
export function bearingPhases(nested: NestedTree, { creator, phase, firstTool }: NestedOrigin): Uint8Array {
  return phase.map((p, e) => (creator[e]! >= 0 && elementLeads(nested, firstTool, creator[e]!) ? p : AFTER));
}
