/**
 * What is inherited: for whose sake a process has to be born with its creator's session, or with a kernel object of its.
 *
 * In: the births of a plan's run, rows in their order, and when who leaves what it was born with. Out: by row the first
 * process, itself or born of it and of those born of it, that is in the image and keeps it; a zombie keeps its session
 * and its signal handlers (K6). Cost: O(births), for objects a kind; nothing where nobody shares.
 */

import { ALIVE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { KINDS, SIGHAND } from '../tree/sharing-columns.ts';
import type { Effect } from './effects.ts';

/** In a column of steps: there is none. In a column of rows: nobody. */
export const NEVER = -1;
export const NOBODY = -1;

interface Births {
  readonly pid: Int32Array;
  readonly creator: Int32Array;
  /** Step of the clone3. */
  readonly birth: Int32Array;
  readonly inImage: Uint8Array;
}

/** @param left the step at which a row leaves what it was born with, or NEVER */
export function firstNeeding(
  { creator, birth }: Births,
  left: Int32Array,
  isInherited: (row: number) => boolean,
  isKept: (row: number) => boolean,
): Int32Array {
  const needs = new Int32Array(left.length).fill(NOBODY);
  for (let row = needs.length - 1; row >= 0; row--) {
    if (!isInherited(row)) continue;
    if (left[row] === NEVER && isKept(row)) needs[row] = row;
    const above = creator[row]!;
    if (above === NOBODY || needs[row] === NOBODY) continue;
    if (left[above] === NEVER || birth[row]! < left[above]!) needs[above] = needs[row]!;
  }
  return needs;
}

export class InheritedObjects {
  /** By row the kinds of which it has its creator's object from birth on: a bit a place of `KINDS`. */
  private readonly inherits: Uint8Array;
  /** By kind and row the step at which it leaves the object it was born with, or NEVER. */
  private left: Int32Array[] | null = null;

  constructor(births: number) {
    this.inherits = new Uint8Array(births);
  }

  see(effect: Effect, row: number, step: number): void {
    if (effect.kind !== 'shares' && effect.kind !== 'leaves') return;
    this.left ??= KINDS.map(() => new Int32Array(this.inherits.length).fill(NEVER));
    for (const name of effect.resources) {
      const kind = KINDS.indexOf(name);
      const left = this.left[kind]!;
      if (effect.kind === 'shares') this.inherits[row]! |= 1 << kind;
      else if (left[row] === NEVER) left[row] = step;
    }
  }

  /** By kind. Null: nobody shares any. */
  needs(tree: ProcessTree, births: Births): Int32Array[] | null {
    const { pid, inImage } = births;
    const isAlive = (row: number): boolean => tree.state[tree.indexOf(pid[row]!)] === ALIVE;
    const needsOf = (left: Int32Array, kind: number): Int32Array =>
      firstNeeding(
        births,
        left,
        (row) => (this.inherits[row]! & (1 << kind)) !== 0,
        (row) => inImage[row] === 1 && (kind === SIGHAND || isAlive(row)),
      );
    return this.left?.map(needsOf) ?? null;
  }
}
