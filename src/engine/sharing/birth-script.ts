/**
 * Birth script: what every process of a plan does until all are born, with what each birth shares.
 *
 * In: the moves of a state search. Out: elements (processes, dead leaders, and helpers that only hold a class) with
 * their creators, and for each the births, setsid, unshare and exec calls that it makes, in order.
 * Invariant: whoever holds a place of the state tree has exactly the objects there that somebody below needs.
 * A helper that holds a class is saved where a process whose own object is private can hold it for a while.
 * Cost: O(moves · kinds).
 */

import { shareFlag } from '../plan/share-flags.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import { IO } from '../tree/sharing-columns.ts';
import { follow, type Held, heldAtFirst, type Move, NONE, type Split, type Step } from './moves.ts';
import { isPlain, PRIVATE, type SharingProblem } from './sharing-problem.ts';

export const BEAR = 0;
export const SETSID = 1;
export const LEAVE = 2;
export const EXEC = 3;
export const IOPRIO = 4;

export interface Event {
  readonly op: number;
  /** BEAR: the child. LEAVE: bits of SHARING. */
  readonly value: number;
  /** Among the events of all, Infinity for what may come last. */
  readonly rank: number;
}

export interface BirthScript {
  /** Elements: processes, then dead leaders by session, then holders of classes. */
  readonly elements: number;
  /** Creator of an element, −1 for the root and for ids that are none. */
  readonly creator: Int32Array;
  /** Bits of SHARING that the birth of an element has. */
  readonly flags: Uint8Array;
  /** By element. */
  readonly events: readonly (readonly Event[])[];
  /** By holder of a class: a process for whose sake it is there. */
  readonly serves: readonly number[];
}

/**
 * Helpers that hold a class: `all` that it takes; `few`, where somebody else can hold it who would have to give up what is
 * still to be passed on, so that births would have to come in another order; or `none`, whoever is above bears in their stead.
 */
export type Holders = 'all' | 'few' | 'none';

export function birthScript(problem: SharingProblem, moves: Move, holders: Holders = 'all'): BirthScript {
  const writer = new ScriptWriter(problem, holders);
  writer.write(moves);
  return writer.finish();
}

/** Objects of an element, by place in `kinds`. */
interface Objects {
  /** Class that the object at hand stands for, NONE. */
  readonly stands: number[];
  /** Has somebody else had it: was it inherited, or passed on? */
  readonly known: boolean[];
  /** io: is there a context? */
  hasContext: boolean;
}

interface Place {
  readonly at: number;
  /** Kinds, a bit a place, and bit `kinds.length` for the session: what others still need here as it is. */
  readonly reserved: number;
}

class ScriptWriter {
  private readonly problem: SharingProblem;
  private readonly births: OriginProblem;
  private readonly creator: number[];
  private readonly flags: number[];
  private readonly events: Event[][];
  private readonly objects: (Objects | undefined)[];
  private readonly serves: number[] = [];
  private readonly ledAlready: boolean[] = [];
  private readonly holders: Holders;
  private rank = 0;

  constructor(problem: SharingProblem, holders: Holders) {
    this.problem = problem;
    this.holders = holders;
    this.births = problem.births;
    const { size, sessionCount } = problem.births;
    const elements = size + sessionCount;
    this.creator = new Array<number>(elements).fill(-1);
    this.flags = new Array<number>(elements).fill(0);
    this.events = Array.from({ length: elements }, () => []);
    this.objects = new Array<Objects | undefined>(elements).fill(undefined);
    const root = this.freshObjects();
    for (let k = 0; k < problem.kinds.length; k++) {
      // The root's own object is what its class begins with, where it is had from birth.
      if (!isPlain(problem.kinds[k]!)) root.stands[k] = problem.classes[k]![0]!;
    }
    this.objects[0] = root;
    // Nobody is in the session outside: the root leads its own before it bears anybody, and all are born in that.
    if (this.births.outside < 0) this.lead(0);
  }

  write(moves: Move): void {
    follow<Place>(
      moves,
      { at: 0, reserved: 0 },
      (move, place) => this.perform(move, place),
      (split, { at, reserved }) => neededLater(split).map((needed) => ({ at, reserved: reserved | needed })),
    );
  }

  private perform(move: Step, { at, reserved }: Place): Place {
    switch (move.op) {
      case 'start':
        this.bear(at, move.q, move.held);
        return { at: move.q, reserved: 0 };
      case 'setsid':
        this.lead(at);
        return { at, reserved };
      case 'dead': {
        const leader = this.births.size + move.session;
        this.bear(at, leader, move.held);
        this.lead(leader);
        return { at: leader, reserved: 0 };
      }
      case 'exec':
        this.exec(at);
        return { at, reserved };
      case 'open': {
        const { kind, class: c } = move;
        if (!move.owner && !this.canHold(at, kind, reserved)) {
          const holder = this.holder(at, kind, c, move.held);
          return { at: holder, reserved: 0 };
        }
        this.renew(at, kind, c);
        return { at, reserved };
      }
    }
  }

