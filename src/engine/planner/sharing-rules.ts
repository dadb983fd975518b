/**
 * Local rules about shared resources (inherit-only resources, K1 and K7).
 *
 * In: a tree that says something of them. Out: each rule that is broken, with its facts. A live kernel cannot break
 * them: such an image is damaged.
 * K1: one table of signal handlers is in one address space, because CLONE_SIGHAND needs CLONE_VM and execve leaves
 * both. K7: whoever has a controlling terminal has it from its session's leader, who lives and has it still.
 * K2, K3 and K4 speak of namespaces that an image does not have; K5 needs no rule, since a process has one class for
 * its threads; K6 is how a tree is made; K8 is a matter of births; K9 is not in an image. Cost: O(n).
 */
import { NumberTable } from '../tree/number-table.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import type { Sharing } from '../tree/sharing.ts';
import { NOT_TOLD, SIGHAND, VM } from '../tree/sharing-columns.ts';
import type { Report } from './broken-rule.ts';

export function checkSharing(tree: ProcessTree, sharing: Sharing, report: Report): void {
  checkHandlers(tree, sharing, report);
  checkTerminals(tree, sharing, report);
}

/** K1. Of a zombie the address space is gone, and where it is not told nothing is against one. */
function checkHandlers({ size, pid }: ProcessTree, { classes }: Sharing, report: Report): void {
  const handlers = classes[SIGHAND];
  const spaces = classes[VM];
  if (!handlers || !spaces) return;
  const firstWithSpace = new NumberTable(64);
  for (let i = 0; i < size; i++) {
    const name = handlers[i]!;
    if (name === NOT_TOLD || spaces[i] === NOT_TOLD) continue;
    const first = firstWithSpace.get(name);
    if (first < 0) firstWithSpace.set(name, i);
    else if (spaces[first] !== spaces[i]) {
      report(
        'K1',
        [
          { pid: pid[first]!, field: 'sighand', value: name + 1 },
          { pid: pid[first]!, field: 'vm', value: spaces[first]! + 1 },
          { pid: pid[i]!, field: 'sighand', value: name + 1 },
          { pid: pid[i]!, field: 'vm', value: spaces[i]! + 1 },
        ],
        `${pid[first]} and ${pid[i]} have the same signal handlers in two address spaces.`,
      );
    }
  }
}

/** K7. A leader outside the image may have any terminal; a zombie that led took the terminal from all with it. */
function checkTerminals(tree: ProcessTree, { terminal }: Sharing, report: Report): void {
  if (!terminal) return;
  const { size, pid, sid, state } = tree;
  const outside = sid[0] === pid[0] ? -1 : sid[0]!;
  for (let i = 0; i < size; i++) {
    const device = terminal[i]!;
    if (device <= 0 || state[i] === ZOMBIE || sid[i] === 0 || sid[i] === outside) continue;
    const leader = tree.indexOf(sid[i]!);
    const held = leader < 0 || state[leader] === ZOMBIE ? 0 : terminal[leader]!;
    if (held === device || held === NOT_TOLD) continue;
    const facts = [
      { pid: pid[i]!, field: 'ttyNr' as const, value: device },
      { pid: pid[i]!, field: 'sid' as const, value: sid[i]! },
    ];
    if (leader >= 0) facts.push({ pid: pid[leader]!, field: 'ttyNr' as const, value: held });
    report(
      'K7',
      facts,
      leader < 0 || state[leader] === ZOMBIE
        ? `${pid[i]} has a controlling terminal, but the leader of its session ${sid[i]} is dead, and with it the terminal is lost to all.`
        : `${pid[i]} has the controlling terminal ${device}, but ${sid[i]}, which leads its session, ${held === 0 ? 'has none' : `has ${held}`}.`,
    );
  }
}
