/** What each restorer would do with the tree as it is. */

import type { Restorer } from '../model/answers.ts';
import { sentence, tableOf } from '../page-parts.ts';
import type { PageActions } from './page-actions.ts';

const NAMES = { criu: 'CRIU', virtuozzo: 'Virtuozzo’s CRIU' };

export function restorersPanel(restorers: readonly Restorer[], { light }: PageActions): Node {
  const table = tableOf(['Restorer', 'Outcome', 'Its message', 'Why', 'Remedy']);
  const body = table.createTBody();
  for (const { restorer, version, outcome, message, why, remedy, pids } of restorers) {
    const row = body.insertRow();
    row.addEventListener('pointerenter', () => light(pids));
    row.className = outcome === 'restores' ? 'good' : 'bad';
    for (const text of [`${NAMES[restorer]} ${version}`, outcome, message, why, remedy]) {
      row.insertCell().append(sentence('span', text ?? ''));
    }
  }
  return table;
}
