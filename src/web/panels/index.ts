/** The panels below the tree: what the API says beyond the plan itself. Those that would be empty are left out. */

import { getLinked } from '../api.ts';
import type { Shown } from '../shown.ts';
import type { Panel } from '../tabs.ts';
import { findingsPanel } from './findings.ts';
import { graftPanel } from './graft.ts';
import { historiesPanel } from './histories.ts';
import type { PageActions } from './page-actions.ts';
import { proofPanel } from './proof.ts';
import { recordPanel } from './record.ts';
import { restorersPanel } from './restorers.ts';
import { takeAwayPanel } from './take-away.ts';

export function panelsOf(shown: Shown, actions: PageActions): Panel[] {
  const { plan, restorers } = shown;
  const refused = plan.outcome !== 'restorable';
  const findings = { id: 'findings', title: 'Findings', make: () => findingsPanel(plan, actions) };
  const title = plan.outcome === 'unrestorable' ? 'Proof' : 'Why undecided';
  const proof = { id: 'proof', title, make: () => proofPanel(plan, actions) };
  const panels: Panel[] = refused ? [proof, findings] : [findings];
  if (!refused)
    panels.push({ id: 'histories', title: 'Histories', make: () => historiesPanel(plan, actions) });
  if (restorers.length > 0) {
    panels.push({ id: 'restorers', title: 'Restorers', make: () => restorersPanel(restorers, actions) });
  }
  for (const { id, title, link, says } of RECORDS) {
    if (!(link in plan.links)) continue;
    const notes = id === 'command' ? [...notByCriuAlone(shown), says] : [says];
    panels.push({ id, title, make: () => recordPanel(getLinked(plan, link), ...notes) });
  }
  if ('graft' in plan.links) {
    panels.push({ id: 'graft', title: 'Graft', make: () => graftPanel(plan, actions) });
  }
  panels.push({ id: 'take-away', title: 'Take away', make: () => takeAwayPanel(shown, actions) });
  return panels;
}

/** Options do not help where no CRIU makes of the tree what it was; Virtuozzo's is another one. */
function notByCriuAlone({ restorers }: Shown): string[] {
  const all = restorers.filter(({ restorer }) => restorer === 'criu');
  if (all.length === 0 || all.some(({ outcome }) => outcome === 'restores')) return [];
  const grafted = all.some(({ graft }) => graft) ? ' Grafted, it does: `npx regraft restore DIR`.' : '';
  const releases = all.map(({ version }) => version).join(' and ');
  return [`CRIU ${releases} alone does not restore this tree, whatever its options.${grafted}`];
}

/** Answers that are shown as they come, where the plan links to them. */
const RECORDS = [
  {
    id: 'requirements',
    title: 'Requirements',
    link: 'requirements',
    says: 'The target must have:',
  },
  {
    id: 'command',
    title: 'CRIU command',
    link: 'criuCommand',
    says: 'Options that dump and restore need:',
  },
] as const;
