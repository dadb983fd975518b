/**
 * Groups that somebody must be born into, which are made while everybody is born (namespaces.md, section 5).
 *
 * Its owner makes such a group, or a helper with the owner's number, where that one lived. Somebody in the session
 * makes the helper; when the root has left the session from outside, and nobody else is in it, that is a keeper whom the
 * root made before. All of them stay until the groups are done.
 */

import type { NestedSetting } from './nested-setting.ts';
import type { Stage } from './stage.ts';

export interface GroupHelper {
  readonly actor: number;
  readonly parent: number;
}

export class EarlyGroups {
  readonly count: number;
  /** Groups made, by row. */
  readonly made: Uint8Array;
  /** In the order in which they were made. */
  readonly helpers: GroupHelper[] = [];
  private readonly setting: NestedSetting;
  private readonly elements: number;
  private readonly stage: Stage;
  private keeper = -1;

  constructor(setting: NestedSetting, elements: number, stage: Stage) {
    this.setting = setting;
    this.elements = elements;
    this.stage = stage;
    this.count = setting.owners.count;
    this.made = new Uint8Array(this.count);
  }

  owner(g: number): number {
    return this.setting.owners.owner(g);
  }

  numberOf(g: number): number {
    return this.setting.owners.numberOf(g);
  }

  /** Does a group of the session from outside come only after the root has left that? */
  keeperNeeded(late: Uint8Array): boolean {
    for (let g = 1; g < this.count; g++) if (late[2 * this.elements + g]) return true;
    return false;
  }

  /** `parent` leaves a helper in its session and group. */
  keep(parent: number): void {
    const { stage } = this;
    this.keeper = stage.addHelper(stage.homes!.namespace[parent]!);
    stage.serve(this.keeper, 'carrier', []);
    stage.bear(parent, this.keeper, false);
    this.helpers.push({ actor: this.keeper, parent });
  }

  make(g: number): void {
    const { stage } = this;
    const { owners } = this.setting;
    const number = owners.numberOf(g);
    const owner = owners.owner(g);
    this.made[g] = 1;
    if (owner >= 0) stage.setGroup(owner, owner, number);
    else this.play(g, owners.sessionOf(g) === 0 && this.keeper >= 0 ? this.keeper : owners.earlyMaker(g));
  }

  /** A helper takes the number of a dead owner. */
  play(g: number, maker: number): void {
    const { stage } = this;
    const { owners, innerOf, pidsOf } = this.setting;
    const number = owners.numberOf(g);
    const helper = stage.addHelper(owners.namespaceOf(g), number, innerOf(g));
    stage.serve(helper, 'group-leader', pidsOf(g));
    stage.bear(maker, helper, false);
    stage.setGroup(helper, helper, number);
    this.made[g] = 1;
    this.helpers.push({ actor: helper, parent: maker });
  }
}
