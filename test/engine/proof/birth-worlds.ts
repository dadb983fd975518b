/**
 * All births over the elements of a small image in one pid namespace, made without the proof system or the planner: an
 * oracle for what follows from what.
 *
 * A world says who made whom, and which session each leader was born in: a child is born in a session that its creator
 * was in at some time. Wanted parents are no condition of a world; where a premise names one, the worlds in which it is
 * above by birth are the ones that count.
 */

import type { Claim, Line } from '../../../src/engine/proof/proof.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';

interface World {
  /** Creator of each element; the root has none. */
  readonly creator: ReadonlyMap<number, number>;
  readonly birth: ReadonlyMap<number, number>;
}

/** Elements up to which all worlds are looked at. */
export const MOST_ELEMENTS = 6;

export class BirthWorlds {
  private readonly root: number;
  private readonly session = new Map<number, number>();
  readonly elements: readonly number[];
  private worlds: World[] | undefined;

  constructor({ processes }: TreeImage) {
    this.root = processes.find(({ ppid }) => ppid === 0)!.pid;
    for (const { pid, sid } of processes) this.session.set(pid, sid);
    for (const { sid } of processes) if (sid > 0 && !this.session.has(sid)) this.session.set(sid, sid);
    this.elements = [...this.session.keys()].filter((e) => e !== this.root);
  }

  /** Does a line follow from its premises, in every world? */
  follows(premises: readonly Claim[], { claim }: Pick<Line, 'claim'>): boolean {
    this.worlds ??= [...this.all()];
    return this.worlds.every((world) => {
      if (!premises.every((premise) => this.holds(world, premise))) return true;
      return claim.says !== 'contradiction' && this.holds(world, claim);
    });
  }

  private holds(world: World, claim: Claim): boolean {
    switch (claim.says) {
      case 'parent':
        return this.isAbove(world, claim.parent, claim.process);
      case 'ancestor':
        return this.isAbove(world, claim.ancestor, claim.process);
      case 'above':
        return this.isAbove(world, claim.upper, claim.lower);
      case 'one above the other':
        return (
          this.isAbove(world, claim.first, claim.second) || this.isAbove(world, claim.second, claim.first)
        );
      case 'born in session':
        return (
          this.session.get(claim.process) === claim.process &&
          world.birth.get(claim.process) === claim.session
        );
      case 'session':
        return this.session.get(claim.process) === claim.session;
      case 'absent':
      case 'present':
        return true;
      default:
        throw new Error(`The oracle knows nothing of "${claim.says}".`);
    }
  }

  private isAbove({ creator }: World, upper: number, lower: number): boolean {
    for (let e = creator.get(lower); e !== undefined; e = creator.get(e)) if (e === upper) return true;
    return false;
  }

  private *all(): Generator<World> {
    for (const creator of this.trees()) yield* this.births(creator);
  }

  /** Every tree below the root. */
  private *trees(): Generator<Map<number, number>> {
    const { elements, root } = this;
    const makers = [root, ...elements];
    const total = makers.length ** elements.length;
    for (let code = 0; code < total; code++) {
      const creator = new Map<number, number>();
      let rest = code;
      for (const e of elements) {
        creator.set(e, makers[rest % makers.length]!);
        rest = Math.floor(rest / makers.length);
      }
      if (elements.every((e) => this.reachesRoot(creator, e))) yield creator;
    }
  }

  private reachesRoot(creator: ReadonlyMap<number, number>, from: number): boolean {
    let e = from;
    for (let far = 0; far <= this.elements.length; far++) {
      if (e === this.root) return true;
      e = creator.get(e)!;
    }
    return false;
  }

  /** Every choice of birth sessions that these creators allow: parents first. */
  private *births(creator: Map<number, number>): Generator<World> {
    const order: number[] = [];
    for (let above = [this.root]; above.length > 0; ) {
      above = this.elements.filter((e) => above.includes(creator.get(e)!));
      order.push(...above);
    }
    yield* this.birthsFrom(creator, new Map([[this.root, 0]]), order, 0);
  }

  private *birthsFrom(
    creator: Map<number, number>,
    birth: Map<number, number>,
    order: readonly number[],
    at: number,
  ): Generator<World> {
    const e = order[at];
    if (e === undefined) {
      yield { creator, birth: new Map(birth) };
      return;
    }
    const maker = creator.get(e)!;
    const own = this.session.get(e)!;
    for (const c of new Set([birth.get(maker)!, this.session.get(maker)!])) {
      if (own === e ? c === own : c !== own) continue;
      birth.set(e, c);
      yield* this.birthsFrom(creator, birth, order, at + 1);
      birth.delete(e);
    }
  }
}
