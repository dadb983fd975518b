/**
 * A conflict in words: the facts of the image that contradict each other, for people and programs.
 *
 * In: the broken rules of a tree, or the core of contradicting births. Out: one Conflict. Cost: for rules that of looking at
 * their part once more, within WORK.
 */

import { type Conflict, type Fact, placeBelow } from '../answer-types/conflict.ts';
import { spend, type WorkBudget, withShare } from '../plan/work-budget.ts';
import type { BrokenRule } from '../planner/broken-rule.ts';
import { brokenRules } from '../planner/local-rules.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { type ProcessTree, parentPid } from '../tree/process-tree.ts';
import { treePart } from '../tree/tree-part.ts';
import type { ConflictCore } from './conflict-core.ts';
import { smallestPart } from './smallest-part.ts';

/** Processes looked at, over all decisions of one search. */
const WORK = 1_000_000;

/** In one pid namespace: the rule that concerns the fewest, or one that a part of its processes breaks by itself. */
export function conflictOfRules(
  tree: ProcessTree,
  broken: readonly BrokenRule[],
  budget: WorkBudget,
): Conflict {
  const first = broken[0]!;
  const concerned = first.facts.map(({ pid }) => tree.indexOf(pid));
  return withShare(budget, WORK, (share) => {
    const { kept, minimal } = smallestPart(tree, concerned, share, (part) => {
      spend(share, part.size);
      return firstBroken(part) !== undefined;
    });
    const part = treePart(tree, kept);
    const { rule, facts, text } = (part && firstBroken(part)) ?? first;
    const pids = new Set(facts.map(({ pid }) => pid));
    return { rule, pids: [...pids].sort((x, y) => x - y), facts, text, minimal };
  });
}

function firstBroken(tree: ProcessTree): BrokenRule | undefined {
  return brokenRules(tree, outsideNumbers(tree))[0];
}

export function conflictOfBirths(tree: ProcessTree, core: ConflictCore): Conflict {
  const pids = core.processes.map((v) => tree.pid[v]!);
  const facts: Fact[] = [];
  const words: string[] = [];
  for (const [i, v] of core.processes.entries()) {
    const pid = tree.pid[v]!;
    const sid = tree.sid[v]!;
    facts.push({ pid, field: 'sid', value: sid });
    const session = sid === pid ? `leads session ${sid}` : `is in ${sessionWords(tree, sid)}`;
    if (i === 0 || !core.needsParent[i]) {
      words.push(`${pid} ${session}`);
      continue;
    }
    const place = placeBelow(pid, parentPid(tree, v), tree.pid[core.parent[i]!]!);
    facts.push(place.fact);
    words.push(`${pid} ${session} and is ${place.words}`);
  }
  const text = `No order of births, setsid calls and deaths gives all of this: ${words.join('; ')}.`;
  return { rule: 'ORIGIN', pids, facts, text, minimal: core.minimal };
}

function sessionWords(tree: ProcessTree, sid: number): string {
  if (sid === 0) return 'a session from outside';
  return tree.indexOf(sid) >= 0 ? `session ${sid}` : `session ${sid}, whose leader is gone`;
}
