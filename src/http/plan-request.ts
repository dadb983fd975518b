/** From what a client sent to a planning: its tree at hand, its options checked and canonical. */

import { isDeepStrictEqual } from 'node:util';
import { birthOptionFaults } from '../engine/births/given-births.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import { type Fault, Problem } from '../errors.ts';
import { schemaCheck } from '../formats/json/schema-faults.ts';
import { canonicalOptions } from '../jobs/plan-identity.ts';
import type { ReadUpload } from '../jobs/planner.ts';
import type { TreeAtHand } from '../jobs/work.ts';
import { treeFromBytes } from '../store/tree-bytes.ts';
import { type Service, storeTree, treeOf } from './routes/service.ts';
import { PlanOptionsSchema } from './schemas/plan-schemas.ts';

export interface PlanAsk {
  readonly treeAtHand: TreeAtHand;
  readonly options: PlanOptions;
  /** Settles when the tree that was brought is on disk, which no answer goes before. */
  readonly stored: Promise<unknown>;
}

/**
 * Stores the tree that the upload brought, or finds the one that it names.
 * @param wishes options from the query; one that the body has too is the same there
 * @throws Problem TREE_NOT_FOUND, BODY_INVALID, QUERY_INVALID
 */
export async function planAsk(
  service: Service,
  { brought, surroundings, treeId, options }: ReadUpload,
  wishes: Partial<PlanOptions> = {},
): Promise<PlanAsk> {
  const inBody = checkedOptions(options);
  checkSaidOnce(wishes, inBody);
  const asked = canonicalOptions({ ...wishes, ...inBody });
  const treeAtHand: TreeAtHand = brought ?? { record: await treeOf(service, treeId) };
  checkBirths(treeAtHand, asked.births, inBody.births === undefined);
  const stored = brought ? storeTree(service, brought.record, surroundings) : Promise.resolve();
  // It is awaited after the planning, which may have failed by then.
  stored.catch(() => {});
  return { treeAtHand, options: asked, stored };
}

/**
 * Births that name processes of another tree are a mistake of the request, no finding about this one.
 * @param inQuery where they stand, for the fault
 * @throws Problem BODY_INVALID, QUERY_INVALID
 */
export function checkBirths(
  { record, tree }: TreeAtHand,
  births: PlanOptions['births'],
  inQuery = false,
): void {
  if (Object.keys(births).length === 0) return;
  const found = birthOptionFaults(tree ?? treeFromBytes(record.bytes), births);
  if (found.length === 0) return;
  const errors = found.slice(0, 100).map(
    ({ pid, message }): Fault => ({
      code: 'BIRTH_UNKNOWN',
      message,
      ...(inQuery ? { parameter: 'births' } : { pointer: `/options/births/${pid}` }),
    }),
  );
  const detail = `Births to assume: ${found[0]!.message}.`;
  throw new Problem(inQuery ? 'QUERY_INVALID' : 'BODY_INVALID', detail, { errors, total: found.length });
}

/**
 * Neither query nor body goes before the other: who says two things is asked which.
 * @throws Problem QUERY_INVALID
 */
function checkSaidOnce(inQuery: Partial<PlanOptions>, inBody: Partial<PlanOptions>): void {
  const [one, other] = [canonicalOptions(inQuery), canonicalOptions(inBody)];
  const errors = (Object.keys(inQuery) as (keyof PlanOptions)[])
    .filter((name) => inBody[name] !== undefined && !isDeepStrictEqual(one[name], other[name]))
    .map((name): Fault => {
      const message = `${name}: the options of the body say something else.`;
      return { code: 'PARAMETER_INVALID', parameter: name, pointer: `/options/${name}`, message };
    });
  if (errors.length > 0) throw new Problem('QUERY_INVALID', errors[0]!.message, { errors });
}

const optionsCheck = schemaCheck(PlanOptionsSchema);

/** @throws Problem BODY_INVALID */
export function checkedOptions(options: unknown): Partial<PlanOptions> {
  if (options === undefined) return {};
  if (optionsCheck.accepts(options)) return options as Partial<PlanOptions>;
  const errors = optionsCheck.faults(options, { pointer: '/options' });
  throw new Problem('BODY_INVALID', 'The options are not valid.', { errors });
}
