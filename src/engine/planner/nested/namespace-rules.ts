/**
 * Local rules of nested pid namespaces (namespaces.md, section 2: N1 to N5, N7 and N9; N10 in held-numbers.ts).
 *
 * In: a nested tree. Out: the rules that it breaks. All are necessary.
 * N1 a child lives where its parent lives, or below; N2 a namespace has one init, number 1 inside, with its parent
 * outside, and a zombie init is alone; N3 a session number is visible exactly down to its leader's namespace; N4 an
 * init that leads no session is in one from outside its namespace; N5 a group number is visible exactly where owner
 * and member share a namespace; N7 a zombie init has left no group of its namespace behind, or its exit would hang;
 * N9 children are born in the namespace of their creator or below.
 * Cost: O(numbers). Kernel rules: A15, D14, F17, G9, G10, G12, G19, G21, G33.
 */

import type { Fact } from '../../answer-types/conflict.ts';
import { outsideNumbers } from '../../tree/outside.ts';
import { ZOMBIE } from '../../tree/process-columns.ts';
import { OUTSIDE, onLevels, type ProcessTree } from '../../tree/process-tree.ts';
import type { BrokenRule, Report as ReportFacts } from '../broken-rule.ts';
import { brokenRules } from '../local-rules.ts';
import { checkHeldNumbers } from './held-numbers.ts';
import { type NamespaceRelations, OUTER } from './namespace-relations.ts';
import { type NestedTree, nestedTree } from './nested-tree.ts';
import type { Owners } from './owners.ts';

const LISTED = 20;

export function brokenNamespaceRules(nested: NestedTree): BrokenRule[] {
  const { tree, relations, sessions, groups } = nested;
  const broken: BrokenRule[] = [];
  const reportFacts: ReportFacts = (rule, facts, text) => {
    if (broken.length < LISTED) broken.push({ rule, facts, text });
  };
  const report: Report = (rule, i, field, value, text, ...more) =>
    reportFacts(rule, [{ pid: tree.pid[i]!, field, value }, ...more], text);
  const { size, pid, parent, namespace, namespaces } = tree;
  const idOf = (n: number): string => `"${namespaces[n]!.id}"`;
  for (let i = 1; i < size; i++) {
    const p = parent[i]!;
    if (p === OUTSIDE || relations.isWithin(namespace[i]!, namespace[p]!)) continue;
    const text = `${pid[i]} lives in ${idOf(namespace[i]!)}, which is not within the namespace ${idOf(namespace[p]!)} of its parent ${pid[p]}.`;
    report('N1', i, 'ppid', pid[p]!, text);
  }
  checkChildrenElsewhere(tree, relations, report);
  checkInits(tree, relations, sessions, groups, report);
  checkVisibility(tree, relations, sessions, 'sid', report);
  checkVisibility(tree, relations, groups, 'pgid', report);
  for (let g = 1; g < groups.count; g++) {
    const i = groups.witness[g]!;
    const s = sessions.of[i]!;
    if (relations.isWithin(groups.namespace[g]!, sessions.namespace[s]!)) continue;
    const text = `Group ${groups.number[g]} was made in ${idOf(groups.namespace[g]!)}, where nobody of session ${sessions.number[s]} can be.`;
    report('N5', i, 'pgid', groups.number[g]!, text);
  }
  if (broken.length === 0) checkHeldNumbers(nested, reportFacts);
  return broken;
}

type Report = (
  rule: BrokenRule['rule'],
  process: number,
  field: Fact['field'],
  value: number | string,
  text: string,
  ...more: readonly Fact[]
) => void;

/** Does the tree break a rule of one namespace, or of several? */
export function breaksLocalRules(tree: ProcessTree): boolean {
  if (brokenRules(tree, outsideNumbers(tree)).length > 0) return true;
  return tree.namespaces.length > 1 && brokenNamespaceRules(nestedTree(tree)).length > 0;
}

function checkChildrenElsewhere(
  { pid, namespace, namespaces, forChildren }: ProcessTree,
  relations: NamespaceRelations,
  report: Report,
): void {
  forChildren?.forEach((n, i) => {
    if (n < 0 || relations.isWithin(n, namespace[i]!)) return;
    const { id, init } = namespaces[n]!;
    const text = `Children of ${pid[i]} would be born in "${id}", which is not within its own namespace "${namespaces[namespace[i]!]!.id}".`;
    const declared = init === OUTSIDE ? [] : [{ pid: pid[init]!, field: 'pidns', value: id } as const];
    report('N9', i, 'pidnsForChildren', id, text, ...declared);
  });
}

