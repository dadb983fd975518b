/** Moves of the state search, and what is held where a move is made: data that a script of births is made of. */

/** Nothing is held in a slot. */
export const NONE = -1;
export type Move =
  | { readonly op: 'done' }
  /** q is born of whoever holds this place, with the classes in `held`. */
  | { readonly op: 'start'; readonly q: number; readonly held: Held; readonly next: Move }
  | { readonly op: 'setsid'; readonly session: number; readonly next: Move }
  /** A dead leader is born here and calls setsid. */
  | { readonly op: 'dead'; readonly session: number; readonly held: Held; readonly next: Move }
  /** A new object: the owner's, or, `owner` false, anybody's. */
  | {
      readonly op: 'open';
      readonly kind: number;
      readonly class: number;
      readonly owner: boolean;
      readonly held: Held;
      readonly next: Move;
    }
  | { readonly op: 'exec'; readonly next: Move }
  /** The owner's part comes last. */
  | { readonly op: 'split'; readonly parts: readonly Move[]; readonly held: Held };

/** Session, then by place in `kinds` a class. */
export type Held = readonly number[];

export function withSlot(held: Held, slot: number, value: number): Held {
  const result = [...held];
  result[slot] = value;
  return result;
}

/** Everybody has been placed. */
export const DONE: Move = { op: 'done' };
