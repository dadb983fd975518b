/**
 * Sessions and groups whose leader is outside the image, and who has to supply them: whoever starts the root, and for
 * processes that were put in from outside, and those below them, whoever puts these in (contract, section 4).
 *
 * In: the tree, and the numbers that the root started with. Out: SESSION_OUTSIDE and GROUP_OUTSIDE, each once for the root's
 * and once for the others. Cost: O(n). Kernel rules: D1, E7.
 */

import { aboutProcesses, processesWhere } from '../answer-types/about-processes.ts';
import type { Diagnostic } from '../answer-types/diagnostic.ts';
import { hasInjected, type OutsideNumbers } from '../tree/outside.ts';
import { OUTSIDE, type ProcessTree, rootIsInit } from '../tree/process-tree.ts';

const KINDS = [
  { code: 'SESSION_OUTSIDE', number: 'sid', leads: 'session', what: 'session' },
  { code: 'GROUP_OUTSIDE', number: 'pgid', leads: 'process group', what: 'group' },
] as const;

export function outsideFindings(tree: ProcessTree, outside: OutsideNumbers): Diagnostic[] {
  const putIn = rootIsInit(tree) && hasInjected(tree) ? belowOthersThanRoot(tree) : null;
  return KINDS.flatMap(({ code, number, leads, what }) => {
    const numbers = tree[number];
    const ofRoot = outside[number];
    const isOutside = (i: number): boolean => numbers[i] === 0 || numbers[i] === ofRoot;
    // Beside a root that came with a number they have none.
    const isPutIn = (i: number): boolean => (putIn ? putIn[i] === 1 : ofRoot !== 0 && numbers[i] === 0);
    const led = `The leader of the ${leads} of these processes is outside the image`;
    return [
      ...aboutProcesses(
        code,
        'warning',
        processesWhere(tree, (i) => isOutside(i) && !isPutIn(i)),
        `${led}: the restorer must start the root in that ${what}.`,
        `Start the root from a process in the ${what} that they shall have.`,
      ),
      ...aboutProcesses(
        code,
        'warning',
        processesWhere(tree, (i) => isOutside(i) && isPutIn(i)),
        `${led}: they, or processes above them, were put in from outside, and the restorer must do that from that ${what}.`,
        `Put them in from a process in the ${what} that they shall have.`,
      ),
    ];
  });
}

/** 1 for the processes that hang from outside beside the root, and for those below them. */
function belowOthersThanRoot({ size, parent }: ProcessTree): Uint8Array {
  const below = new Uint8Array(size);
  for (let i = 1; i < size; i++) below[i] = parent[i] === OUTSIDE ? 1 : below[parent[i]!]!;
  return below;
}
