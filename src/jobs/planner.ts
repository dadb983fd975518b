/** From uploads to plans (plan-queue.ts), and from plans to what is asked about them. */

import type { Config } from '../config.ts';
import type { CriuRelease } from '../engine/handover/graft.ts';
import type { LogExplanation } from '../engine/logs/explain-log.ts';
import type { Log, Surroundings } from '../engine/requirements/surroundings.ts';
import { Problem } from '../errors.ts';
import type { PlanRecord, Store, SurroundingsRecord, TreeRecord } from '../store/store.ts';
import { Dispatcher } from './dispatcher.ts';
import type { GraftForm } from './graft-view.ts';
import { outcomeOf, type PlanHead } from './make-plan.ts';
import { PlanQueue } from './plan-queue.ts';
import type { PlanView, StepRange } from './plan-view.ts';
import type { ContainerTree, TreesTogether } from './pod-trees.ts';
import type { JudgedPlan } from './preflight-view.ts';
import type { Labels } from './read-request.ts';
import type { BirthsAdded } from './record-births.ts';
import type { TreeView } from './tree-view.ts';
import type { Upload, Wanted } from './upload.ts';
import type { Json, TreeAtHand } from './work.ts';

export interface ReadUpload {
  /** Null where the body names a stored tree instead of bringing one. */
  readonly brought: TreeAtHand | null;
  /** What the upload says beside the tree; null: nothing. */
  readonly surroundings: SurroundingsRecord | null;
  readonly treeId: string;
  /** `options` of the body, unchecked; undefined where it has none. */
  readonly options: unknown;
  /** Of a line of a batch, unchecked; undefined where the request is none, or an image alone. */
  readonly labels: Labels | undefined;
  /** Where the image of an archive is none, and only its logs were wanted. */
  readonly logs?: readonly Log[];
  /** Why a line of a batch that says where it belongs has no tree. */
  readonly refused?: Problem;
}

export class Planner {
  private readonly store: Store;
  private readonly config: Config;
  private readonly dispatcher: Dispatcher;
  readonly queue: PlanQueue;

  constructor(store: Store, config: Config, dispatcher = new Dispatcher(config.workers)) {
    this.store = store;
    this.config = config;
    this.dispatcher = dispatcher;
    this.queue = new PlanQueue(store, config.workers, this.dispatcher);
  }

  /**
   * @param set directory of the image set that is wanted of an archive
   * @throws Problem saying what is wrong with the upload, QUEUE_FULL
   */
  async read(upload: Upload, wanted: Wanted, set: string | null = null): Promise<ReadUpload> {
    const { limits } = this.config;
    const outcome = await this.dispatcher.run('read', { upload, wanted, limits, set });
    const { options, labels } = outcome;
    const without = { brought: null, surroundings: null, treeId: '', options, labels };
    if ('refused' in outcome) return { ...without, refused: Problem.of(outcome.refused) };
    if ('logs' in outcome) return { ...without, logs: outcome.logs };
    if (outcome.record === null) return { ...without, treeId: outcome.treeId };
    const { record, surroundings } = outcome;
    return { brought: outcome, surroundings, treeId: record.id, options, labels };
  }

  /** What the text of a log says, for a person. */
  explainLog(text: string): Promise<LogExplanation> {
    return this.dispatcher.run('explainLog', { text });
  }

  /** Trees of a pod's containers that share a pid namespace, as one. */
  treesTogether(containers: readonly ContainerTree[]): Promise<readonly TreesTogether[]> {
    return this.dispatcher.run('treesTogether', { containers });
  }

  /** Places of the trees that have a process with one of the pids. */
  treesWith(
    records: readonly Pick<TreeRecord, 'info' | 'bytes'>[],
    pids: readonly number[],
  ): Promise<number[]> {
    return this.dispatcher.run('treesWith', { records, pids });
  }

  /**
   * A tree with the births that a record of events knows.
   * @throws Problem saying what is wrong with the events, QUEUE_FULL
   */
  addBirths(record: TreeRecord, upload: Upload): Promise<BirthsAdded> {
    const { limits } = this.config;
    return this.dispatcher.run('births', { treeAtHand: { record }, upload, limits });
  }

  /** The JSON of one view of a ready plan. */
  async view(plan: PlanRecord, view: PlanView, range?: StepRange): Promise<Json> {
    const treeAtHand = await this.treeOf(plan);
    return this.dispatcher.run('view', { view, treeAtHand, plan, ...(range && { range }) });
  }

  /** The JSON of what is told of a tree without a plan. */
  treeView(record: TreeRecord, view: TreeView, surroundings: Surroundings | null): Promise<Json> {
    return this.dispatcher.run('treeView', { view, treeAtHand: { record }, surroundings });
  }

  /** What makes an unpatched CRIU restore the tree of a plan: JSON, or pstree.img. */
  async graft(plan: PlanRecord, criu: CriuRelease, form: GraftForm): Promise<Json> {
    return this.dispatcher.run('graft', { treeAtHand: await this.treeOf(plan), plan, criu, form });
  }

  /** The JSON of the births of a plan. @param analysed with what is certain and what is open about those of its tree */
  async births(plan: PlanRecord, analysed: boolean): Promise<Json> {
    const births = await this.view(plan, 'births');
    return analysed ? withMember(births, 'analysis', await this.birthAnalysis(plan)) : births;
  }

  /**
   * A plan and what its tree asks for, held against a target.
   * @param body JSON of what the target says
   * @throws Problem PLAN_EMPTY where it has no steps; what is wrong with the body
   */
  async preflight(
    plan: PlanRecord,
    body: Uint8Array,
    surroundings: Surroundings | null,
  ): Promise<JudgedPlan> {
    if (outcomeOf(plan) !== 'restorable') {
      throw new Problem('PLAN_EMPTY', 'Only a restorable plan can be checked against a target.');
    }
    const treeAtHand = await this.treeOf(plan);
    return this.dispatcher.run('preflight', { treeAtHand, plan, body, surroundings });
  }

  /** The JSON of what is certain and what is open in the births of a plan's tree, under the plan's options. */
  private async birthAnalysis(plan: PlanRecord): Promise<Json> {
    const { options } = JSON.parse(plan.head) as PlanHead;
    return this.dispatcher.run('analyse', { treeAtHand: await this.treeOf(plan), options });
  }

  /** The JSON of two plans of one tree compared. */
  comparison(a: PlanRecord, b: PlanRecord): Promise<Json> {
    return this.dispatcher.run('compare', { a, b });
  }

  /** Gives back what was promised and is not ready, and ends the threads. */
  async close(): Promise<void> {
    await this.queue.close();
    await this.dispatcher.close();
  }

  private async treeOf({ treeId }: PlanRecord): Promise<TreeAtHand> {
    const record = await this.store.tree(treeId);
    if (!record) throw new Problem('TREE_NOT_FOUND', `The tree ${treeId} of this plan is gone.`);
    return { record };
  }
}

/** Both are texts of JSON; the second becomes the last member of the first, an object that has one. */
function withMember(object: Json, name: string, member: Json): Uint8Array {
  const whole = Buffer.from(object as string);
  return Buffer.concat([
    whole.subarray(0, -1),
    Buffer.from(`,"${name}":`),
    Buffer.from(member as string),
    Buffer.from('}'),
  ]);
}
