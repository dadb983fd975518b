/** The diagnostics of a plan, a line each, with what the guide says of its kind; a line marks its processes. */

import type { ReadyPlan } from '../model/answers.ts';
import { element, linkTo, sentence } from '../page-parts.ts';
import { litLines } from './lit-lines.ts';
import type { PageActions } from './page-actions.ts';

/** So many processes are named; all of them are marked. */
const NAMED = 12;

export function findingsPanel(plan: ReadyPlan, { light }: PageActions): Node {
  if (plan.diagnostics.length === 0) return element('p', 'Nothing to remark.', 'hint');
  return litLines(
    plan.diagnostics.map(({ severity, code, message, hint, pids, detail }) => {
      const line = document.createDocumentFragment();
      line.append(element('span', severity, `severity ${severity}`), ` ${code}: `, sentence('span', message));
      const { count = pids.length } = detail as { count?: number };
      for (const more of [hint, processesOf(pids, count, plan.summary.processes)]) {
        if (more) line.append(document.createElement('br'), sentence('span', more, 'hint'));
      }
      const beside = linkTo(`/guide/diagnostics#${code.toLowerCase()}`, 'In the guide');
      beside.setAttribute('aria-label', `${code} in the guide`);
      return { line, pids, beside };
    }),
    light,
  );
}

/** @param count of which `pids` has the first */
function processesOf(pids: readonly number[], count: number, all: number): string {
  if (pids.length === 0) return '';
  if (count > 1 && count === all) return `Processes: all ${all.toLocaleString('en')}.`;
  const named = pids.slice(0, NAMED);
  const others = count - named.length;
  const more = others > 0 ? ` and ${others.toLocaleString('en')} more` : '';
  return `${count === 1 ? 'Process' : 'Processes'}: ${named.join(', ')}${more}.`;
}
