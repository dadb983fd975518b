/** The graft: what CRIU does alone, the carriers that it is given besides, and the deaths and calls that finish the tree. */

import { getLinked } from '../api.ts';
import type { Graft, ReadyPlan } from '../model/answers.ts';
import { counted } from '../model/verdict.ts';
import { element, sentence } from '../page-parts.ts';
import { litLines } from './lit-lines.ts';
import type { PageActions } from './page-actions.ts';
import { rows } from './record.ts';

type FinishStep = Extract<Graft, { script: unknown }>['script'][number];

export async function graftPanel(plan: ReadyPlan, { light }: PageActions): Promise<Node> {
  const graft = await getLinked<Graft>(plan, 'graft', '?criu=4.3');
  if (graft === null) return element('p', 'This server does not answer that for this tree.', 'hint');
  const panel = document.createElement('div');
  const { outcome, message } = graft.alone;
  panel.append(
    element('p', `CRIU ${graft.criu} alone: ${outcome}${message ? ` (${message})` : ''}.`),
    ...graft.diagnostics.map(({ code, message: said }) => sentence('p', `${code}: ${said}`, 'hint')),
  );
  if (!('script' in graft) || graft.script.length === 0) return panel;
  const { carriers, script, records } = graft;
  panel.append(
    element(
      'p',
      `The graft gives it ${counted(records.length, 'record')}, ${counted(carriers.length, 'carrier', 'no carrier')} among them:`,
    ),
    rows(carriers),
    element('p', 'When they are there, before any of them runs:'),
    litLines(
      script.map((step) => ({ line: document.createTextNode(sayStep(step)), pids: concerned(step) })),
      light,
      'ol',
    ),
  );
  return panel;
}

function sayStep(step: FinishStep): string {
  switch (step.op) {
    case 'prctl':
      return `${step.pid} turns its child-subreaper flag ${step.value === 1 ? 'on' : 'off'}.`;
    case 'setpgid':
      return `${step.target} moves to group ${step.pgid}.`;
    case 'wait4':
      return `${step.pid} reaps ${step.child}.`;
    case 'exit': {
      const how = step.signal === undefined ? `with code ${step.code ?? 0}` : `by signal ${step.signal}`;
      const heirs = step.adopter === undefined ? '' : `; its children fall to ${step.adopter}`;
      return `${step.pid}, a child of ${step.parent}, ends ${how}${heirs}${step.reap === 'zombie' ? '; it stays a zombie' : ''}.`;
    }
  }
}

function concerned(step: FinishStep): number[] {
  const { pid } = step;
  if (step.op === 'exit') return [pid, step.parent, ...(step.adopter === undefined ? [] : [step.adopter])];
  if (step.op === 'setpgid') return [step.target];
  return step.op === 'wait4' ? [pid, step.child] : [pid];
}
