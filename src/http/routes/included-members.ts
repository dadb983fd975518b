/** Members of a plan's JSON that a request asks for by `include`; the steps are the body's own (plan-json.ts). */

import type { Json } from '../../jobs/work.ts';
import type { PlanRecord } from '../../store/store.ts';
import type { Included } from './parameters.ts';
import { type Service, treeOf } from './service.ts';

export async function includedMembers(
  service: Service,
  plan: PlanRecord,
  { diff, restorers }: Included,
): Promise<string> {
  let members = '';
  if (diff) members += `,"diff":${text(await service.planner.view(plan, 'diff'))}`;
  if (restorers) {
    const view = await service.planner.treeView(await treeOf(service, plan.treeId), 'restorers', null);
    // An object with this one member.
    members += `,${text(view).slice(1, -1)}`;
  }
  return members;
}

function text(json: Json): string {
  return typeof json === 'string' ? json : Buffer.from(json).toString();
}
