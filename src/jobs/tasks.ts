/** What goes to a worker thread and what comes back: bytes and small objects, never trees or plans as objects. */

import type { MessagePort } from 'node:worker_threads';
import type { Limits } from '../config.ts';
import type { BirthOptions } from '../engine/births/given-births.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import type { Fault, ProblemCode } from '../errors.ts';
import type { UploadPart } from '../formats/read-tree.ts';
import type { TreeRecord } from '../store/store.ts';
import type { PlanView, StepRange, ViewedPlan } from './plan-view.ts';
import type { BirthsAdded } from './record-births.ts';
import type { Wanted } from './upload.ts';

export interface ReadTask {
  readonly do: 'read';
  readonly upload: UploadMessage;
  readonly wanted: Wanted;
  readonly limits: Limits;
}

/** An upload on its way; `rest` gives the bytes after the head (byte-channel.ts). */
export type UploadMessage =
  | {
      readonly contentType: string | undefined;
      readonly head: Uint8Array;
      readonly rest: MessagePort | null;
    }
  | { readonly parts: readonly UploadPart[] };

export interface PlanTask {
  readonly do: 'plan';
  readonly treeId: string;
  readonly tree: Uint8Array;
  /** Canonical. */
  readonly options: PlanOptions;
  /** Gets the name of each phase as it begins. */
  readonly progress: MessagePort;
}

export interface ViewTask {
  readonly do: 'view';
  readonly view: PlanView;
  readonly tree: Uint8Array;
  readonly plan: ViewedPlan;
  readonly range?: StepRange;
}

export interface CompareTask {
  readonly do: 'compare';
  readonly a: ViewedPlan;
  readonly b: ViewedPlan;
}

export interface AnalyseTask {
  readonly do: 'analyse';
  readonly tree: Uint8Array;
  readonly options: BirthOptions;
}

export interface BirthsTask {
  readonly do: 'births';
  readonly upload: UploadMessage;
  readonly tree: Pick<TreeRecord, 'bytes' | 'info'>;
  readonly limits: Limits;
}

export type Task = ReadTask | PlanTask | ViewTask | CompareTask | AnalyseTask | BirthsTask;

export interface ReadAnswer {
  readonly of: 'read';
  /** Null where the body names a stored tree instead of bringing one. */
  readonly tree: TreeRecord | null;
  readonly treeId: string;
  /** `options` of the body, unchecked. */
  readonly options: unknown;
}

export interface PlanAnswer {
  readonly of: 'plan';
  readonly id: string;
  readonly head: string;
  readonly steps: Uint8Array;
}

export interface ViewAnswer {
  readonly of: 'view';
  readonly json: Uint8Array;
}

export interface CompareAnswer {
  readonly of: 'compare';
  readonly json: Uint8Array;
}

export interface AnalyseAnswer {
  readonly of: 'analyse';
  readonly json: Uint8Array;
}

export interface BirthsAnswer extends BirthsAdded {
  readonly of: 'births';
}

/** An error by value: classes do not survive the way between threads. */
export interface ProblemAnswer {
  readonly of: 'problem';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly Fault[];
  readonly total: number;
}

export type Answer =
  | ReadAnswer
  | PlanAnswer
  | ViewAnswer
  | CompareAnswer
  | AnalyseAnswer
  | BirthsAnswer
  | ProblemAnswer;
