/**
 * What a record of births says that the image does not: findings beside the tree that is made of both.
 *
 * In: a tree, and what a record says about it (recorded-births.ts). Out: diagnostics in a fixed order. Cost: O(n).
 */

import type { Diagnostic } from '../answer-types/diagnostic.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import type { RecordedBirths } from './recorded-births.ts';

/** Pids that one finding lists; `detail.count` has their number. */
const LISTED = 1000;

export function recordFindings(tree: ProcessTree, { caba, exited }: RecordedBirths): Diagnostic[] {
  const findings: Diagnostic[] = [];
  const report = (pids: readonly number[], message: string, hint: string): void => {
    if (pids.length === 0) return;
    findings.push({
      code: 'IMAGE_INCONSISTENT',
      severity: 'warning',
      pids: pids.slice(0, LISTED),
      message,
      hint,
      detail: { count: pids.length },
    });
  };
  report(
    exited,
    'The record says that these processes have exited; in the image they are alive. Of their births nothing is claimed but what start times prove.',
    'Take the image last, and a record of the same machine and boot; give startTime in the image.',
  );
  const others: number[] = [];
  for (let q = 0; q < tree.size; q++) {
    const given = tree.caba?.[q] ?? -1;
    if (given >= 0 && caba[q]! >= 0 && given !== caba[q]) others.push(tree.pid[q]!);
  }
  report(
    others,
    'The record gives these processes another closest alive born ancestor than the image; the image’s stays.',
    'One of them is wrong. Leave out `caba` where the record shall count.',
  );
  return findings;
}
