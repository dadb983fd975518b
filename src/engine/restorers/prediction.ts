/** What a restorer does with a tree, told without running it. */

/** `unsound`: it succeeds, and what is there afterwards is not the tree, or lacks something without a word. */
export const OUTCOMES = ['restores', 'differs', 'refuses', 'hangs', 'unsound'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Prediction {
  readonly outcome: Outcome;
  /** The line of the restorer's log that says so, without file and line; null where it says nothing. */
  readonly message: string | null;
  /** Whom the message, or the difference, is about. */
  readonly pids: readonly number[];
  /** The restore comes to its end most of the time, and hangs now and then while it waits for these. */
  readonly mayHangFor?: readonly number[];
}
