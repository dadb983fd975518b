/**
 * What a release of CRIU, or of Virtuozzo's, does with a tree by itself: dump, restore, and the end against the image.
 *
 * In: a tree, the release. Out: what happens, with the release's own message, and whom it is about.
 * Cost: that of CRIU's planning, one run of the simulator and one comparison.
 */

import { compareWithImage } from '../../diff/compare.ts';
import { bootOf } from '../../kernel/replay.ts';
import { OUTSIDE, type ProcessTree } from '../../tree/process-tree.ts';
import { withScratch } from '../../tree/scratch.ts';
import type { Prediction } from '../prediction.ts';
import { recordsOfTree } from './records.ts';
import type { CriuRules } from './release.ts';
import { runCriu } from './run.ts';

/** @param dumped pids in the order of the dump's records; null: not known */
export function predictCriu(
  tree: ProcessTree,
  rules: CriuRules,
  dumped: readonly number[] | null = null,
): Prediction {
  return refusedDump(tree) ?? withScratch(() => restored(tree, rules, dumped));
}

/** Trees that CRIU does not even dump (restorers.md, 1.1; measured). The numbers of its messages are the host's. */
export function refusedDump(tree: ProcessTree): Prediction | null {
  if (tree.namespaces.length > 1) {
    const inner = tree.pid[tree.namespace.findIndex((namespace) => namespace > 0)]!;
    return { outcome: 'refuses', message: `Can't dump nested pid namespace for ${inner}`, pids: [inner] };
  }
  for (let i = 0; i < tree.size; i++) {
    if (tree.sid[i] !== 0) continue;
    const pid = tree.pid[i]!;
    return {
      outcome: 'refuses',
      message: `A session leader of ${pid}(${pid}) is outside of its pid namespace`,
      pids: [pid],
    };
  }
  // Whoever was put in from outside is no descendant of the root: a dump of the namespace's init does not see it.
  const injected = tree.parent.indexOf(OUTSIDE, 1);
  if (injected > 0) return { outcome: 'refuses', message: null, pids: [tree.pid[injected]!] };
  return null;
}

function restored(tree: ProcessTree, rules: CriuRules, dumped: readonly number[] | null): Prediction {
  const run = runCriu(recordsOfTree(tree, dumped), bootOf(tree), rules);
  if (!run.done) return run.prediction;
  const { kernel, mayHangFor } = run;
  const { differences } = compareWithImage(tree, kernel);
  return {
    outcome: differences.length === 0 ? 'restores' : 'differs',
    message: null,
    pids: [...new Set(differences.map(({ pid }) => pid))],
    ...(mayHangFor.length > 0 && { mayHangFor }),
  };
}
