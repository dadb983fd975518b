/**
 * Step reasons: why a plan has a step, and why there, as data. The words are in reason-words.ts.
 *
 * In: the history of a plan's run. Out: for a step the facts of the image, or of later steps, that ask for it.
 * Cost: O(1) a step, but for the next adoption of a flagged process, which is found by bisection.
 */

import { HELPER_ROLES, type HelperList, type HelperRole } from '../plan/helper-list.ts';
import {
  CLONE3,
  EXIT,
  NEWPID,
  PARENT,
  PRCTL,
  SETNS,
  SETPGID,
  SETSID,
  type StepList,
  UNSHARE,
  WAIT4,
} from '../plan/step-list.ts';
import { FLAG_ON } from '../tree/process-columns.ts';
import { type ProcessTree, parentPid } from '../tree/process-tree.ts';
import type { Effect } from './effects.ts';
import { NEVER, NOBODY } from './inherited-objects.ts';
import type { PlanHistory } from './plan-history.ts';
import { type SharingReason, sharingReasons } from './sharing-reasons.ts';

export type Reason =
  | {
      readonly why: 'helper';
      readonly pid: number;
      readonly role: HelperRole;
      readonly serves: readonly number[];
    }
  /** `needs` can only inherit `session`, which the creator leaves at step `before`, or leads or is in. */
  | {
      readonly why: 'session at birth';
      readonly pid: number;
      readonly creator: number;
      readonly session: number;
      readonly needs: number;
      readonly before: number | null;
      readonly after: number | null;
    }
  | { readonly why: 'any session'; readonly pid: number; readonly setsid: number | null }
  | { readonly why: 'parent'; readonly pid: number; readonly parent: number }
  | { readonly why: 'sibling'; readonly pid: number; readonly creator: number; readonly parent: number }
  | { readonly why: 'falls'; readonly pid: number; readonly parent: number; readonly step: number }
  | { readonly why: 'namespace init'; readonly pid: number }
  | { readonly why: 'leads session'; readonly pid: number; readonly inImage: boolean }
  | { readonly why: 'group'; readonly pid: number; readonly pgid: number; readonly final: boolean }
  | {
      readonly why: 'adopts';
      readonly pid: number;
      readonly children: readonly number[];
      readonly step: number;
    }
  | { readonly why: 'flag of image'; readonly pid: number; readonly on: boolean }
  | { readonly why: 'passes by'; readonly pid: number; readonly parent: number; readonly step: number }
  | {
      readonly why: 'hands on';
      readonly pid: number;
      readonly parent: number;
      readonly children: readonly number[];
    }
  | { readonly why: 'work done'; readonly pid: number }
  | { readonly why: 'zombie of image'; readonly pid: number }
  | { readonly why: 'reaps'; readonly pid: number; readonly child: number }
  | { readonly why: 'enters'; readonly pid: number; readonly target: number }
  | { readonly why: 'makes namespace'; readonly pid: number }
  | SharingReason;

export class StepReasons {
  private readonly tree: ProcessTree;
  private readonly steps: StepList;
  private readonly helpers: HelperList;
  private readonly history: PlanHistory;
  private readonly helperOf = new Map<number, number>();
  /** The steps whose orphans find a new parent, in order. */
  private readonly adoptionSteps: Int32Array;

  constructor(tree: ProcessTree, steps: StepList, helpers: HelperList, history: PlanHistory) {
    this.tree = tree;
    this.steps = steps;
    this.helpers = helpers;
    this.history = history;
    for (let i = 0; i < helpers.length; i++) this.helperOf.set(helpers.pid[i]!, i);
    this.adoptionSteps = Int32Array.from(history.adoptions.keys());
  }

  /** The most important one first. @param effects what the step changes */
  of(i: number, effects: readonly Effect[]): Reason[] {
    return [...this.ofCall(i), ...sharingReasons(this.tree, this.steps, i, effects, this.history)];
  }

