/** The diagnostics of a plan, a line each; a line marks its processes. */

import type { ReadyPlan } from '../model/answers.ts';
import { element } from '../page-parts.ts';
import { litLines } from './lit-lines.ts';
import type { PageActions } from './page-actions.ts';

export function findingsPanel(plan: ReadyPlan, { light }: PageActions): Node {
  if (plan.diagnostics.length === 0) return element('p', 'Nothing to remark.', 'hint');
  return litLines(
    plan.diagnostics.map(({ severity, code, message, hint, pids }) => {
      const line = document.createDocumentFragment();
      line.append(element('span', severity, `severity ${severity}`), ` ${code}: ${message}`);
      if (hint) line.append(document.createElement('br'), element('span', hint, 'hint'));
      return { line, pids };
    }),
    light,
  );
}
