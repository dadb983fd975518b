/**
 * What processes that share something ask of a state on the way down from the root (ways-to-share.ts).
 *
 * In: what the image says of them. Out: yes or no: does anybody need what is held, may whoever is here end, have two
 * parts nothing in common but what is held. Nothing is tried here. Cost: O(processes × kinds) a question.
 */

export interface SharedImage {
  readonly pid: readonly number[];
  /** Place of the nearest ancestor that is spoken of; −1 for the root, which is the first. */
  readonly parent: readonly number[];
  /** Null: nothing is said of sessions. */
  readonly sessions: readonly number[] | null;
  /** Was the session there before anybody was born? */
  readonly outside: readonly boolean[];
  readonly kinds: readonly string[];
  /** By kind. */
  readonly classes: readonly (readonly number[])[];
  readonly zombie: readonly boolean[];
  /** Place of the parent itself, −1 for somebody who is not spoken of; null: it may be anybody. */
  readonly childOf: readonly (number | null)[];
  /** Signal to the parent at exit of such a child; null: nothing is said of it. */
  readonly exitSignal: readonly (number | null)[];
}

export const NOBODY = -1;
export const NONE = -1;
/** Kinds that only execve leaves, with the files; and those that nothing leaves. */
export const LEFT_BY_EXEC = ['vm', 'sighand'];
export const NEVER_LEFT = ['io'];
/** Whoever is at a state: a process by its place; a thread of it, or a helper that is to lead session s: `size` + s. */
export type Holder = number;

export interface State {
  /** The session, then an object a kind. */
  readonly held: readonly number[];
  readonly holder: Holder;
  /**
   * Kinds, a bit each, in which the process that is here holds or held what it must get rid of by execve; whether
   * threads of it wait for its setsid, which execve would end; and whether it must execute for another reason.
   */
  readonly foreign: number;
  /** Processes that are still to be born. */
  readonly rest: readonly number[];
}

export class Needs {
  protected readonly image: SharedImage;
  protected readonly size: number;
  protected readonly session: readonly number[];
  /** Numbers of sessions; of each the process that leads it, NOBODY. */
  protected readonly numbers: readonly number[];
  protected readonly leader: readonly number[];
  protected readonly isOutside: readonly boolean[];
  /** In `foreign`: was the process born with a signal that it has to lose? */
  protected readonly mustExecute: number;

  constructor(image: SharedImage) {
    const { pid, sessions, outside } = image;
    this.image = image;
    this.mustExecute = 2 << image.kinds.length;
    this.size = pid.length;
    this.numbers = [...new Set(sessions ?? [])];
    this.session = pid.map((_, p) => (sessions ? this.numbers.indexOf(sessions[p]!) : NONE));
    this.leader = this.numbers.map((number) => pid.indexOf(number));
    this.isOutside = this.numbers.map((number) => outside[sessions!.indexOf(number)]!);
  }

  /** Is nothing asked of the object that the process ends with? A zombie has its signal handlers still (K6). */
  protected isCareless(k: number, p: number): boolean {
    if (this.image.zombie[p]! && this.image.kinds[k] !== 'sighand') return true;
    return this.image.classes[k]![p] === -1;
  }

  /** Class of a process if others have it too. */
  protected own(k: number, p: number): number {
    const column = this.image.classes[k]!;
    if (column[p] === -1) return NONE;
    return column.some((c, other) => other !== p && c === column[p]) ? column[p]! : NONE;
  }

  /** Of a process that is spoken of; else a helper that is to lead a session. */
  protected isThread(holder: Holder): boolean {
    return holder >= this.size && this.leader[holder - this.size] !== NOBODY;
  }

  protected leads(p: number): number {
    const s = this.session[p]!;
    return s >= 0 && this.leader[s] === p ? s : NONE;
  }

  /** Does anybody who is left, or is there, end with what a slot holds? */
  protected isNeeded(slot: number, value: number, holder: Holder, rest: readonly number[]): boolean {
    const ends = (p: number): boolean => (slot === 0 ? this.session[p] : this.own(slot - 1, p)) === value;
    return (holder >= 0 && holder < this.size && ends(holder)) || rest.some(ends);
  }

  /** Everything that the process ends with is held now, and nobody waits for it to lead its session. */
  protected mayEnd({ held, holder, foreign, rest }: State): boolean {
    const t = this.pending(held, holder);
    if (t !== NONE && rest.some((p) => this.session[p] === t)) return false;
    if (holder === NOBODY || holder >= this.size) return true;
    if ((foreign & this.mustExecute) !== 0) return false;
    if (this.image.kinds.some((_, k) => (foreign & (1 << k)) !== 0 && !this.isCareless(k, holder)))
      return false;
    // A session that nobody else is in can be led at the very end.
    return this.image.kinds.every(
      (_, k) => this.own(k, holder) === NONE || held[k + 1] === this.own(k, holder),
    );
  }

  /** Nothing in common but what is held, and nobody's parent on the other side. @param shared a session of both sides */
  protected areStrangers(
    held: readonly number[],
    shared: number,
    away: readonly number[],
    here: readonly number[],
    holder: Holder,
  ): boolean {
    const there = holder >= 0 && holder < this.size ? [...here, holder] : here;
    for (const p of away) {
      if (here.includes(this.image.parent[p]!)) return false;
      for (const q of there) {
        if (q !== holder && this.image.parent[q] === p) return false;
        const s = this.session[p]!;
        if (s >= 0 && s === this.session[q] && s !== held[0] && s !== shared) return false;
        for (let k = 0; k < this.image.kinds.length; k++) {
          const c = this.own(k, p);
          if (c !== NONE && c === this.own(k, q) && c !== held[k + 1]) return false;
        }
      }
    }
    return true;
  }

  protected pending(held: readonly number[], holder: Holder): number {
    if (holder === NOBODY) return NONE;
    const t = holder < this.size ? this.leads(holder) : holder - this.size;
    return t !== NONE && held[0] !== t ? t : NONE;
  }

  /** Who has the handlers of others is in their address space. */
  protected handlersFit(held: readonly number[]): boolean {
    const { kinds, classes } = this.image;
    const [h, v] = [kinds.indexOf('sighand'), kinds.indexOf('vm')];
    if (h < 0 || v < 0 || held[h + 1] === NONE) return true;
    // Of a zombie nobody knows where it was.
    const member = classes[h]!.findIndex((c, p) => c === held[h + 1] && classes[v]![p] !== -1);
    return member < 0 || held[v + 1] === this.own(v, member);
  }
}
