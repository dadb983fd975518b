/** Members of a plan's JSON that a request asks for by `include`; the steps are the body's own (plan-json.ts). */

import type { Surroundings } from '../../engine/requirements/surroundings.ts';
import type { Json } from '../../jobs/work.ts';
import type { PlanRecord } from '../../store/store.ts';
import type { Included } from './parameters.ts';
import { type Service, surroundingsOf, treeOf } from './service.ts';

export async function includedMembers(
  service: Service,
  plan: PlanRecord,
  { diff, restorers }: Included,
): Promise<string> {
  let members = '';
  if (diff) members += `,"diff":${text(await service.planner.view(plan, 'diff'))}`;
  if (restorers) {
    const record = await treeOf(service, plan.treeId);
    const found = await surroundingsOf(service, plan.treeId);
    const surroundings = found && (JSON.parse(found.text) as Surroundings);
    const view = await service.planner.treeView(record, 'restorers', surroundings);
    // An object with this one member.
    members += `,${text(view).slice(1, -1)}`;
  }
  return members;
}

function text(json: Json): string {
  return typeof json === 'string' ? json : Buffer.from(json).toString();
}
