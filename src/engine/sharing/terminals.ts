/**
 * Controlling terminals: who takes one, and who drops it (inherit-only resources, 5.8).
 *
 * In: the tree and the steps of a plan. Out: the steps with TIOCSCTTY right after the setsid of a leader whose session
 * has a terminal, so that everybody whom it bears from then on has it; and at the end TIOCNOTTY by those who have none.
 * It is never in the way: every member is born in the session, after that call, or before the leader's setsid in
 * another one. Cost: O(steps).
 */
import { SETSID, StepList } from '../plan/step-list.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';

export function withTerminals(tree: ProcessTree, steps: StepList): StepList {
  const terminal = tree.sharing?.terminal;
  if (!terminal) return steps;
  const ofSession = new Map<number, number>();
  for (let i = 0; i < tree.size; i++)
    if (terminal[i]! > 0 && tree.state[i] !== ZOMBIE) ofSession.set(tree.sid[i]!, terminal[i]!);
  if (ofSession.size === 0) return steps;
  const outside = outsideNumbers(tree).sid;
  const result = new StepList(steps.length + 16);
  for (let i = 0; i < steps.length; i++) {
    result.copy(steps, i);
    const device = steps.op[i] === SETSID ? ofSession.get(steps.actor[i]!) : undefined;
    if (device !== undefined && steps.actor[i] !== outside) result.takeTerminal(steps.actor[i]!, device);
  }
  for (let i = 0; i < tree.size; i++) {
    if (terminal[i] !== 0 || tree.state[i] === ZOMBIE || tree.sid[i] === tree.pid[i]) continue;
    if (ofSession.has(tree.sid[i]!)) result.dropTerminal(tree.pid[i]!);
  }
  return result;
}
