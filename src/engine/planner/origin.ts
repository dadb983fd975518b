/**
 * Origin: the tree of births (theory, section 2.1, O). What every schedule is made from.
 *
 * Elements are the processes 0 .. size − 1 and the dead leaders size + s. An element is born from its creator either
 * before or after that one's setsid; where the creator leads nothing there is only "after".
 * Invariant: the wanted parent of every process is a proper ancestor of it here, and every birth session fits.
 */

export const AFTER = 0;
export const BEFORE = 1;

export interface Origin {
  /** Creator of an element, −1 for the root and for ids that are no element. */
  readonly creator: Int32Array;
  /** AFTER or BEFORE the creator's setsid; in the bits above, which of the creator's changes of shared objects came before. */
  readonly phase: Uint8Array;
}