  private ofCall(i: number): Reason[] {
    const { steps } = this;
    const pid = steps.actor[i]!;
    switch (steps.op[i]) {
      case CLONE3:
        return this.ofBirth(i);
      case SETSID:
        return [{ why: 'leads session', pid, inImage: this.tree.indexOf(pid) >= 0 }];
      case SETPGID: {
        const target = steps.object[i]! || pid;
        const index = this.tree.indexOf(target);
        const pgid = steps.value[i]!;
        return [{ why: 'group', pid: target, pgid, final: index >= 0 && this.tree.pgid[index] === pgid }];
      }
      case PRCTL:
        return [this.ofFlag(i, pid, steps.value[i] !== 0)];
      case EXIT:
        return this.ofExit(i, pid);
      case SETNS:
        return [{ why: 'enters', pid, target: steps.object[i]! }];
      case WAIT4:
        return [{ why: 'reaps', pid, child: steps.object[i]! }];
      case UNSHARE:
        return steps.flags[i]! & NEWPID ? [{ why: 'makes namespace', pid }] : [];
      default:
        return [];
    }
  }

  private ofBirth(i: number): Reason[] {
    const { steps, history, tree } = this;
    const pid = steps.object[i]!;
    const creator = steps.actor[i]!;
    const row = history.rowOf.get(pid)!;
    const reasons: Reason[] = [];

    const helper = this.helperOf.get(pid);
    if (helper !== undefined) {
      const { role, servedOffset, served } = this.helpers;
      reasons.push({
        why: 'helper',
        pid,
        role: HELPER_ROLES[role[helper]!]!,
        serves: [...served.subarray(servedOffset[helper], servedOffset[helper + 1])],
      });
    }
    if (steps.flags[i]! & NEWPID) reasons.push({ why: 'namespace init', pid });

    const needs = history.needs[row]!;
    if (needs === NOBODY) {
      const setsid = history.setsid[row]!;
      reasons.push({ why: 'any session', pid, setsid: setsid === NEVER ? null : setsid });
    } else {
      const above = history.creator[row]!;
      const setsid = above === NOBODY ? NEVER : history.setsid[above]!;
      reasons.push({
        why: 'session at birth',
        pid,
        creator,
        session: history.birthSession[row]!,
        needs: history.pid[needs]!,
        before: setsid > i ? setsid : null,
        after: setsid !== NEVER && setsid < i ? setsid : null,
      });
    }

    const index = tree.indexOf(pid);
    if (index < 0) return reasons;
    const parent = parentPid(tree, index);
    const adoption = history.adoption[row]!;
    if (adoption !== NEVER) reasons.push({ why: 'falls', pid, parent, step: adoption });
    else if (steps.flags[i]! & PARENT) reasons.push({ why: 'sibling', pid, creator, parent });
    else reasons.push({ why: 'parent', pid, parent });
    return reasons;
  }

  private ofFlag(i: number, pid: number, on: boolean): Reason {
    const step = this.nextAdoption(i);
    const adoption = step === NEVER ? undefined : this.history.adoptions.get(step)!;
    if (on && adoption?.parent === pid) {
      return { why: 'adopts', pid, children: adoption.children.slice(0, LISTED), step };
    }
    if (!on && adoption) return { why: 'passes by', pid, parent: adoption.parent, step };
    const index = this.tree.indexOf(pid);
    return { why: 'flag of image', pid, on: index >= 0 ? this.tree.subreaper[index] === FLAG_ON || on : on };
  }

  private ofExit(i: number, pid: number): Reason[] {
    if (this.tree.indexOf(pid) >= 0) return [{ why: 'zombie of image', pid }];
    const adoption = this.history.adoptions.get(i);
    if (!adoption) return [{ why: 'work done', pid }];
    return [{ why: 'hands on', pid, parent: adoption.parent, children: adoption.children.slice(0, LISTED) }];
  }

  /** The first death after step `i` that leaves orphans. */
  private nextAdoption(i: number): number {
    const { adoptionSteps } = this;
    let [low, high] = [0, adoptionSteps.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (adoptionSteps[middle]! > i) high = middle;
      else low = middle + 1;
    }
    return adoptionSteps[low] ?? NEVER;
  }
}

/** So many processes are named. */
const LISTED = 12;
