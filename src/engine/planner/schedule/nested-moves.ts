/**
 * What several pid namespaces change about moves between groups: who calls setpgid for whom, which groups are there
 * already, who can make the helper for a dead owner, and zombie inits.
 *
 * A process moves by its own call where it sees the group's number, else by its parent's (F18, F19, F24).
 * Cost: O(1) a question, except for the maker of a helper. Kernel rules: F10, F18, F19, F22, F24, F28, G19.
 */

import { itemsOf } from '../../tree/adjacency.ts';
import { type NumberTable, rowsByNumber } from '../../tree/number-table.ts';
import { ZOMBIE } from '../../tree/process-columns.ts';
import { isSeenFrom, seesGroup } from '../nested/group-classes.ts';
import { leadingElement, leadsSession, type NestedTree } from '../nested/nested-tree.ts';
import { ownersWithOthers } from '../nested/owners.ts';
import type { EarlyGroups, GroupHelper } from './early-groups.ts';
import type { Elements } from './elements.ts';
import type { Groups } from './groups.ts';
import type { NestedSetting } from './nested-setting.ts';
import type { Stage } from './stage.ts';

export class MovesBetweenNamespaces {
  /** 1: a zombie that has exited already. */
  readonly exited: Uint8Array;
  private readonly setting: NestedSetting;
  private readonly nested: NestedTree;
  private readonly elements: Elements;
  private readonly groups: Groups;
  private readonly early: EarlyGroups;
  private readonly stage: Stage;

  constructor(setting: NestedSetting, elements: Elements, groups: Groups, early: EarlyGroups, stage: Stage) {
    this.setting = setting;
    this.nested = setting.tree;
    this.elements = elements;
    this.groups = groups;
    this.early = early;
    this.stage = stage;
    this.exited = new Uint8Array(setting.tree.tree.size);
  }

  /** Zombie inits with others in their group exit; helpers that are in groups already are counted. */
  begin(others: Int32Array, helpers: GroupHelper[]): void {
    const { stage, groups, nested } = this;
    helpers.push(...this.early.helpers);
    this.exitInits();
    const { group, parent, hidden } = stage.homes!;
    let at: NumberTable | null = null;
    for (let actor = nested.tree.size; actor < stage.pid.length; actor++) {
      if (parent[actor]! < 0 && actor > hidden) continue;
      at ??= rowsByNumber(groups.number);
      const g = at.get(group[actor]!);
      if (g >= 0) others[g]!++;
    }
  }

  isMade(g: number): boolean {
    return this.early.made[this.row(g)] === 1;
  }

  /** Who calls setpgid for x: itself, where it sees its group, or its parent. */
  moverOf(x: number): number {
    const parent = this.stage.homes!.parent[x]!;
    if (parent < 0 || (!this.exited[x] && this.seesOwnGroup(x))) return x;
    return parent;
  }

  /** Somebody of the session, in the namespace of the dead owner or above, who makes a helper there. */
  makerOf(g: number): number {
    const { nested } = this;
    const { owners } = this.setting;
    const row = this.row(g);
    for (const i of itemsOf(owners.members, row)) if (owners.canMake(i, row) && !this.exited[i]) return i;
    const s = owners.sessionOf(row);
    if (s > 0 || nested.sessions.of[0] === 0) return leadingElement(nested, s);
    for (let i = 1; i < nested.tree.size; i++) if (owners.canMake(i, row) && !this.exited[i]) return i;
    throw new Error(`Nobody can make group ${owners.numberOf(row)}.`);
  }

  /** Puts the helper that plays a dead owner on stage. */
  enterOwner(g: number): number {
    const { owners, innerOf } = this.setting;
    const row = this.row(g);
    return this.stage.addHelper(owners.namespaceOf(row), owners.numberOf(row), innerOf(row));
  }

  /** Can an actor enter the group that x owns? */
  canHold(actor: number, x: number): boolean {
    const { stage, nested } = this;
    const home = stage.homes!.namespace[actor]!;
    return nested.relations.isWithin(nested.tree.namespace[x]!, home);
  }

  /**
   * Who can bring process i into the group that x owns, so that somebody can bring it back: itself, or its parent. −1:
   * nobody.
   */
  entererOf(i: number, x: number): number {
    if (this.exited[i]) return -1;
    const { parent, namespace } = this.stage.homes!;
    const above = parent[i]!;
    const movesIt = this.isInSessionOf(above, i);
    const comesBack =
      this.seesOwnGroup(i) ||
      (movesIt && isSeenFrom(this.nested, namespace[above]!, this.nested.groups.of[i]!));
    if (!comesBack) return -1;
    if (this.canHold(i, x)) return i;
    return movesIt && this.canHold(above, x) ? above : -1;
  }

  /** A parent can move its child within its own session only (F5). */
  private isInSessionOf(parent: number, i: number): boolean {
    const { creator, places } = this.elements;
    return parent >= 0 && parent < creator.length && places!.session[parent] === places!.session[i];
  }

  private row(g: number): number {
    return this.setting.owners.rowOf(this.groups.number[g]!);
  }

  private seesOwnGroup(x: number): boolean {
    return seesGroup(this.nested, x, this.nested.groups.of[x]!);
  }

  private exitInits(): void {
    const { nested, stage, exited } = this;
    const { tree, groups, relations } = nested;
    const hasOthers = ownersWithOthers(groups);
    for (let n = 1; n < relations.count; n++) {
      const i = relations.init[n]!;
      if (tree.state[i] !== ZOMBIE || !hasOthers[i]) continue;
      if (!leadsSession(nested, i)) stage.setGroup(i, i, tree.pid[i]!);
      stage.steps.exit(tree.pid[i]!, tree.exitStatus[i]!);
      exited[i] = 1;
    }
  }
}
