/**
 * What a record of births says that the image does not: findings beside the tree that is made of both.
 *
 * In: a tree, and what a record says about it (recorded-births.ts). Out: diagnostics in a fixed order. Cost: O(n).
 */

import { aboutProcesses, allOf, type Concerned, processesWhere } from '../answer-types/about-processes.ts';
import type { Diagnostic } from '../answer-types/diagnostic.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import type { RecordedBirths } from './recorded-births.ts';

export function recordFindings(tree: ProcessTree, { caba, exited }: RecordedBirths): Diagnostic[] {
  const others = processesWhere(tree, (q) => {
    const given = tree.caba?.[q] ?? -1;
    return given >= 0 && caba[q]! >= 0 && given !== caba[q];
  });
  return [
    ...inconsistent(
      allOf(exited),
      'The record says that these processes have exited; in the image they are alive. Of their births nothing is claimed but what start times prove.',
      'Take the image last, and a record of the same machine and boot; give startTime in the image.',
    ),
    ...inconsistent(
      others,
      'The record gives these processes another closest alive born ancestor than the image; the image’s stays.',
      'One of them is wrong. Leave out `caba` where the record shall count.',
    ),
  ];
}

function inconsistent(concerned: Concerned, message: string, hint: string): Diagnostic[] {
  return aboutProcesses('IMAGE_INCONSISTENT', 'warning', concerned, message, hint);
}
