/** The proof of a refusal, line by line; each line marks the processes that it speaks of. */

import { getJson } from '../api.ts';
import type { ReadyPlan } from '../model/answers.ts';
import { element } from '../page-parts.ts';
import { litLines } from './lit-lines.ts';
import type { PageActions } from './page-actions.ts';

interface Explanation {
  readonly conclusion: string;
  readonly pids: readonly number[];
  readonly steps: readonly {
    readonly text: string;
    readonly depth?: number;
    readonly pids?: readonly number[];
  }[];
}

export async function proofPanel(plan: ReadyPlan, { light, forest }: PageActions): Promise<Node> {
  const { conclusion, pids, steps } = await getJson<Explanation>(`/v1/plans/${plan.id}/explanation`);
  const panel = document.createElement('div');
  panel.append(element('p', conclusion));
  const lines = steps.map(({ text, depth = 0, pids: named }, i) => ({
    line: document.createTextNode(`${i + 1}. ${text}`),
    pids: named ?? pidsIn(text, (pid) => forest().rowOf(pid) >= 0),
    depth,
  }));
  panel.append(litLines(lines, light, 'ol'));
  light(pids);
  return panel;
}

function pidsIn(text: string, isProcess: (pid: number) => boolean): number[] {
  return [...new Set(text.match(/\d+/g)?.map(Number) ?? [])].filter(isProcess);
}
