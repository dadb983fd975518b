/**
 * The finishing script of a graft: what is left of a plan when CRIU has restored its records.
 *
 * In: the plan's steps, the fullest tree with its cut and cast, and the simulated kernel as CRIU leaves it, on which the
 * script is carried out while it is written. Out: the script; null where a step of it is refused.
 * Group moves behind the cut and deaths come as in the plan. Flags are the image's from the start: one is changed only
 * where an orphan would fall to somebody else, and changed back at the end.
 * Cost: O(steps), O(log n) a death for its adopter.
 */

import type { Kernel } from '../kernel/kernel.ts';
import { SUBREAPER, ZOMBIE as ZOMBIE_STATE } from '../kernel/process-table.ts';
import { deathOf, EXIT, SETPGID, type StepList, WAIT4 } from '../plan/step-list.ts';
import { type ProcessTree, rootIsInit } from '../tree/process-tree.ts';
import { CARRIER } from './cast-carriers.ts';
import { type FullestTree, NOBODY } from './fullest-tree.ts';
import type { FinishExit, FinishStep } from './graft.ts';

const SIGKILL = 9;

export function finishingScript(
  tree: ProcessTree,
  steps: StepList,
  fullest: FullestTree,
  as: Uint8Array,
  kernel: Kernel,
): FinishStep[] | null {
  return new ScriptWriter(tree, steps, fullest, as, kernel).write();
}

class ScriptWriter {
  private readonly tree: ProcessTree;
  private readonly steps: StepList;
  private readonly fullest: FullestTree;
  private readonly as: Uint8Array;
  private readonly kernel: Kernel;
  private readonly script: FinishStep[] = [];
  /** Flags that are not the image's for the moment, by pid. */
  private readonly changed = new Map<number, boolean>();

  constructor(tree: ProcessTree, steps: StepList, fullest: FullestTree, as: Uint8Array, kernel: Kernel) {
    this.tree = tree;
    this.steps = steps;
    this.fullest = fullest;
    this.as = as;
    this.kernel = kernel;
  }

  write(): FinishStep[] | null {
    const { steps, fullest, as, script, kernel } = this;
    for (let i = 0; i < steps.length; i++) {
      const actor = fullest.indexOf(steps.actor[i]!);
      const pid = steps.actor[i]!;
      if (steps.op[i] === SETPGID && i >= fullest.cut) {
        const target = steps.object[i]!;
        const pgid = steps.value[i]!;
        if (kernel.setpgid(pid, target, pgid) !== 0) return null;
        script.push({ op: 'setpgid', pid, target, pgid });
      } else if (steps.op[i] === EXIT && as[actor] === CARRIER) {
        if (!this.exit(actor, i)) return null;
      } else if (steps.op[i] === WAIT4) {
        const child = fullest.indexOf(steps.object[i]!);
        if (as[child] !== CARRIER || kernel.state.find(steps.object[i]!) === 0) continue;
        if (kernel.wait4(pid, steps.object[i]!) !== 0) return null;
        script.push({ op: 'wait4', pid, child: steps.object[i]! });
      }
    }
    for (const [pid, on] of this.changed) this.setFlag(pid, !on);
    return script;
  }

  private exit(player: number, step: number): boolean {
    const { kernel, fullest, tree } = this;
    const { processes } = kernel.state;
    const pid = fullest.pid[player]!;
    const row = kernel.state.find(pid);
    const hasChildren = processes.firstChild[row] !== 0;
    if (hasChildren && fullest.target[player] !== NOBODY && !this.handOver(pid, fullest.target[player]!)) {
      return false;
    }
    const parent = processes.number[processes.parent[row]!]!;
    const adopter = hasChildren ? kernel.adopterOf(pid) : 0;
    const played = player < tree.size;
    const reapedNext = this.reapedNext(step);
    const zombieFalls = adopter === parent && this.hasZombieChild(row);
    const death: FinishExit = {
      op: 'exit',
      pid,
      ...(played ? deathOf(tree.exitStatus[player]!) : { signal: SIGKILL }),
      parent,
      reap: played || !reapedNext ? 'zombie' : zombieFalls ? 'wait' : 'ignore',
      ...(adopter > 0 && { adopter }),
    };
    if (kernel.exit(pid, played ? tree.exitStatus[player]! : SIGKILL) !== 0) return false;
    if (death.reap !== 'zombie' && kernel.wait4(parent, pid) !== 0) return false;
    this.script.push(death);
    return true;
  }

  /** Does the plan reap whoever exits at this step in the step after it? */
  private reapedNext(step: number): boolean {
    const { op, object, actor, length } = this.steps;
    return step + 1 < length && op[step + 1] === WAIT4 && object[step + 1] === actor[step];
  }

  private hasZombieChild(row: number): boolean {
    const { firstChild, nextSibling, state } = this.kernel.state.processes;
    for (let child = firstChild[row]!; child !== 0; child = nextSibling[child]!) {
      if (state[child] === ZOMBIE_STATE) return true;
    }
    return false;
  }

  /** Sets flags until the children of `pid` would fall to the player `target`. */
  private handOver(pid: number, target: number): boolean {
    const { kernel, tree, fullest } = this;
    const wanted = target < 0 ? 0 : fullest.pid[target]!;
    const byDefault = target < 0 || (target === 0 && rootIsInit(tree));
    if (!byDefault && !this.flag(wanted)) this.setFlag(wanted, true);
    for (let now = kernel.adopterOf(pid); now !== wanted; now = kernel.adopterOf(pid)) {
      if (now === 0 || !this.flag(now)) return false;
      this.setFlag(now, false);
    }
    return true;
  }

  private flag(pid: number): boolean {
    const { state } = this.kernel;
    return (state.processes.flags[state.find(pid)]! & SUBREAPER) !== 0;
  }

  private setFlag(pid: number, on: boolean): void {
    this.kernel.setSubreaper(pid, on);
    this.script.push({ op: 'prctl', pid, option: 'PR_SET_CHILD_SUBREAPER', value: on ? 1 : 0 });
    if (!this.changed.delete(pid)) this.changed.set(pid, on);
  }
}
