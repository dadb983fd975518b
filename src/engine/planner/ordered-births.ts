/**
 * Births that somebody proposes, dead leaders among them, in an order: whoever plans them may take others (sharing, 6.3).
 *
 * Keys are level-0 numbers of processes and of dead session leaders, so that every room can read them with its own indexes;
 * negative ones are helpers that only hold what is shared. A creator comes before who is born of it.
 */

export interface OrderedBirth {
  /** Number of the creator. */
  readonly by: number;
  /** Before the creator's setsid? */
  readonly before: boolean;
  /** Who is born earlier, or calls setsid earlier, has the smaller one. */
  readonly rank: number;
  /** When it calls setsid itself, Infinity where that may come last. */
  readonly leadsAt: number;
  /**
   * By row: which object of its creator it has from birth, −1 for none. Of those whom one creator bears, who has an
   * earlier one of a row is born before who has a later one.
   */
  readonly eras: readonly number[];
  /** Of the carriers that its creator may need, which bears it; −1: any, and births may be moved to others for fewer helpers. */
  readonly carrier: number;
}

export type OrderedBirths = ReadonlyMap<number, OrderedBirth>;

/** By element of the origin: when it is born, and when it calls setsid; the smaller comes first. */
export interface BirthTimes {
  readonly born: Float64Array;
  readonly leads: Float64Array;
  /** By row, then by element: of the children of one creator who has the smaller one is born first; −1: whenever it may be. */
  readonly eras: readonly Int32Array[];
  /** By element: which of the carriers of its creator bears it. Null: any, and births may be moved. */
  readonly carrier: Int32Array | null;
}