function checkInits(
  tree: ProcessTree,
  relations: NamespaceRelations,
  sessions: Owners,
  groups: Owners,
  report: Report,
): void {
  const { size, pid, parent, namespace, namespaces, state } = tree;
  const population = new Int32Array(relations.count);
  for (let i = 0; i < size; i++) population[namespace[i]!]!++;
  for (let n = relations.count - 1; n > 0; n--) population[relations.parent[n]!]! += population[n]!;
  for (let n = 1; n < relations.count; n++) {
    const i = relations.init[n]!;
    const isTheInit = `${pid[i]} is the init of "${namespaces[n]!.id}"`;
    const number = onLevels(tree, i, 'pid').at(-1)!;
    if (number !== 1)
      report('N2', i, 'nspid', number, `${isTheInit}, but its number inside is ${number}, not 1.`);
    const p = parent[i]!;
    if (p !== OUTSIDE && relations.isWithin(namespace[p]!, n))
      report('N2', i, 'ppid', pid[p]!, `${isTheInit}, so its parent lives outside, but ${pid[p]} is inside.`);
    if (state[i] === ZOMBIE) checkZombieInit(tree, n, i, population[n]!, relations, groups, report);
    const s = sessions.of[i]!;
    if (sessions.process[s] === i || relations.isStrictlyWithin(n, sessions.namespace[s]!)) continue;
    const text = `${isTheInit}: nothing of it existed before, but its session ${sessions.number[s]} was made inside.`;
    report('N4', i, 'sid', sessions.number[s]!, text);
  }
  checkGroupsOfZombieInits(tree, relations, groups, report);
}

/** Its exit killed everybody inside, and would not have finished in a foreign group of its namespace. */
function checkZombieInit(
  { pid, namespaces }: ProcessTree,
  n: number,
  i: number,
  population: number,
  relations: NamespaceRelations,
  groups: Owners,
  report: Report,
): void {
  const theInit = `${pid[i]}, the init of "${namespaces[n]!.id}"`;
  if (population > 1)
    report(
      'N2',
      i,
      'state',
      'zombie',
      `${theInit}, has exited, which killed everybody inside, but others are there.`,
    );
  const g = groups.of[i]!;
  const home = groups.namespace[g]!;
  if (groups.number[g] === pid[i] || home === OUTER || !relations.isWithin(home, n)) return;
  const text = `${theInit}, sits in group ${groups.number[g]} of its own namespace, so its exit would never have finished.`;
  report('N7', i, 'pgid', groups.number[g]!, text);
}

/** Groups that were made inside and still have members. */
function checkGroupsOfZombieInits(
  { pid, namespaces, state }: ProcessTree,
  relations: NamespaceRelations,
  groups: Owners,
  report: Report,
): void {
  const members = new Int32Array(groups.count);
  for (const g of groups.of) members[g]!++;
  for (let g = 1; g < groups.count; g++) {
    const home = groups.namespace[g]!;
    if (home <= 0 || members[g] === 0) continue;
    const i = relations.init[home]!;
    if (state[i] !== ZOMBIE || groups.number[g] === pid[i]) continue;
    const text = `${pid[i]}, the init of "${namespaces[home]!.id}", has exited, but group ${groups.number[g]} of its namespace still has a member.`;
    report('N7', i, 'state', 'zombie', text);
  }
}

function checkVisibility(
  tree: ProcessTree,
  relations: NamespaceRelations,
  owners: Owners,
  field: 'sid' | 'pgid',
  report: Report,
): void {
  const { size, pid, namespace } = tree;
  const { offset, [field]: vectors } = tree.levels!;
  const [rule, kind, shownAs] =
    field === 'sid' ? (['N3', 'session', 'nssid'] as const) : (['N5', 'group', 'nspgid'] as const);
  for (let i = 0; i < size; i++) {
    const k = owners.of[i]!;
    const home = owners.namespace[k]!;
    if (rule === 'N3' && home !== OUTER && !relations.isWithin(namespace[i]!, home)) {
      const text = `${pid[i]} lives outside the namespace in which session ${owners.number[k]} was made, so it cannot be in it.`;
      report(rule, i, field, owners.number[k]!, text);
      continue;
    }
    const shared = relations.common(home, namespace[i]!);
    const levels = shared === OUTER ? 0 : relations.level[shared]! + 1;
    const w = owners.witness[k]!;
    const own = owners.process[k]! >= 0 ? tree.levels!.pid : vectors;
    for (let level = 0; offset[i]! + level < offset[i + 1]!; level++) {
      const seen = vectors[offset[i]! + level]!;
      const due = level < levels ? own[offset[w]! + level]! : 0;
      if (seen === due) continue;
      const shown = vectors.subarray(offset[i]!, offset[i + 1]!).join(' ');
      const text = `On level ${level} the ${kind} of ${pid[i]} shows as ${seen}; by its leader it would be ${due}.`;
      report(rule, i, shownAs, shown, text);
      break;
    }
  }
}
