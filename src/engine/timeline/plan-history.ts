/**
 * Plan history: what becomes of every process in the run of a plan, so that a step can be explained by what comes later.
 *
 * In: a tree and the steps of its verified plan. Out: one row a birth, the root first, creators before those they clone.
 * Invariant: rows are in the order of births; `needs[row]` is a row at or below `row` in the tree of births.
 * Cost: a run of the plan, and one write a child that an exit hands on.
 */

import { Kernel } from '../kernel/kernel.ts';
import { bootOf } from '../kernel/replay.ts';
import { SETSID, type StepList } from '../plan/step-list.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { type Effect, runStep } from './effects.ts';
import { firstNeeding, InheritedObjects, NEVER, NOBODY } from './inherited-objects.ts';

export interface PlanHistory {
  readonly rowOf: ReadonlyMap<number, number>;
  readonly pid: Int32Array;
  readonly creator: Int32Array;
  /** Step of the clone3; NEVER for the root. */
  readonly birth: Int32Array;
  /** Session at birth. */
  readonly birthSession: Int32Array;
  /** Step of its setsid, or NEVER. */
  readonly setsid: Int32Array;
  /** Step of the death by which it came to its last parent, or NEVER. */
  readonly adoption: Int32Array;
  /** 1: in the image. */
  readonly inImage: Uint8Array;
  /**
   * The first process, itself or born of it and of those born of it, for whose sake it has to be born into its birth
   * session: one of the image that stays in that session. NOBODY: any session would do.
   */
  readonly needs: Int32Array;
  /** By the step of an exit: who adopts its children, and the children. */
  readonly adoptions: ReadonlyMap<number, { readonly parent: number; readonly children: readonly number[] }>;
  /** By kind: as `needs`, the first for whose sake it has to be born with its creator's object. Null: nobody shares any. */
  readonly needsObject: readonly Int32Array[] | null;
}

/** @param see told of the effects of each step, in order */
export function planHistory(
  tree: ProcessTree,
  steps: StepList,
  see: (step: number, effects: readonly Effect[]) => void = () => {},
): PlanHistory {
  const births = 1 + steps.births();
  const column = (value = 0): Int32Array => new Int32Array(births).fill(value);
  const history = {
    rowOf: new Map<number, number>(),
    pid: column(),
    creator: column(NOBODY),
    birth: column(NEVER),
    birthSession: column(),
    setsid: column(NEVER),
    adoption: column(NEVER),
    inImage: new Uint8Array(births),
    adoptions: new Map<number, { parent: number; children: number[] }>(),
  };
  const objects = new InheritedObjects(births);

  const kernel = new Kernel({ ...bootOf(tree), births });
  let count = 0;
  const add = (pid: number, creator: number, birth: number, session: number): void => {
    history.rowOf.set(pid, count);
    history.pid[count] = pid;
    history.creator[count] = creator;
    history.birth[count] = birth;
    history.birthSession[count] = session;
    history.inImage[count] = tree.indexOf(pid) < 0 ? 0 : 1;
    count++;
  };
  const root = tree.pid[0]!;
  const { number, session } = kernel.state.processes;
  add(root, NOBODY, NEVER, number[session[kernel.state.find(root)]!]!);
  for (let i = 0; i < steps.length; i++) {
    const effects = runStep(kernel, steps, i);
    see(i, effects);
    for (const effect of effects) {
      if (effect.kind === 'born') add(effect.pid, history.rowOf.get(effect.creator) ?? NOBODY, i, effect.sid);
      objects.see(effect, history.rowOf.get(effect.pid)!, i);
      if (effect.kind !== 'adopted') continue;
      history.adoption[history.rowOf.get(effect.pid)!] = i;
      const event = history.adoptions.get(i);
      if (event) event.children.push(effect.pid);
      else history.adoptions.set(i, { parent: effect.parent, children: [effect.pid] });
    }
    const row = history.rowOf.get(steps.actor[i]!);
    if (row !== undefined && steps.op[i] === SETSID) history.setsid[row] = i;
  }
  const { inImage, setsid } = history;
  const needs = firstNeeding(
    history,
    setsid,
    () => true,
    (row) => inImage[row] === 1,
  );
  return { ...history, needs, needsObject: objects.needs(tree, history) };
}
