/**
 * Exit signals: births with another signal than SIGCHLD (inherit-only resources, 5.8).
 *
 * In: the tree and the steps of a plan. Out: the steps with an exit signal where the image has one; null, some process
 * with such a signal is adopted in this plan, or the creator that makes it with CLONE_PARENT has another one.
 * A process of the image may be born with such a signal for those whom it bears as its siblings, where it executes a program after that.
 * A process keeps the signal that it was born with while it is not adopted and does not call exec: with CLONE_PARENT it
 * is the creator's (C8), so a helper that bears it is a child of the same parent with that signal. Cost: O(steps).
 */
import { CLONE3, EXEC, PARENT, StepList, WAIT4 } from '../plan/step-list.ts';
import { type ProcessTree, parentPid } from '../tree/process-tree.ts';
import { SIGCHLD } from '../tree/sharing-columns.ts';

export function withExitSignals(tree: ProcessTree, steps: StepList): StepList | null {
  const wanted = tree.sharing?.exitSignal;
  if (!wanted) return steps;
  const signalOf = new Map<number, number>();
  /** Whose child each of them is from birth; helpers that bear them join while the births are looked at. */
  const parentOf = new Map<number, number>();
  for (let i = 0; i < tree.size; i++) {
    if (wanted[i] === SIGCHLD) continue;
    signalOf.set(tree.pid[i]!, wanted[i]!);
    parentOf.set(tree.pid[i]!, parentPid(tree, i));
  }
  const birthOf = new Map<number, number>();
  const execOf = new Map<number, number>();
  for (let i = 0; i < steps.length; i++) {
    if (steps.op[i] === CLONE3) birthOf.set(steps.object[i]!, i);
    if (steps.op[i] !== EXEC) continue;
    if (signalOf.has(steps.actor[i]!)) return null;
    if (!execOf.has(steps.actor[i]!)) execOf.set(steps.actor[i]!, i);
  }
  for (const [pid, parent] of parentOf) {
    const birth = birthOf.get(pid);
    if (birth === undefined) return null;
    const creator = steps.actor[birth]!;
    if ((steps.flags[birth]! & PARENT) === 0) {
      if (creator !== parent) return null;
      continue;
    }
    // A creator in the image has the signal that the image says, or executes a program later; a helper gets the one that is needed.
    const signal = signalOf.get(pid)!;
    const index = tree.indexOf(creator);
    const loses = (execOf.get(creator) ?? 0) > birth;
    const known = signalOf.get(creator) ?? (index >= 0 && !loses ? wanted[index]! : signal);
    if (known !== signal || (index >= 0 && parentPid(tree, index) !== parent)) return null;
    signalOf.set(creator, signal);
    if (!parentOf.has(creator)) parentOf.set(creator, parent);
  }
  // Whom a creator with such a signal makes as its sibling has it too.
  for (let i = 0; i < steps.length; i++) {
    if (steps.op[i] !== CLONE3 || (steps.flags[i]! & PARENT) === 0) continue;
    const index = tree.indexOf(steps.object[i]!);
    const isLost = (execOf.get(steps.actor[i]!) ?? i) < i;
    const signal = isLost ? SIGCHLD : (signalOf.get(steps.actor[i]!) ?? SIGCHLD);
    const born = signalOf.get(steps.object[i]!) ?? (index >= 0 ? wanted[index]! : signal);
    if (born !== signal && isNeverAdopted(tree, steps, i)) return null;
  }
  return rewritten(steps, signalOf);
}

/** Does the parent at birth stay the parent? An orphan's signal becomes SIGCHLD. */
function isNeverAdopted(tree: ProcessTree, steps: StepList, birth: number): boolean {
  const parent = parentPid(tree, tree.indexOf(steps.object[birth]!));
  for (let i = 0; i < steps.length; i++)
    if (steps.op[i] === WAIT4 && steps.object[i] === steps.actor[birth]) return steps.actor[i] === parent;
  return true;
}

function rewritten(steps: StepList, signalOf: ReadonlyMap<number, number>): StepList {
  const result = new StepList(steps.length + 1);
  for (let i = 0; i < steps.length; i++) {
    const signal = steps.op[i] === CLONE3 ? signalOf.get(steps.object[i]!) : undefined;
    if (signal === undefined || (steps.flags[i]! & PARENT) !== 0) result.copy(steps, i);
    else result.clone3(steps.actor[i]!, steps.object[i]!, steps.flags[i]!, steps.innerNumbers(i), signal);
  }
  return result;
}