  /** Can this one, who is no owner, take a new object for others to share? */
  private canHold(at: number, k: number, reserved: number): boolean {
    if (this.holders === 'none') return true;
    if (this.holders === 'all' && (reserved & (1 << k)) !== 0) return false;
    const objects = this.objects[at]!;
    if (!isPlain(this.problem.kinds[k]!) && (objects.known[k] || at < this.births.size)) return false;
    return at >= this.births.size || this.problem.classes[k]![at] === PRIVATE;
  }

  private holder(at: number, k: number, c: number, held: Held): number {
    const holder = this.creator.length;
    this.creator.push(-1);
    this.flags.push(0);
    this.events.push([]);
    this.objects.push(undefined);
    const member = this.problem.classes[k]!.indexOf(c);
    this.serves.push(member);
    this.bear(at, holder, held);
    this.objects[holder]!.stands[k] = c;
    return holder;
  }

  private bear(at: number, child: number, held: Held): void {
    const { kinds } = this.problem;
    const mine = this.objects[at]!;
    const its = this.freshObjects();
    let flags = 0;
    for (let k = 0; k < kinds.length; k++) {
      const c = held[k + 1]!;
      if (c === NONE) continue;
      its.stands[k] = c;
      if (mine.stands[k] !== c) continue;
      if (kinds[k] === IO && !mine.hasContext) {
        mine.hasContext = true;
        // First of all: a carrier that bears this child may be born for an older one.
        this.events[at]!.unshift({ op: IOPRIO, value: 0, rank: 0 });
      }
      if (kinds[k] === IO) its.hasContext = true;
      flags |= shareFlag(kinds[k]!);
      mine.known[k] = true;
      its.known[k] = true;
    }
    this.creator[child] = at;
    this.flags[child] = flags;
    this.objects[child] = its;
    this.happens(at, BEAR, child);
  }

  /** A new object for a class; what is at hand, where nobody else has had it. */
  private renew(at: number, k: number, c: number): void {
    const objects = this.objects[at]!;
    if (objects.known[k]) this.leave(at, 1 << k);
    objects.stands[k] = c;
  }

  private leave(at: number, places: number): void {
    const { kinds } = this.problem;
    const objects = this.objects[at]!;
    let flags = 0;
    for (let k = 0; k < kinds.length; k++) {
      if ((places & (1 << k)) === 0) continue;
      flags |= shareFlag(kinds[k]!);
      objects.known[k] = false;
      objects.stands[k] = NONE;
    }
    if (flags !== 0) this.happens(at, LEAVE, flags);
  }

  private lead(at: number): void {
    this.ledAlready[at] = true;
    this.happens(at, SETSID, 0);
  }

  private exec(at: number): void {
    this.happens(at, EXEC, 0);
    const { space, handlers, files } = this.problem;
    for (const k of [space, handlers, files]) {
      if (k < 0) continue;
      this.objects[at]!.known[k] = false;
      this.objects[at]!.stands[k] = NONE;
    }
  }

  private happens(at: number, op: number, value: number): void {
    this.events[at]!.push({ op, value, rank: ++this.rank });
  }

  private freshObjects(): Objects {
    const { length } = this.problem.kinds;
    return { stands: new Array(length).fill(NONE), known: new Array(length).fill(false), hasContext: false };
  }

  /** At the end everybody leads its session if it has not yet, leaves what is not of its class, and bears whoever can be born last. */
  finish(): BirthScript {
    const { problem, births } = this;
    const nothing = [NONE, ...problem.kinds.map(() => NONE)];
    const last = [...births.parent.keys()].filter((p) => problem.bornLast[p] === 1);
    const lastOf = Map.groupBy(last, (p) => births.parent[p]!);
    for (let p = 0; p < births.size; p++) {
      if (births.leader[births.session[p]!] === p && !this.ledAlready[p])
        this.events[p]!.push({ op: SETSID, value: 0, rank: Number.POSITIVE_INFINITY });
      let foreign = 0;
      for (let k = 0; k < problem.kinds.length; k++) {
        const own = problem.classes[k]![p]!;
        const isLeft = own === PRIVATE && problem.asked[k]![p] === 1 && isPlain(problem.kinds[k]!);
        if (isLeft && this.objects[p]!.known[k]) foreign |= 1 << k;
      }
      this.leave(p, foreign);
      for (const child of lastOf.get(p) ?? []) this.bear(p, child, nothing);
    }
    return {
      elements: this.creator.length,
      creator: Int32Array.from(this.creator),
      flags: Uint8Array.from(this.flags),
      events: this.events,
      serves: this.serves,
    };
  }
}

/** By part of a split: kinds, a bit a place, of which a later part needs what is held. */
function neededLater({ parts, held }: Split): number[] {
  const needed = new Array<number>(parts.length);
  let later = 0;
  for (let i = parts.length - 1; i >= 0; i--) {
    needed[i] = later;
    const found = heldAtFirst(parts[i]!);
    for (let k = 0; k + 1 < held.length; k++)
      if (held[k + 1] !== NONE && found[k + 1] === held[k + 1]) later |= 1 << k;
  }
  return needed;
}
