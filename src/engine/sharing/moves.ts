/** Moves of the state search, and what is held where a move is made: data that a script of births is made of. */

/** Nothing is held in a slot; nobody. */
export const NONE = -1;

interface Done {
  readonly op: 'done';
}
export type Move =
  | Done
  /** q is born of whoever holds this place, with the classes in `held`. */
  | { readonly op: 'start'; readonly q: number; readonly held: Held; readonly next: Move }
  | { readonly op: 'setsid'; readonly next: Move }
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
export const DONE: Done = { op: 'done' };

export type Split = Extract<Move, { readonly op: 'split' }>;
/** A move with one that comes next. */
export type Step = Exclude<Move, Split | Done>;

/** Slots that these moves find held, and need; none where they begin with what the owner does. */
export function heldAtFirst(moves: Move): Held {
  let move = moves;
  while (move.op === 'setsid' || move.op === 'exec') move = move.next;
  return move.op === 'done' ? [] : move.held;
}

/**
 * Takes all moves in their order, parts of a split one after the other; nothing depends on the depth.
 * @param taken what is passed on from a move to the next: where that is made
 * @param parted what each part of a split begins with
 */
export function follow<P>(
  first: Move,
  start: P,
  taken: (move: Step, at: P) => P,
  parted: (split: Split, at: P) => readonly P[],
): void {
  const left = [{ move: first, at: start }];
  for (let next = left.pop(); next; next = left.pop()) {
    let { move, at } = next;
    while (move.op !== 'done' && move.op !== 'split') {
      at = taken(move, at);
      move = move.next;
    }
    if (move.op === 'done') continue;
    const { parts } = move;
    const starts = parted(move, at);
    for (let i = parts.length - 1; i >= 0; i--) left.push({ move: parts[i]!, at: starts[i]! });
  }
}
