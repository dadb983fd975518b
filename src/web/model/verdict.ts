/** The verdict as a person would say it: in one sentence, then why, and what CRIU does. Every number in it is one of the API's. */

import type { Diagnostic, ReadyPlan, Restorer } from './answers.ts';

export function verdictOf(plan: ReadyPlan, restorers: readonly Restorer[] = []): string[] {
  return [...ownVerdict(plan), ...restorerVerdict(restorers)];
}

/** The diagnostic that decided, where the tree is not restorable. */
function decider({ diagnostics }: ReadyPlan): Diagnostic | undefined {
  return diagnostics.find(({ severity }) => severity === 'error');
}

function ownVerdict(plan: ReadyPlan): string[] {
  const { processes, steps, helpers } = plan.summary;
  if (plan.outcome === 'restorable') {
    const means = `${counted(helpers, 'helper', 'without helpers')} in ${counted(steps, 'step', 'no steps')}`;
    return [`Restorable ${helpers === 0 ? means : `with ${means}`}: ${counted(processes, 'process')}.`];
  }
  const why = decider(plan)?.message ?? '';
  if (plan.outcome === 'unrestorable') return ['No history of the kernel leads to this tree.', why];
  if (decider(plan)?.detail?.reason === 'no such history') return ['There is no such history.', why];
  return ['Undecided: this says nothing about the tree.', why];
}

function restorerVerdict(restorers: readonly Restorer[]): string[] {
  const criu = restorers.filter(({ restorer }) => restorer === 'criu').at(-1);
  if (!criu) return [];
  const name = `CRIU ${criu.version}`;
  const message = criu.message ? ` (${criu.message})` : '';
  const graft = criu.graft ? '; grafted, it restores' : '';
  switch (criu.outcome) {
    case 'restores':
      return [`${name} restores it as it is.`];
    case 'refuses':
      return [`${name} refuses it${message}${graft}.`];
    case 'hangs':
      return [`${name} hangs on it${graft}.`];
    default:
      return [`${name} restores another tree${message}${graft}.`];
  }
}

/** What is known of it, shortly. */
export function factsOf(plan: ReadyPlan, isPlayed: boolean): string[] {
  const { processes, sessions, groups, zombies, namespaces } = plan.summary;
  const checked = plan.verification as { by?: string } | null;
  return [
    counted(processes, 'process'),
    counted(sessions, 'session'),
    counted(groups, 'group'),
    counted(zombies, 'zombie'),
    namespaces > 1 ? counted(namespaces, 'pid namespace') : '',
    checked?.by ? `checked by the ${checked.by}` : '',
    plan.outcome === 'restorable' && !isPlayed ? 'too long to be played: Take away has the steps' : '',
  ].filter(Boolean);
}

/** `none` is said of zero. */
export function counted(n: number, one: string, none = ''): string {
  if (n === 0) return none;
  const many = one.endsWith('s') ? `${one}es` : `${one}s`;
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}
