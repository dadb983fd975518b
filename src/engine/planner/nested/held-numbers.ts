/**
 * Local rule N10: a number that a dead leader of a session or group has inside a pid namespace is nobody else's there.
 *
 * On level 0 the number says who the leader is; further in, somebody else may be said to have it too.
 * In: a nested tree whose numbers are shown as N3 and N5 say. Out: the rule, reported where it is broken.
 * Cost: O(numbers); O(sessions and groups) where no leader that lived inside is dead. Kernel rules: D4, D6, D7.
 */

import type { Fact } from '../../answer-types/conflict.ts';
import { PairTable } from '../../tree/number-table.ts';
import { onLevels } from '../../tree/process-tree.ts';
import type { Report } from '../broken-rule.ts';
import type { NestedTree } from './nested-tree.ts';
import { innerNumbersOf, NOBODY } from './owners.ts';

/** A dead leader, and what shows its numbers. */
interface Holder {
  readonly leader: number;
  readonly fact: Fact;
}

export function checkHeldNumbers({ tree, relations, sessions, groups }: NestedTree, report: Report): void {
  const { size, pid, namespace, namespaces } = tree;
  const { offset, sid, pgid, pid: inner } = tree.levels!;
  const holders: Holder[] = [];
  const held = new PairTable(16);
  /** Somebody else has this number in namespace n. */
  const clash = (by: Holder, n: number, inside: number): void => {
    const { leader, fact } = holders[held.get(n, inside)]!;
    if (leader === by.leader) return;
    const text = `${leader} is gone, but a session or group keeps its number ${inside} in "${namespaces[n]!.id}", which ${by.leader} has there too.`;
    report('N10', [fact, by.fact], text);
  };
  for (const [owners, vectors, field] of [
    [sessions, sid, 'nssid'],
    [groups, pgid, 'nspgid'],
  ] as const) {
    for (let k = 1; k < owners.count; k++) {
      if (owners.process[k] !== NOBODY || owners.namespace[k]! <= 0) continue;
      const w = owners.witness[k]!;
      const value = vectors.subarray(offset[w]!, offset[w + 1]!).join(' ');
      const holder = { leader: owners.number[k]!, fact: { pid: pid[w]!, field, value } };
      innerNumbersOf(tree, relations, owners, k, vectors).forEach((inside, above) => {
        const n = relations.ancestorAt(owners.namespace[k]!, above + 1);
        if (held.get(n, inside) >= 0) clash(holder, n, inside);
        else held.set(n, inside, holders.push(holder) - 1);
      });
    }
  }
  for (let i = 1; i < size && holders.length > 0; i++) {
    let n = namespace[i]!;
    for (let at = offset[i + 1]! - 1; at > offset[i]!; at--) {
      if (held.get(n, inner[at]!) >= 0) {
        const value = onLevels(tree, i, 'pid').join(' ');
        clash({ leader: pid[i]!, fact: { pid: pid[i]!, field: 'nspid', value } }, n, inner[at]!);
      }
      n = relations.parent[n]!;
    }
  }
}
