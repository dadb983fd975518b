/**
 * The library: a tree image in, a plan out, without a server. `import { planImage } from 'regraft'`.
 *
 * The planning is the service's own: the same engine, the same readers, the same answers, and no I/O. It runs on the
 * calling thread: some milliseconds for a hundred processes, seconds for a million.
 */

import type { Diagnostic } from './engine/answer-types/diagnostic.ts';
import { type Helper, helperAt } from './engine/plan/helper-list.ts';
import { DEFAULT_OPTIONS, type PlanOptions } from './engine/plan/plan-options.ts';
import type { Outcome, PlanSummary, Verification } from './engine/plan/planning.ts';
import type { Step } from './engine/plan/step.ts';
import { planRestore } from './engine/plan-restore.ts';
import { readTreeValue } from './formats/json/tree-json.ts';
import { ReadError, type ReadFault } from './formats/read-error.ts';
import { DEFAULT_READ_LIMITS } from './formats/read-limits.ts';
import { loadTree, type ReadResult, readTree } from './formats/read-tree.ts';
import type { TreeImage } from './formats/tree-image-schema.ts';
import { sniffForm } from './formats/upload-form.ts';

export type {
  Diagnostic,
  Helper,
  Outcome,
  PlanOptions,
  PlanSummary,
  ReadFault,
  Step,
  TreeImage,
  Verification,
};

/** What `POST /v1/plans` answers, as values. */
export interface ImagePlan {
  readonly outcome: Outcome;
  /** Empty unless restorable. They run strictly in order. */
  readonly steps: readonly Step[];
  /** The processes of the plan that the image does not have. */
  readonly helpers: readonly Helper[];
  readonly diagnostics: readonly Diagnostic[];
  /** Who checked the answer. */
  readonly verification: Verification | null;
  readonly summary: PlanSummary;
}

/** What was given is no tree image: `faults` says where, with a JSON pointer, or file and byte offset. */
export class NotATreeError extends Error {
  override readonly name = 'NotATreeError';
  readonly faults: readonly ReadFault[];

  constructor(faults: readonly ReadFault[]) {
    super(faults[0]?.message ?? 'This is no tree image.');
    this.faults = faults;
  }
}

/**
 * Plans the restore of a tree image, as the contract describes it.
 * @param options those of the API; what is left out is the default
 * @throws NotATreeError
 */
export function planImage(image: TreeImage, options: Partial<PlanOptions> = {}): ImagePlan {
  return planRead(readValue(image), options);
}

/**
 * The same for bytes in any form that the API takes: JSON, NDJSON, a tar of CRIU images, a checkpoint archive.
 * @throws NotATreeError
 */
export async function planBytes(bytes: Uint8Array, options: Partial<PlanOptions> = {}): Promise<ImagePlan> {
  const form = sniffForm(undefined, bytes);
  if (form === null || form === 'multipart') {
    throw new NotATreeError([{ code: 'FORM_UNKNOWN', message: 'The bytes are no form of a tree image.' }]);
  }
  return planRead(await readTree(form, bytes), options);
}

function readValue(image: TreeImage): ReadResult {
  try {
    return { ok: true, ...readTreeValue(image, DEFAULT_READ_LIMITS) };
  } catch (error) {
    if (error instanceof ReadError) throw new NotATreeError(error.faults);
    throw error;
  }
}

function planRead(read: ReadResult, options: Partial<PlanOptions>): ImagePlan {
  const loaded = loadTree(read);
  if (!loaded.ok) throw new NotATreeError(loaded.faults);
  const planning = planRestore(loaded.tree, { ...DEFAULT_OPTIONS, ...options });
  const { outcome, diagnostics, verification, summary } = planning;
  return {
    outcome,
    steps: Array.from({ length: planning.steps.length }, (_, i) => planning.steps.at(i)),
    helpers: Array.from({ length: planning.helpers.length }, (_, i) => helperAt(planning.helpers, i)),
    diagnostics: [...loaded.findings, ...diagnostics],
    verification,
    summary,
  };
}
