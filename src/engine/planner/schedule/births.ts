/**
 * Births (theory, step 7, phase 1; namespaces.md, section 8): clone and setsid until everybody is there.
 *
 * In: the elements with their parentage; over several pid namespaces the order of the birth events too. Out: steps
 * after which everybody is born, in the session that it keeps.
 * In one namespace nothing has to be there before somebody is born but its creator, so the walk of the origin tree is
 * the order: the subtree of a child from before its creator's setsid is complete before that setsid. Over several,
 * whoever cannot be born before its creator leaves gets its carrier at that moment. Each birth and each setsid is told to
 * `happened`, where numbers are so few that some die meanwhile (early-deaths.ts).
 * Invariant: a process is made by its creator, or by a carrier of it from the right phase; so it has the right session.
 * setsid cannot fail: whoever calls it has made no group (E2, E5).
 * Cost: O(elements), no recursion. Kernel rules: A15 to A17, C3 to C7, D4, E5, E7, F18, F19.
 */

import { itemsOf } from '../../tree/adjacency.ts';
import { bytes, unsetInt32s } from '../../tree/scratch.ts';
import { BEFORE } from '../origin.ts';
import type { BirthEvents } from './birth-events.ts';
import type { BirthOrder } from './birth-order.ts';
import type { EarlyGroups } from './early-groups.ts';
import { type Elements, NO_NEED } from './elements.ts';
import type { BirthWalk } from './origin-walk.ts';
import { CARRIED, type Parentage, SIBLING } from './parentage.ts';
import type { Stage } from './stage.ts';

/** In one pid namespace. */
export function scheduleBirths(
  { creator, phase, leads }: Elements,
  { children }: BirthWalk,
  { mode, carrierOf, carriers }: Parentage,
  stage: Stage,
  happened: (e: number) => void,
): void {
  const count = creator.length;
  const carrierBorn = bytes(carriers.count);
  const { offset, items } = children;

  const bear = (child: number, o: number): void => {
    if (mode[child] !== CARRIED) {
      stage.bear(o, child, mode[child] === SIBLING);
      return;
    }
    const h = carrierOf[child]!;
    if (!carrierBorn[h]) {
      carrierBorn[h] = 1;
      stage.bear(o, count + h, false);
    }
    stage.bear(count + h, child, false);
  };

  // Of everybody from the root down to who bears: its next child, and whether its setsid is still to come.
  const stack = unsetInt32s(count);
  const next = unsetInt32s(count);
  const pending = bytes(count);
  let top = -1;
  const enter = (e: number): void => {
    stack[++top] = e;
    next[top] = offset[e]!;
    pending[top] = leads[e]!;
    happened(e);
  };
  enter(0);
  while (top >= 0) {
    const e = stack[top]!;
    const at = next[top]!++;
    const child = at < offset[e + 1]! ? items[at]! : -1;
    if (pending[top] && (child < 0 || phase[child] !== BEFORE)) {
      pending[top] = 0;
      stage.setsid(e);
      happened(e);
    }
    if (child < 0) top--;
    else {
      bear(child, e);
      enter(child);
    }
  }
}

/** Over several pid namespaces, in the order of the events. */
export function scheduleBirthsInOrder(
  elements: Elements,
  walk: BirthWalk,
  parentage: Parentage,
  events: BirthEvents,
  order: BirthOrder,
  groups: EarlyGroups,
  stage: Stage,
  happened: (e: number) => void,
): void {
  const births = new OrderedBirths(elements, walk, parentage, groups, stage);
  const count = elements.creator.length;
  for (const event of order.events) {
    if (event < count) {
      births.bear(event);
      happened(event);
    } else if (event < 2 * count) {
      const e = event - count;
      births.leave(e, (child) => elements.phase[child] === BEFORE);
      if (e === 0 && groups.keeperNeeded(order.late)) groups.keep(0);
      stage.setsid(e);
      happened(e);
    } else if (event < 2 * count + groups.count) {
      const g = event - 2 * count;
      const owner = groups.owner(g);
      if (owner >= 0) births.leave(owner, () => true);
      groups.make(g);
    } else {
      const { element, group } = events.stays[event - 2 * count - groups.count]!;
      const { stays, stay } = elements.places!;
      const entered = stays.get(element)!.indexOf(group);
      births.leave(element, (child) => stay[child]! < entered);
      stage.setGroup(stage.homes!.parent[element]!, element, groups.numberOf(group));
    }
  }
}

class OrderedBirths {
  private readonly elements: Elements;
  private readonly walk: BirthWalk;
  private readonly parentage: Parentage;
  private readonly groups: EarlyGroups;
  private readonly stage: Stage;
  private readonly born: Uint8Array;
  private readonly carrierBorn: Uint8Array;

  constructor(elements: Elements, walk: BirthWalk, parentage: Parentage, groups: EarlyGroups, stage: Stage) {
    this.elements = elements;
    this.walk = walk;
    this.parentage = parentage;
    this.groups = groups;
    this.stage = stage;
    this.born = bytes(elements.creator.length);
    this.carrierBorn = bytes(parentage.carriers.count);
  }

  bear(e: number): void {
    const { elements, parentage } = this;
    this.born[e] = 1;
    if (e <= elements.places!.hidden) return;
    const o = elements.creator[e]!;
    const need = elements.places!.need[e]!;
    if (parentage.mode[e] === CARRIED) {
      const carrier = this.carrierOf(e);
      this.bearInto(carrier, e, parentage.carriers.sibling[parentage.carrierOf[e]!] === 1, need);
    } else this.bearInto(o, e, parentage.mode[e] === SIBLING, need);
  }

  /** Whoever `parent` bears must be born before it goes; those of its children that are not have a carrier from here. */
  leave(parent: number, concerned: (child: number) => boolean): void {
    const { walk, parentage } = this;
    for (const child of itemsOf(walk.children, parent)) {
      if (!this.born[child] && parentage.mode[child] === CARRIED && concerned(child)) this.carrierOf(child);
    }
  }

  private carrierOf(e: number): number {
    const { parentage, elements, stage } = this;
    const h = parentage.carrierOf[e]!;
    const carrier = elements.creator.length + h;
    if (!this.carrierBorn[h]) {
      this.carrierBorn[h] = 1;
      stage.bear(parentage.carriers.creator[h]!, carrier, parentage.carriers.sibling[h] === 1);
    }
    return carrier;
  }

  /** Born into a group: the bearer's, or one that the parent sets it into (F18); a sibling has the bearer's. */
  private bearInto(bearer: number, e: number, sibling: boolean, need: number): void {
    const { stage, groups } = this;
    const homes = stage.homes!;
    const number = need === NO_NEED ? homes.group[bearer]! : groups.numberOf(need);
    if (!sibling || homes.group[bearer] === number) {
      stage.bear(bearer, e, sibling);
      stage.setGroup(bearer, e, number);
      return;
    }
    const carrier = stage.addHelper(homes.namespace[bearer]!);
    stage.serve(carrier, 'carrier', [stage.pid.of[e]!]);
    stage.bear(bearer, carrier, true);
    const sees = this.elements.places!.sees(homes.namespace[carrier]!, need);
    stage.setGroup(sees ? carrier : homes.parent[carrier]!, carrier, number);
    stage.bear(carrier, e, true);
    stage.dismiss(carrier, homes.parent[carrier]!);
  }
}
