/**
 * Every kind of work that requests cause, in one table: on which threads it is done where it is large, how its size is
 * told, up to which size the main thread does it at once, and how it is done.
 *
 * The dispatcher and the worker threads read the same rows, so that a kind of work is written here and nowhere else.
 */

import type { Config, Limits } from '../config.ts';
import type { BirthOptions } from '../engine/births/given-births.ts';
import type { CriuRelease } from '../engine/handover/graft.ts';
import { explainLog, type LogExplanation } from '../engine/logs/explain-log.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import type { Phase } from '../engine/plan/planning.ts';
import type { Surroundings } from '../engine/requirements/surroundings.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import type { PlanRecord, TreeRecord } from '../store/store.ts';
import { treeFromBytes } from '../store/tree-bytes.ts';
import { birthAnalysisJson } from './birth-analysis-view.ts';
import { type GraftForm, graftView } from './graft-view.ts';
import { makePlan, makePlanWithin } from './make-plan.ts';
import { comparisonView, type PlanView, planView, type StepRange, type ViewedPlan } from './plan-view.ts';
import { type ContainerTree, type TreesTogether, treesTogether, treesWith } from './pod-trees.ts';
import { type JudgedPlan, preflightOfPlan } from './preflight-view.ts';
import { type ReadOutcome, readUpload } from './read-upload.ts';
import { addBirths, type BirthsAdded } from './record-births.ts';
import { infoOf } from './tree-record.ts';
import { type TreeView, treeView } from './tree-view.ts';
import { type Upload, uploadSize, type Wanted } from './upload.ts';

/** A tree as its record, and as itself where it is in memory anyway. */
export interface TreeAtHand {
  readonly record: Pick<TreeRecord, 'id' | 'info' | 'bytes'>;
  readonly tree?: ProcessTree;
}

export interface WorkContext {
  /** A phase begins. */
  readonly phase: (name: Phase) => void;
}

/** Up to which size work is done on the main thread, which answers nobody meanwhile. */
export type InlineLimits = Config['workers'];

interface Kind<Task, Result> {
  readonly threads: 'reading' | 'planning';
  /** In the unit of `inlineUpTo`; infinite while it is not known. */
  readonly size: (task: Task) => number;
  readonly inlineUpTo: (limits: InlineLimits) => number;
  readonly run: (task: Task, context: WorkContext) => Result | Promise<Result>;
  /**
   * How it is tried on the main thread, where `run` may take longer there than its size tells. Null: it does, and
   * another thread has to do it.
   */
  readonly attempt?: (task: Task) => Result | null;
  /** What of a result goes to another thread; all of it where this is left out. */
  readonly portable?: (result: Result) => Result;
}

export interface ReadTask {
  readonly upload: Upload;
  readonly wanted: Wanted;
  readonly limits: Limits;
  /** Directory of the image set that is wanted of an archive; null: the only one. */
  readonly set: string | null;
}
export interface BirthsTask {
  readonly upload: Upload;
  readonly treeAtHand: TreeAtHand;
  readonly limits: Limits;
}
export interface TogetherTask {
  readonly containers: readonly ContainerTree[];
}
export interface TreesWithTask {
  readonly records: readonly Pick<TreeRecord, 'info' | 'bytes'>[];
  readonly pids: readonly number[];
}
export interface LogTask {
  readonly text: string;
}
export interface PlanTask {
  /** Of the plan. */
  readonly id: string;
  readonly treeAtHand: TreeAtHand;
  /** Canonical. */
  readonly options: PlanOptions;
}
export interface ViewTask {
  readonly view: PlanView;
  readonly treeAtHand: TreeAtHand;
  readonly plan: ViewedPlan;
  readonly range?: StepRange;
}
export interface GraftTask {
  readonly treeAtHand: TreeAtHand;
  readonly plan: ViewedPlan;
  readonly criu: CriuRelease;
  readonly form: GraftForm;
}
export interface CompareTask {
  readonly a: ViewedPlan;
  readonly b: ViewedPlan;
}
export interface AnalyseTask {
  readonly treeAtHand: TreeAtHand;
  readonly options: BirthOptions;
}
export interface TreeViewTask {
  readonly view: TreeView;
  readonly treeAtHand: TreeAtHand;
  /** What the upload said beside the tree; null: nothing. */
  readonly surroundings: Surroundings | null;
}
export interface PreflightTask {
  readonly treeAtHand: TreeAtHand;
  readonly plan: ViewedPlan;
  /** JSON of what the target says, as it came. */
  readonly body: Uint8Array;
  readonly surroundings: Surroundings | null;
}

/** JSON: as bytes where another thread wrote it. A graft's records may be asked for as bytes. */
export type Json = string | Uint8Array;

