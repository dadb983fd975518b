/** What the planner hands over for a tree: steps that nobody has verified yet, or why there are none. */

import type { HelperList } from '../plan/helper-list.ts';
import type { StepList } from '../plan/step-list.ts';
import type { BrokenRule } from './broken-rule.ts';

export interface Scheduled {
  readonly steps: StepList;
  readonly helpers: HelperList;
  /** 1: a process that adopts in the plan, other than an init. */
  readonly adopts: Uint8Array;
}

export type Draft =
  | (Scheduled & { readonly kind: 'steps' })
  | { readonly kind: 'rules'; readonly broken: readonly BrokenRule[] }
  /** Births contradict each other; a small conflict is to be looked for near these processes. */
  | { readonly kind: 'unreachable'; readonly processes: readonly number[]; readonly text?: string }
  /** Shared resources contradict each other, or the births. */
  | { readonly kind: 'sharing' }
  /** With processes that probably are what makes it hard, or impossible. */
  | {
      readonly kind: 'undecided';
      readonly reason: UndecidedReason;
      readonly suspects?: readonly number[];
    };

export type UndecidedReason =
  | 'work limit'
  | 'numbers'
  | 'creation cycle'
  | 'CLONE_PARENT'
  | 'births'
  | 'nested births'
  | 'born outside'
  | 'shared resources'
  | 'threads'
  | 'exit signals'
  | 'outside group'
  | 'first thread ended'
  | 'classes'
  | 'zombies'
  | 'not verified'
  | 'no such history'
  | 'history limit';
