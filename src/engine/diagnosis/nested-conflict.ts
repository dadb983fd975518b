/**
 * A conflict over nested pid namespaces: the smallest part of a tree that is still refused, as facts and in words.
 *
 * In: an unreachable tree, the processes its refusal was about, a budget. Out: a conflict.
 * Invariant: the part's processes, others contracted (smallest-part.ts), are refused; each fact of the image that the part is made
 * of is named: parent, namespace, session and group, with the numbers inside where the owner is gone.
 * Cost: about core size × log n plans of small parts, within the budget.
 */

import type { Conflict, Fact } from '../answer-types/conflict.ts';
import type { Decision } from '../decide/decision.ts';
import { planTree } from '../decide/plan-tree.ts';
import { DEFAULT_OPTIONS } from '../plan/plan-options.ts';
import { spend, type WorkBudget, withShare } from '../plan/work-budget.ts';
import type { BrokenRule } from '../planner/broken-rule.ts';
import { breaksLocalRules, brokenNamespaceRules } from '../planner/nested/namespace-rules.ts';
import { nestedTree } from '../planner/nested/nested-tree.ts';
import { onLevels, type ProcessTree, parentPid } from '../tree/process-tree.ts';
import { treePart } from '../tree/tree-part.ts';
import { smallestPart } from './smallest-part.ts';

/** Work of one search, and passes over its elements that a plan of a part, or a look at its rules, costs. */
const WORK = 3_000_000;
const PLAN_PASSES = 300;
const RULE_PASSES = 40;

/**
 * @param concerned processes to begin with
 * @param told why the whole tree was refused; the part's own reason goes before it
 */
export function nestedConflict(
  tree: ProcessTree,
  concerned: readonly number[],
  told: Reason,
  budget: WorkBudget,
): Conflict {
  return withShare(budget, WORK, (share) => {
    const draftOf = (part: ProcessTree, work: WorkBudget): Decision => {
      spend(work, PLAN_PASSES * part.size);
      return planTree(part, {
        options: DEFAULT_OPTIONS,
        phase: () => {},
        budget: work,
        leadsToTree: () => true,
        verdictOnly: true,
      });
    };
    // Local rules are looked at before anything is planned: that makes a part small for little.
    const start = breaksLocalRules(tree)
      ? smallestPart(tree, concerned, share, (part, some) => {
          spend(some, RULE_PASSES * part.size);
          return breaksLocalRules(part);
        }).kept
      : concerned;
    const { kept, minimal } = smallestPart(tree, start, share, (part, some) =>
      isRefusal(draftOf(part, some)),
    );
    const part = treePart(tree, kept);
    const { rule, text, fields } = (part && reasonOf(part, draftOf(part, share))) ?? told;
    const facts = factsOf(tree, kept);
    const special = fields.filter(
      ({ pid, field }) => !facts.some((fact) => fact.pid === pid && fact.field === field),
    );
    return {
      rule,
      pids: kept.map((i) => tree.pid[i]!),
      facts: [...facts, ...special],
      text,
      minimal,
    };
  });
}

function isRefusal({ kind }: Decision): boolean {
  return kind === 'unreachable' || kind === 'rules';
}

/** Why a tree is refused: a rule, its words, and what it says of the image beyond places, sessions and groups. */
export interface Reason {
  readonly rule: string;
  readonly text: string;
  readonly fields: readonly Fact[];
}

export function reasonOfRules(broken: readonly BrokenRule[]): Reason {
  const { rule, text, facts } = broken[0]!;
  return { rule, text, fields: facts };
}

/**
 * Null where its own derivation is another kind of text. Who was put into a namespace whose init is a zombie becomes its
 * child where others are deleted; of the rules that the part breaks then, that of namespaces is the image's.
 */
function reasonOf(part: ProcessTree, draft: Decision): Reason | null {
  if (draft.kind === 'unreachable' && draft.text !== undefined)
    return { rule: 'ORIGIN', text: draft.text, fields: [] };
  if (draft.kind !== 'rules') return null;
  if (draft.broken[0]!.rule !== 'V1') return reasonOfRules(draft.broken);
  const inside = part.namespaces.length > 1 ? brokenNamespaceRules(nestedTree(part)) : [];
  return reasonOfRules(inside.length > 0 ? inside : draft.broken);
}

/** What the image says of these processes, as far as it can be part of a conflict. */
export function factsOf(tree: ProcessTree, kept: readonly number[]): Fact[] {
  const facts: Fact[] = [];
  const inside = new Set(kept);
  for (const i of kept) {
    const pid = tree.pid[i]!;
    facts.push({ pid, field: 'sid', value: tree.sid[i]! });
    facts.push({ pid, field: 'pgid', value: tree.pgid[i]! });
    if (i > 0) facts.push({ pid, field: 'ppid', value: parentPid(tree, i) });
    if (tree.namespaces.length === 1) continue;
    facts.push({ pid, field: 'pidns', value: tree.namespaces[tree.namespace[i]!]!.id });
    // Where a leader is gone, or not named here, its numbers inside say which namespace it lived in.
    for (const field of ['sid', 'pgid'] as const) {
      const number = tree[field][i]!;
      const levels = onLevels(tree, i, field);
      if (levels.length === 1 || number === 0 || inside.has(tree.indexOf(number))) continue;
      facts.push({ pid, field: field === 'sid' ? 'nssid' : 'nspgid', value: levels.join(' ') });
    }
  }
  return facts;
}
