/**
 * Owners of groups over several pid namespaces, as a schedule asks for them: who makes a group, from where, and who can
 * come into it only by birth.
 *
 * Group 0 is the one from outside, session 0 likewise. Cost: O(processes) once, O(1) a question.
 */

import { memberRows, type Rows } from '../../tree/adjacency.ts';
import { type NumberTable, rowsByNumber } from '../../tree/number-table.ts';
import { leadingElement, leadsSession, type NestedTree } from '../nested/nested-tree.ts';
import { type Elements, NO_NEED } from './elements.ts';

export class GroupOwners {
  readonly count: number;
  readonly members: Rows;
  /** Groups of the session from outside that nobody in it can make after the root's setsid. */
  readonly neededBeforeSetsid: readonly number[];
  private readonly early: Uint8Array;
  private readonly nested: NestedTree;
  private readonly elements: Elements;
  /** Sessions and groups by number, when the first is asked for. */
  private sessionNumbered: NumberTable | null = null;
  private rows: NumberTable | null = null;

  constructor(nested: NestedTree, elements: Elements) {
    const { groups } = nested;
    this.nested = nested;
    this.elements = elements;
    this.count = groups.count;
    this.members = memberRows(groups.count, groups.of);
    this.early = neededFromBirth(elements, groups.count);
    this.neededBeforeSetsid = elements.leads[0] ? this.onlyFromOutside() : [];
  }

  /** The process with the group's number, −1 if it is dead. */
  owner(g: number): number {
    return this.nested.groups.process[g]!;
  }

  /** Row of the group with this number. */
  rowOf(number: number): number {
    this.rows ??= rowsByNumber(this.nested.groups.number);
    return this.rows.get(number);
  }

  namespaceOf(g: number): number {
    return this.nested.groups.namespace[g]!;
  }

  numberOf(g: number): number {
    return this.nested.groups.number[g]!;
  }

  sessionOf(g: number): number {
    const { sessions, groups } = this.nested;
    return sessions.of[groups.witness[g]!]!;
  }

  /** Is it the group that the root starts in? */
  isFromOutside(g: number): boolean {
    return g === 0 || this.numberOf(g) === this.nested.outsideGroup;
  }

  /** Must somebody be born into it? */
  isEarly(g: number): boolean {
    return this.early[g] === 1 || this.neededBeforeSetsid.includes(g);
  }

  /** The element that leads the session with the group's number, −1 if there is no such session. */
  leaderWithNumber(g: number): number {
    this.sessionNumbered ??= rowsByNumber(this.nested.sessions.number);
    const s = this.sessionNumbered.get(this.nested.groups.number[g]!);
    return s > 0 ? leadingElement(this.nested, s) : -1;
  }

  /** Who makes the helper for a dead owner's group while everybody is born: the session's leader. */
  earlyMaker(g: number): number {
    return leadingElement(this.nested, this.sessionOf(g));
  }

  /** Does its maker call setsid after it? */
  isBeforeSetsid(g: number): boolean {
    return this.sessionOf(g) === 0;
  }

  /** Does an element's parent live outside its namespace? */
  hangsOutside(e: number): boolean {
    const { nested } = this;
    if (e < nested.tree.size) return nested.boundary[e] === 1;
    const { namespace } = this.elements.places!;
    return namespace[this.elements.creator[e]!] !== namespace[e];
  }

  /** The group that an element can have by inheritance alone, NO_NEED if it can enter its group itself. */
  onlyInherited(e: number): number {
    const { nested } = this;
    if (e >= nested.tree.size || leadsSession(nested, e)) return NO_NEED;
    const g = nested.groups.of[e]!;
    return this.elements.places!.sees(nested.tree.namespace[e]!, g) ? NO_NEED : g;
  }

  /** Can a process make somebody in the namespace where the group's owner lived, when all have called setsid? */
  canMake(i: number, g: number): boolean {
    const { tree, sessions, relations } = this.nested;
    return (
      sessions.of[i] === this.sessionOf(g) && relations.isWithin(this.namespaceOf(g), tree.namespace[i]!)
    );
  }

  private onlyFromOutside(): number[] {
    const { tree, groups } = this.nested;
    const found: number[] = [];
    const outsiders: number[] = [];
    for (let i = 1; i < tree.size; i++) if (this.nested.sessions.of[i] === 0) outsiders.push(i);
    for (let g = 1; g < groups.count; g++) {
      if (groups.process[g]! >= 0 || this.sessionOf(g) !== 0 || this.isFromOutside(g)) continue;
      if (!outsiders.some((i) => this.canMake(i, g))) found.push(g);
    }
    return found;
  }
}

/** 1: a group that somebody must be in from birth, or goes through while it bears. */
function neededFromBirth({ places }: Elements, groups: number): Uint8Array {
  const needed = new Uint8Array(groups);
  for (const g of places!.need) if (g > 0) needed[g] = 1;
  for (const entered of places!.stays.values()) for (const g of entered) if (g > 0) needed[g] = 1;
  return needed;
}
