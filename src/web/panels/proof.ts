/** The proof of a refusal, line by line; each line marks the processes that it speaks of. */

import { getJson } from '../api.ts';
import type { Explanation, ReadyPlan } from '../model/answers.ts';
import { element } from '../page-parts.ts';
import { litLines } from './lit-lines.ts';
import type { PageActions } from './page-actions.ts';

export async function proofPanel(plan: ReadyPlan, { light }: PageActions): Promise<Node> {
  const { conclusion, pids, steps } = await getJson<Explanation>(`/v1/plans/${plan.id}/explanation`);
  const panel = document.createElement('div');
  panel.append(element('p', conclusion));
  const lines = steps.map(({ text, depth, pids: named }, i) => {
    return { line: document.createTextNode(`${i + 1}. ${text}`), pids: named, depth };
  });
  panel.append(litLines(lines, light, 'ol'));
  light(pids);
  return panel;
}
