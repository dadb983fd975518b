/**
 * A conflict in words: the facts of the image that contradict each other, for people and programs.
 *
 * In: the broken rules of a tree, or the core of contradicting births. Out: one Conflict.
 */

import { type BrokenRule, brokenRules } from '../planner/local-rules.ts';
import { brokenNamespaceRules } from '../planner/nested/namespace-rules.ts';
import { nestedTree } from '../planner/nested/nested-tree.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { treePart } from '../tree/tree-part.ts';
import type { Conflict, Fact } from './conflict.ts';
import type { ConflictCore } from './conflict-core.ts';

/** The rule that concerns the fewest, or one that a part of its processes breaks by itself. */
export function conflictOfRules(tree: ProcessTree, broken: readonly BrokenRule[]): Conflict {
  let { rule, facts, text } = broken[0]!;
  let concerned = withInits(tree, processesOf(tree, facts));
  for (let i = 0; i < concerned.length; i++) {
    const left = concerned[i]!;
    const kept = withInits(
      tree,
      concerned.filter((other) => other !== left),
    );
    if (left === 0 || kept.includes(left)) continue;
    const part = treePart(tree, [0, ...kept.filter((other) => other > 0)]);
    const still = part && firstBroken(part);
    if (!still) continue;
    ({ rule, facts, text } = still);
    concerned = withInits(tree, processesOf(tree, facts));
    i = -1;
  }
  const pids = concerned.map((i) => tree.pid[i]!).sort((a, b) => a - b);
  return { rule, pids, facts, text, minimal: true };
}

function firstBroken(tree: ProcessTree): BrokenRule | undefined {
  const [broken] = brokenRules(tree, outsideNumbers(tree));
  if (broken || tree.namespaces.length === 1) return broken;
  const { relations, sessions, groups } = nestedTree(tree);
  return brokenNamespaceRules(tree, relations, sessions, groups)[0];
}

function processesOf(tree: ProcessTree, facts: readonly Fact[]): number[] {
  return facts.map(({ pid }) => tree.indexOf(pid));
}

/** With the inits of the pid namespaces that these processes live in, without which there are none; ascending. */
function withInits({ namespace, namespaces }: ProcessTree, processes: readonly number[]): number[] {
  const all = new Set(processes);
  for (const i of processes) {
    for (let n = namespace[i]!; n > 0; n = namespaces[n]!.parent) all.add(namespaces[n]!.init);
  }
  return [...all].sort((a, b) => a - b);
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
    const parent = tree.pid[core.parent[i]!]!;
    const ppid = tree.parent[v] === OUTSIDE ? 0 : tree.pid[tree.parent[v]!]!;
    facts.push({ pid, field: 'ppid', value: ppid, ...(ppid === parent ? {} : { below: parent }) });
    words.push(`${pid} ${session} and is ${ppid === parent ? 'a child of' : 'below'} ${parent}`);
  }
  const text = `No order of births, setsid calls and deaths gives all of this: ${words.join('; ')}.`;
  return { rule: 'ORIGIN', pids, facts, text, minimal: core.minimal };
}

function sessionWords(tree: ProcessTree, sid: number): string {
  if (sid === 0) return 'a session from outside';
  return tree.indexOf(sid) >= 0 ? `session ${sid}` : `session ${sid}, whose leader is gone`;
}
