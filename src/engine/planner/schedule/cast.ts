/**
 * Cast: the numbers of everybody who plays in the plan, and in which session each helper lives.
 *
 * In: elements with their parentage, groups. Out: on the stage, the number of every element and carrier; in the roster,
 * the helpers; those that are still free to hold a group for a moment.
 * A dead leader has its own number (D4). A tool or carrier that lives in the session, and in the namespace, of a dead
 * group takes that group's number and so saves the group a helper (theory, section 10, R4); any other gets a fresh one.
 * Cost: O(elements + carriers + groups).
 */

import { NumberTable } from '../../tree/number-table.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes } from '../../tree/scratch.ts';
import type { Elements } from './elements.ts';
import type { Groups } from './groups.ts';
import type { Parentage } from './parentage.ts';
import type { Stage } from './stage.ts';

export interface Cast {
  /** Tools and carriers that hold no group's number. */
  readonly spare: SpareHelpers;
  /** Dead groups whose number a tool or carrier has, with that actor. */
  readonly playedGroups: NumberTable;
}

/** Helpers that any number would do for, by the sid of the session they live in. */
export class SpareHelpers {
  private readonly bySession = new Map<number, number[]>();

  add(sid: number, actor: number): void {
    const actors = this.bySession.get(sid);
    if (actors) actors.push(actor);
    else this.bySession.set(sid, [actor]);
  }

  /** One that lives in session `sid`, which is then spare no more; −1 if there is none that fits. */
  take(sid: number, fits: (actor: number) => boolean): number {
    const actors = this.bySession.get(sid);
    if (!actors) return -1;
    for (let i = actors.length - 1; i >= 0; i--) {
      const actor = actors[i]!;
      if (!fits(actor)) continue;
      actors.splice(i, 1);
      return actor;
    }
    return -1;
  }
}

/** What the cast asks about one or several namespaces. */
export interface Parts {
  /** Tools, which are elements. */
  readonly tools: readonly number[];
  /** Numbers of processes and dead leaders on all levels; lists the dead leaders in the roster. */
  castElements(stage: Stage): void;
  /** sid of the session that a tool or carrier lives in. */
  sessionOf(actor: number): number;
  /** Who can play the dead owner of the group with this number; null: nobody, whoever is asked. */
  playersOf(group: number): ((actor: number) => boolean) | null;
  /** Gives it its number: that of a group, or with 0 a fresh one. */
  enter(stage: Stage, actor: number, group: number): void;
}

export function castPlan(
  tree: ProcessTree,
  { creator }: Elements,
  { carriers, carrierOf }: Parentage,
  groups: Groups,
  stage: Stage,
  parts: Parts,
): Cast {
  const { tools } = parts;
  const elements = creator.length;
  parts.castElements(stage);
  const spare = new SpareHelpers();
  for (const tool of tools) spare.add(parts.sessionOf(tool), tool);
  for (let h = carriers.count - 1; h >= 0; h--) spare.add(parts.sessionOf(elements + h), elements + h);

  const plays = bytes(elements + carriers.count);
  const playedGroups = new NumberTable(16);
  for (let g = 0; g < groups.count && carriers.count + tools.length > 0; g++) {
    if (groups.owner[g]! >= 0 || groups.existsAtBirth[g]) continue;
    const number = groups.number[g]!;
    const canPlay = parts.playersOf(number);
    if (canPlay === null) continue;
    const { offset, items } = groups.members;
    const actor = spare.take(tree.sid[items[offset[g]!]!]!, canPlay);
    if (actor < 0) continue;
    parts.enter(stage, actor, number);
    plays[actor] = 1;
    playedGroups.set(number, actor);
    const row = stage.list(actor, 'group-leader');
    for (let i = offset[g]!; i < offset[g + 1]!; i++) stage.roster.serve(row, tree.pid[items[i]!]!);
  }
  for (const tool of tools) {
    if (plays[tool]) continue;
    parts.enter(stage, tool, 0);
    stage.list(tool, 'tool');
  }
  for (let h = 0; h < carriers.count; h++) {
    if (plays[elements + h]) continue;
    parts.enter(stage, elements + h, 0);
    stage.list(elements + h, 'carrier');
  }
  for (let e = 1; e < tree.size; e++) {
    const h = carrierOf[e]!;
    const served = h >= 0 ? elements + h : tools.length > 0 && creator[e]! >= tools[0]! ? creator[e]! : -1;
    if (served >= 0) stage.roster.serve(stage.rowOf.get(served), tree.pid[e]!);
  }
  return { spare, playedGroups };
}
