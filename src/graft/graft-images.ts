/**
 * From an image set to its graft: read, planned, grafted, and what is to be written.
 *
 * In: a directory or an archive, the release of CRIU. Out: the tree, its graft, and the files that change. Nothing is
 * written here. A plan made elsewhere is not believed: its graft is checked like any other.
 */

import type { CriuRelease, Graft } from '../engine/handover/graft.ts';
import { graftTree, type PlanToGraft } from '../engine/handover/graft-tree.ts';
import { DEFAULT_OPTIONS } from '../engine/plan/plan-options.ts';
import { planRestore } from '../engine/plan-restore.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { GRAFT_FILE } from '../formats/graft-file.ts';
import { GraftError } from './graft-error.ts';
import { imageDirectory } from './image-directory.ts';
import { type ImageSource, readOnce } from './image-source.ts';
import { readImages } from './read-images.ts';
import { rewrittenImages } from './rewritten-images.ts';

export interface GraftOptions {
  readonly criu: CriuRelease;
  /** Makes the plan; left out: the planner of this package does. */
  readonly plan?: (tree: ProcessTree) => Promise<PlanToGraft | null>;
}

export interface GraftedImages {
  readonly tree: ProcessTree;
  readonly graft: Graft;
  /** Files that change or are new, by name; empty where the graft is impossible. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** @throws GraftError where the image set cannot be read, or not be rewritten */
export async function graftImages(images: ImageSource, options: GraftOptions): Promise<GraftedImages> {
  // What finishes it is not in the records: its carriers would be taken for processes that are to stay.
  if (images.names.has(GRAFT_FILE))
    throw new GraftError('the image set is grafted already, and is restored as it is');
  const source = readOnce(images);
  const tree = await readImages(source);
  const given = await options.plan?.(tree);
  const planOf = given === undefined ? () => ownPlan(tree) : () => given;
  const graft = graftTree(tree, planOf, options.criu);
  const files = graft.outcome === 'impossible' ? new Map() : await rewrittenImages(tree, graft, source);
  return { tree, graft, files };
}

/** The same for a directory. */
export function graftImageDirectory(directory: string, options: GraftOptions): Promise<GraftedImages> {
  return graftImages(imageDirectory(directory), options);
}

function ownPlan(tree: ProcessTree): PlanToGraft | null {
  const planning = planRestore(tree, { ...DEFAULT_OPTIONS, allowCloneParent: false });
  return planning.outcome === 'restorable' ? planning : null;
}
