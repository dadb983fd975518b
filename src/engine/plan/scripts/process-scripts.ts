/**
 * Process scripts: the same plan a process at a time, with what each step has to wait for in other processes.
 *
 * In: the pid of the root and the steps of a plan. Out: the scripts of all processes in the order of their births, the
 * root first; of each step the steps of others that it waits for; the length of the longest chain of waiting.
 * Invariant: any order that keeps each script's order and every wait rebuilds the same tree.
 * Waits that follow from others are left out, as far as a short search shows it (SEARCH steps back): none is missing,
 * in rare plans one may be more than needed.
 * Cost: that of step-dependencies.ts, and O(1) a dependency.
 */

import { memberRows } from '../../tree/adjacency.ts';
import { larger } from '../../tree/larger-columns.ts';
import { CLONE3, type StepList } from '../step-list.ts';
import { stepDependencies } from './step-dependencies.ts';

export interface ProcessScripts {
  /** Pid of each script; a number that is born twice has two scripts. */
  readonly pid: Int32Array;
  /** Script i has the steps `step[stepOffset[i] .. stepOffset[i + 1]]`. */
  readonly stepOffset: Int32Array;
  readonly step: Int32Array;
  /** Step i waits for the steps `after[afterOffset[i] .. afterOffset[i + 1]]` of others, ascending. */
  readonly afterOffset: Int32Array;
  readonly after: Int32Array;
  /** Steps of the longest chain: how many turns the plan takes if nobody waits without need. */
  readonly criticalPath: number;
}

const SEARCH = 128;

export function processScripts(rootPid: number, steps: StepList): ProcessScripts {
  const { script, pid } = scriptOfEachStep(rootPid, steps);
  const previous = previousOwnSteps(script, pid.length);
  const waits = new WaitReduction(script, previous, steps.length);
  stepDependencies(rootPid, steps, (step, earlier) => waits.add(step, earlier));
  const { offset, after } = waits.finish();
  const own = memberRows(pid.length, script);
  return {
    pid,
    stepOffset: own.offset,
    step: own.items,
    afterOffset: offset,
    after,
    criticalPath: longestChain(previous, offset, after),
  };
}

function scriptOfEachStep(rootPid: number, steps: StepList): { script: Int32Array; pid: Int32Array } {
  const script = new Int32Array(steps.length);
  const pids = [rootPid];
  const current = new Map([[rootPid, 0]]);
  for (let i = 0; i < steps.length; i++) {
    const actor = steps.actor[i]!;
    let own = current.get(actor);
    if (own === undefined) {
      // The restorer outside: it acts without having been born.
      own = pids.push(actor) - 1;
      current.set(actor, own);
    }
    script[i] = own;
    if (steps.op[i] === CLONE3) current.set(steps.object[i]!, pids.push(steps.object[i]!) - 1);
  }
  return { script, pid: Int32Array.from(pids) };
}

function previousOwnSteps(script: Int32Array, scripts: number): Int32Array {
  const last = new Int32Array(scripts).fill(-1);
  return script.map((own, step) => {
    const before = last[own]!;
    last[own] = step;
    return before;
  });
}

/** Takes dependencies step by step, in ascending order of the steps, and keeps those that say something new. */
class WaitReduction {
  private readonly script: Int32Array;
  private readonly previous: Int32Array;
  private readonly offset: Int32Array;
  private after = new Int32Array(256);
  private used = 0;
  private step = 0;
  private candidates: number[] = [];

  constructor(script: Int32Array, previous: Int32Array, steps: number) {
    this.script = script;
    this.previous = previous;
    this.offset = new Int32Array(steps + 1);
  }

  add(step: number, earlier: number): void {
    while (this.step < step) this.close();
    if (this.script[earlier] !== this.script[step]) this.candidates.push(earlier);
  }

  finish(): { offset: Int32Array; after: Int32Array } {
    while (this.step < this.script.length) this.close();
    return { offset: this.offset, after: this.after.slice(0, this.used) };
  }

  private close(): void {
    const kept = this.reduced();
    for (const earlier of kept) this.push(earlier);
    this.step++;
    this.offset[this.step] = this.used;
    this.candidates = [];
  }

  private reduced(): number[] {
    if (this.candidates.length === 0) return this.candidates;
    const latest = new Map<number, number>();
    for (const earlier of this.candidates) {
      const own = this.script[earlier]!;
      if (earlier > (latest.get(own) ?? -1)) latest.set(own, earlier);
    }
    const waits = [...latest.values()].sort((a, b) => a - b);
    return waits.filter((earlier, i) => !this.follows(earlier, waits.slice(i + 1)));
  }

  /** Does waiting for `others`, or the own step before, imply `wanted`? False where a short search does not tell. */
  private follows(wanted: number, others: number[]): boolean {
    const open = [...others, this.previous[this.step]!];
    for (let searched = 0; open.length > 0 && searched < SEARCH; searched++) {
      const at = open.pop()!;
      if (at === wanted) return true;
      if (at < wanted) continue;
      open.push(this.previous[at]!);
      for (let i = this.offset[at]!; i < this.offset[at + 1]!; i++) open.push(this.after[i]!);
    }
    return false;
  }

  private push(earlier: number): void {
    if (this.used === this.after.length) this.after = larger(this.after, this.used * 2);
    this.after[this.used++] = earlier;
  }
}

function longestChain(previous: Int32Array, offset: Int32Array, after: Int32Array): number {
  const turn = new Int32Array(previous.length);
  let longest = 0;
  for (let step = 0; step < turn.length; step++) {
    let before = previous[step]! < 0 ? 0 : turn[previous[step]!]!;
    for (let i = offset[step]!; i < offset[step + 1]!; i++) before = Math.max(before, turn[after[i]!]!);
    turn[step] = before + 1;
    longest = Math.max(longest, before + 1);
  }
  return longest;
}