export const WORK = {
  read: kind<ReadTask, ReadOutcome>({
    threads: 'reading',
    size: ({ upload }) => uploadSize(upload),
    inlineUpTo: ({ inlineMaxBytes }) => inlineMaxBytes,
    run: ({ upload, wanted, limits, set }) => readUpload(upload, wanted, limits, set),
    portable: (outcome) =>
      outcome.record
        ? {
            record: outcome.record,
            surroundings: outcome.surroundings,
            options: outcome.options,
            labels: outcome.labels,
          }
        : outcome,
  }),
  births: kind<BirthsTask, BirthsAdded>({
    threads: 'reading',
    // Bounds of unknown births take longer than their reading.
    size: ({ upload, treeAtHand }) => Math.max(uploadSize(upload), BOUNDS_BYTES * sizeOf(treeAtHand)),
    inlineUpTo: ({ inlineMaxBytes }) => inlineMaxBytes,
    run: ({ upload, treeAtHand, limits }) => addBirths(treeAtHand.record, upload, limits),
  }),
  treesTogether: kind<TogetherTask, TreesTogether[]>({
    threads: 'reading',
    size: ({ containers }) => sizesOf(containers.map(({ record }) => record)),
    inlineUpTo: ({ inlineMaxProcesses }) => inlineMaxProcesses,
    run: ({ containers }) => treesTogether(containers),
  }),
  treesWith: kind<TreesWithTask, number[]>({
    threads: 'reading',
    size: ({ records }) => sizesOf(records),
    inlineUpTo: ({ inlineMaxProcesses }) => inlineMaxProcesses,
    run: ({ records, pids }) => treesWith(records, pids),
  }),
  explainLog: kind<LogTask, LogExplanation>({
    threads: 'reading',
    size: ({ text }) => text.length,
    inlineUpTo: ({ inlineMaxBytes }) => inlineMaxBytes,
    run: ({ text }) => explainLog(text),
  }),
  plan: kind<PlanTask, PlanRecord>({
    threads: 'planning',
    size: ({ treeAtHand }) => sizeOf(treeAtHand),
    inlineUpTo: ({ inlineMaxProcesses }) => inlineMaxProcesses,
    // How long the searches of a tree take its size does not tell.
    attempt: ({ id, treeAtHand, options }) =>
      makePlanWithin(INLINE_WORK, id, treeIn(treeAtHand), treeAtHand.record, options),
    run: ({ id, treeAtHand, options }, { phase }) =>
      makePlan(id, treeIn(treeAtHand), treeAtHand.record, options, phase),
  }),
  view: kind<ViewTask, Json>({
    threads: 'planning',
    size: ({ treeAtHand }) => sizeOf(treeAtHand),
    inlineUpTo: ({ inlineMaxProcesses }) => inlineMaxProcesses,
    run: ({ view, treeAtHand, plan, range }) => planView(view, treeIn(treeAtHand), plan, range),
  }),
  graft: kind<GraftTask, Json>({
    threads: 'planning',
    // Planned anew where the plan uses CLONE_PARENT, and run through the model of CRIU a few times.
    size: ({ treeAtHand }) => sizeOf(treeAtHand),
    inlineUpTo: () => 0,
    run: ({ treeAtHand, plan, criu, form }) => graftView(treeIn(treeAtHand), plan, criu, form),
  }),
  preflight: kind<PreflightTask, JudgedPlan>({
    threads: 'planning',
    size: ({ treeAtHand, body }) => sizeOf(treeAtHand) + body.length / BODY_BYTES_A_PROCESS,
    inlineUpTo: ({ inlineMaxProcesses }) => inlineMaxProcesses,
    run: ({ treeAtHand, plan, body, surroundings }) =>
      preflightOfPlan(treeIn(treeAtHand), plan, body, surroundings),
  }),
  treeView: kind<TreeViewTask, Json>({
    threads: 'planning',
    size: ({ treeAtHand }) => sizeOf(treeAtHand),
    // Restorers: a model of each release, and where one fails a plan of full work and its graft.
    inlineUpTo: () => 0,
    run: ({ view, treeAtHand, surroundings }) => treeView(view, treeIn(treeAtHand), surroundings),
  }),
  compare: kind<CompareTask, Json>({
    threads: 'planning',
    size: ({ a, b }) => (a.steps.length + b.steps.length) / STEP_BYTES_A_PROCESS,
    inlineUpTo: ({ inlineMaxProcesses }) => inlineMaxProcesses,
    run: ({ a, b }) => comparisonView(a, b),
  }),
  analyse: kind<AnalyseTask, Json>({
    threads: 'planning',
    size: ({ treeAtHand }) => sizeOf(treeAtHand),
    // The search for histories is exponential in what is open.
    inlineUpTo: ({ inlineMaxProcesses }) => Math.min(inlineMaxProcesses, 8),
    run: ({ treeAtHand, options }) => birthAnalysisJson(treeIn(treeAtHand), options),
  }),
};

export type WorkName = keyof typeof WORK;
export type TaskOf<K extends WorkName> = Parameters<(typeof WORK)[K]['run']>[0];
export type ResultOf<K extends WorkName> = Awaited<ReturnType<(typeof WORK)[K]['run']>>;

/** For inference. */
function kind<Task, Result>(row: Kind<Task, Result>): Kind<Task, Result> {
  return row;
}

/** Some milliseconds (engine/plan/work-budget.ts). */
const INLINE_WORK = 200_000;
/** Bytes of events that are read in the time that the bounds of one process take. */
const BOUNDS_BYTES = 512;
/** Of what a target says: read and judged in the time that the preflight of one process takes. */
const BODY_BYTES_A_PROCESS = 64;
/** Of a plan's steps. */
const STEP_BYTES_A_PROCESS = 32;

function sizesOf(records: readonly Pick<TreeRecord, 'info'>[]): number {
  return records.reduce((sum, record) => sum + infoOf(record).processes, 0);
}

export function sizeOf({ record, tree }: TreeAtHand): number {
  return tree?.size ?? infoOf(record).processes;
}

function treeIn({ record, tree }: TreeAtHand): ProcessTree {
  return tree ?? treeFromBytes(record.bytes);
}
