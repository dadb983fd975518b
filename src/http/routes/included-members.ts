/** Members of a plan's JSON that a request asks for by `include`; the steps are the body's own (plan-json.ts). */

import type { PlanRecord } from '../../store/store.ts';
import { jsonText } from '../rendering/json-text.ts';
import type { Included } from './parameters.ts';
import { type Service, saidBeside, treeOf } from './service.ts';

export async function includedMembers(
  service: Service,
  plan: PlanRecord,
  { diff, restorers }: Included,
): Promise<string> {
  let members = '';
  if (diff) members += `,"diff":${jsonText(await service.planner.view(plan, 'diff'))}`;
  if (restorers) {
    const record = await treeOf(service, plan.treeId);
    const beside = await saidBeside(service, plan.treeId);
    const view = await service.planner.treeView(record, 'restorers', beside);
    // An object with this one member.
    members += `,${jsonText(view).slice(1, -1)}`;
  }
  return members;
}
