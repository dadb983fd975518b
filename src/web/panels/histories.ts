/** The histories that lead to a tree: what is certain, what is open, and others to switch to. */

import { getJson } from '../api.ts';
import type { BirthAnalysis, Births, ReadyPlan } from '../model/answers.ts';
import { button, element, leftOut, tableOf } from '../page-parts.ts';
import type { PageActions } from './page-actions.ts';

/** So many alternatives can be chosen here; the option `history` takes any. */
const LISTED = 50;
const PROCESSES_LISTED = 200;

export async function historiesPanel(plan: ReadyPlan, { light, replan }: PageActions): Promise<Node> {
  const { analysis } = await getJson<Births>(`/v1/plans/${plan.id}/births?analysis=true`);
  const panel = document.createElement('div');
  if (!analysis) return element('p', 'Births are not analysed for this tree.', 'hint');
  const { histories } = analysis;
  const exact = histories !== null && 'exact' in histories;
  const count = exact ? histories.exact : (histories?.atLeast ?? 1);
  panel.append(
    element(
      'p',
      count === 1 && exact
        ? 'This tree has one history.'
        : `This tree has ${exact ? '' : 'at least '}${count} histories.`,
    ),
  );
  if (analysis.ask) {
    const { pid, settles, of } = analysis.ask;
    const settled = settles === null ? 'probably settle most' : `settle ${settles} of ${of} open births`;
    panel.append(
      element(
        'p',
        `To know who created ${pid} (its CABA, the closest alive born ancestor) would ${settled}.`,
      ),
    );
  }
  if (count > 1) panel.append(switcher(plan, Math.min(count, LISTED), replan));
  if (count > 1)
    panel.append(element('p', 'A number in the last column shows the plan in which it is so.', 'hint'));
  panel.append(birthTable(plan, analysis.processes, light, replan));
  return panel;
}

function switcher(plan: ReadyPlan, count: number, replan: PageActions['replan']): Node {
  const label = element('label', 'Show history ');
  const select = document.createElement('select');
  select.style.width = 'auto';
  for (let n = 0; n < count; n++)
    select.add(new Option(n === 0 ? '0, the preferred one' : String(n), String(n)));
  select.value = String(plan.options.history);
  select.addEventListener('change', () => void replan({ ...plan.options, history: Number(select.value) }));
  label.append(select);
  return label;
}

function birthTable(
  plan: ReadyPlan,
  processes: BirthAnalysis['processes'],
  light: PageActions['light'],
  replan: PageActions['replan'],
): Node {
  const table = tableOf(['Process', 'Born of', 'Could be born of']);
  const body = table.createTBody();
  for (const { pid, grade, caba, candidates } of processes.slice(0, PROCESSES_LISTED)) {
    const row = body.insertRow();
    row.addEventListener('pointerenter', () => light([pid, ...candidates]));
    row.insertCell().textContent = String(pid);
    row.insertCell().textContent = `${caba ?? '?'} (${grade})`;
    const others = row.insertCell();
    for (const candidate of candidates) {
      if (candidate === caba || grade === 'forced') continue;
      const chooser = button(`${candidate}`);
      chooser.setAttribute('aria-label', `Assume that ${pid} was born of ${candidate}`);
      chooser.addEventListener('click', () => {
        const births = { ...(plan.options.births as Record<string, number>), [pid]: candidate };
        void replan({ ...plan.options, history: 0, births });
      });
      others.append(chooser, ' ');
    }
  }
  if (processes.length > PROCESSES_LISTED)
    table.createCaption().textContent = leftOut(processes.length, PROCESSES_LISTED);
  return table;
}
