/**
 * Cast: the numbers of everybody who plays in the plan, and in which session each carrier lives.
 *
 * In: elements with their parentage, groups. Out: on the stage, the number of every element and carrier; in the roster,
 * the helpers; the carriers that are still free to hold a group for a moment.
 * A dead leader has its own number (D4). A carrier that lives in the session, and in the namespace, of a dead group
 * takes that group's number and so saves the group a helper (theory, section 10, R4); any other gets a fresh number.
 * Cost: O(elements + carriers + groups).
 */

import { NumberTable } from '../../tree/number-table.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import type { Groups } from './groups.ts';
import type { Parentage } from './parentage.ts';
import type { Stage } from './stage.ts';

export interface Cast {
  /** Carriers that hold no group's number, by the sid of the session they live in. */
  readonly spareCarriers: SpareCarriers;
  /** Dead groups whose number a carrier has, with that carrier. */
  readonly carriedGroups: NumberTable;
}

export class SpareCarriers {
  private readonly bySession = new Map<number, number[]>();

  add(sid: number, carrier: number): void {
    const carriers = this.bySession.get(sid);
    if (carriers) carriers.push(carrier);
    else this.bySession.set(sid, [carrier]);
  }

  /** A carrier that lives in session `sid`, which is then spare no more; −1 if there is none that fits. */
  take(sid: number, fits: (carrier: number) => boolean): number {
    const carriers = this.bySession.get(sid);
    if (!carriers) return -1;
    for (let i = carriers.length - 1; i >= 0; i--) {
      const carrier = carriers[i]!;
      if (!fits(carrier)) continue;
      carriers.splice(i, 1);
      return carrier;
    }
    return -1;
  }
}

/** What the cast asks about one or several namespaces. */
export interface Parts {
  /** Numbers of the elements on all levels; lists dead leaders, then tools, in the roster. */
  castElements(stage: Stage): void;
  /** sid of the session that carrier h lives in. */
  carrierSession(h: number): number;
  /** Can carrier h play the dead owner of the group with this number? */
  canPlay(h: number, group: number): boolean;
  /** Gives carrier h its number: that of a group, or with 0 a fresh one. */
  enterCarrier(stage: Stage, h: number, group: number): void;
}

export function castPlan(
  tree: ProcessTree,
  elements: number,
  { carriers, carrierOf }: Parentage,
  groups: Groups,
  stage: Stage,
  parts: Parts,
): Cast {
  parts.castElements(stage);
  const spareCarriers = new SpareCarriers();
  for (let h = carriers.count - 1; h >= 0; h--) spareCarriers.add(parts.carrierSession(h), h);

  const carrierRow = int32s(carriers.count, -1);
  const isCast = bytes(carriers.count);
  const carriedGroups = new NumberTable(16);
  for (let g = 0; g < groups.count && carriers.count > 0; g++) {
    if (groups.owner[g]! >= 0 || groups.existsAtBirth[g]) continue;
    const first = groups.members.items[groups.members.offset[g]!]!;
    const h = spareCarriers.take(tree.sid[first]!, (carrier) => parts.canPlay(carrier, groups.number[g]!));
    if (h < 0) continue;
    const number = groups.number[g]!;
    parts.enterCarrier(stage, h, number);
    isCast[h] = 1;
    carriedGroups.set(number, elements + h);
    carrierRow[h] = stage.roster.add(number, 'group-leader');
    for (let i = groups.members.offset[g]!; i < groups.members.offset[g + 1]!; i++) {
      stage.roster.serve(carrierRow[h]!, tree.pid[groups.members.items[i]!]!);
    }
  }
  for (let h = 0; h < carriers.count; h++) {
    if (isCast[h]) continue;
    parts.enterCarrier(stage, h, 0);
    carrierRow[h] = stage.roster.add(stage.pid.of[elements + h]!, 'carrier');
  }
  for (let e = 1; e < tree.size; e++) {
    const h = carrierOf[e]!;
    if (h >= 0) stage.roster.serve(carrierRow[h]!, tree.pid[e]!);
  }
  return { spareCarriers, carriedGroups };
}
