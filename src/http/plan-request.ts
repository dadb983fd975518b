/** From what a client sent to a planning: its tree at hand, its options checked and canonical. */

import { Compile } from 'typebox/compile';
import { birthOptionFaults } from '../engine/births/given-births.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import { type Fault, Problem } from '../errors.ts';
import { canonicalOptions } from '../jobs/plan-identity.ts';
import type { ReadUpload } from '../jobs/planner.ts';
import type { TreeAtHand } from '../jobs/work.ts';
import { treeFromBytes } from '../store/tree-bytes.ts';
import { type Service, treeOf } from './routes/service.ts';
import { PlanOptionsSchema } from './schemas/plan-schemas.ts';

export interface PlanAsk {
  readonly treeAtHand: TreeAtHand;
  readonly options: PlanOptions;
  /** Settles when the tree that was brought is on disk, which no answer goes before. */
  readonly stored: Promise<unknown>;
}

/**
 * Stores the tree that the upload brought, or finds the one that it names.
 * @param wishes options from elsewhere than the body
 * @throws Problem TREE_NOT_FOUND, BODY_INVALID
 */
export async function planAsk(
  service: Service,
  { brought, treeId, options }: ReadUpload,
  wishes: Partial<PlanOptions> = {},
): Promise<PlanAsk> {
  const asked = canonicalOptions({ ...wishes, ...checkedOptions(options) });
  const treeAtHand: TreeAtHand = brought ?? { record: await treeOf(service, treeId) };
  checkBirths(treeAtHand, asked.births);
  const stored = brought ? service.store.putTree(brought.record) : Promise.resolve();
  // It is awaited after the planning, which may have failed by then.
  stored.catch(() => {});
  return { treeAtHand, options: asked, stored };
}

/**
 * Births that name processes of another tree are a mistake of the request, no finding about this one.
 * @throws Problem BODY_INVALID
 */
export function checkBirths({ record, tree }: TreeAtHand, births: PlanOptions['births']): void {
  if (Object.keys(births).length === 0) return;
  const faults = birthOptionFaults(tree ?? treeFromBytes(record.bytes), births);
  if (faults.length === 0) return;
  throw new Problem('BODY_INVALID', `Births to assume: ${faults[0]!.message}.`, {
    errors: faults.slice(0, 100).map(({ pid, message }) => ({ pointer: `/options/births/${pid}`, message })),
    total: faults.length,
  });
}

const optionsCheck = Compile(PlanOptionsSchema);

/** @throws Problem BODY_INVALID */
export function checkedOptions(options: unknown): Partial<PlanOptions> {
  if (options === undefined) return {};
  if (optionsCheck.Check(options)) return options;
  const errors = optionsCheck
    .Errors(options)
    .map(({ instancePath, message }): Fault => ({ pointer: `/options${instancePath}`, message }));
  throw new Problem('BODY_INVALID', 'The options are not valid.', {
    errors: errors.slice(0, 100),
    total: errors.length,
  });
}
