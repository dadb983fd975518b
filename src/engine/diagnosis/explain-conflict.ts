/**
 * A conflict in words: the facts of the image that contradict each other, for people and programs.
 *
 * In: the broken rules of a tree, or the core of contradicting births. Out: one Conflict.
 */

import type { BrokenRule } from '../planner/local-rules.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import type { Conflict, Fact } from './conflict.ts';
import type { ConflictCore } from './conflict-core.ts';

export function conflictOfRules(broken: readonly BrokenRule[]): Conflict {
  const { rule, facts, text } = broken[0]!;
  const pids = [...new Set(facts.map((fact) => fact.pid))].sort((a, b) => a - b);
  return { rule, pids, facts, text, minimal: true };
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
