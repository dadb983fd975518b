/**
 * Inherited objects: for whose sake a process has to be born with a kernel object of its creator's.
 *
 * In: the effects of a plan's run, each with the row of the process that it is about; rows are in the order of births.
 * Out: by kind and row the first process, itself or born of it and of those born of it, that is in the image and keeps the
 * object; a zombie keeps none but its signal handlers (K6). Cost: O(births) a kind, nothing where nobody shares.
 */

import { ALIVE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { KINDS, SIGHAND } from '../tree/sharing-columns.ts';
import type { Effect } from './effects.ts';
import { NEVER, NOBODY } from './no-row.ts';

interface Births {
  readonly pid: Int32Array;
  readonly creator: Int32Array;
  /** Step of the clone3. */
  readonly birth: Int32Array;
  readonly inImage: Uint8Array;
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

  /** Null: nobody shares any. */
  needs(tree: ProcessTree, births: Births): Int32Array[] | null {
    return this.left?.map((left, kind) => this.needsOf(tree, births, left, kind)) ?? null;
  }

  private needsOf(
    tree: ProcessTree,
    { pid, creator, birth, inImage }: Births,
    left: Int32Array,
    kind: number,
  ): Int32Array {
    const needs = new Int32Array(pid.length).fill(NOBODY);
    for (let row = needs.length - 1; row > 0; row--) {
      if ((this.inherits[row]! & (1 << kind)) === 0) continue;
      const stays = left[row] === NEVER && inImage[row] === 1;
      if (stays && (kind === SIGHAND || tree.state[tree.indexOf(pid[row]!)] === ALIVE)) needs[row] = row;
      const above = creator[row]!;
      if (above === NOBODY || needs[row] === NOBODY) continue;
      if (left[above] === NEVER || birth[row]! < left[above]!) needs[above] = needs[row]!;
    }
    return needs;
  }
}
