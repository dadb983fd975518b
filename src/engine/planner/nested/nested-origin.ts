/**
 * Nested origin: the tree of births over all pid namespaces, while it is made and as it is read.
 *
 * Elements: processes, then dead session leaders (size + session), then tools.
 * Invariant: a creator's namespace is that of what it makes, or lies above it.
 */

import {
  type ColumnOf,
  type ElementIndex,
  type GroupIndex,
  isProcess,
  type NamespaceIndex,
} from '../../tree/index-kinds.ts';
import { larger } from '../../tree/larger-columns.ts';
import { AFTER } from '../origin.ts';
import { homeOf, leadsSession, type NestedTree } from './nested-tree.ts';

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
