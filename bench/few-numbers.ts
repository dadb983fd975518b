/**
 * A tree that leaves hardly a number: `node --max-old-space-size=8192 dist/bench/few-numbers.js [PROCESSES] [LEFT]`.
 *
 * Copies of one random history below one root, and children of the root until PROCESSES are there (4,150,000 where it
 * is not said); threads of one of these take all other numbers but LEFT (100). Prints how the planning ends, how many
 * helpers it has and how many of them any number would do for, and the processor time; exit 1 where no verified plan comes.
 */

import { DEFAULT_OPTIONS } from '../src/engine/plan/plan-options.ts';
import { planRestore } from '../src/engine/plan-restore.ts';
import { LARGEST_PID } from '../src/engine/planner/schedule/fresh-numbers.ts';
import { buildTree } from '../src/engine/tree/build-tree.ts';
import { ProcessColumns } from '../src/engine/tree/process-columns.ts';
import type { ProcessTree } from '../src/engine/tree/process-tree.ts';
import { LEADING_ROOT, WITH_GROUPS } from '../test/histories/history-shape.ts';
import { treeOf } from '../test/histories/proven-plan.ts';
import { historyImage } from '../test/histories/random-history.ts';

const [processes = 4_150_000, left = 100] = process.argv.slice(2).map(Number);
/** Share of the numbers besides those of processes that dead leaders take. */
const DEAD_SHARE = 0.9;

const copied = treeOf(historyImage({ ...WITH_GROUPS, root: LEADING_ROOT, seed: 1, alive: 1000 }));
const tree = crowdedTree(copied);
const before = process.cpuUsage().user;
const { outcome, summary, helpers, diagnostics } = planRestore(tree, DEFAULT_OPTIONS);
const used = new Set<number>();
for (const numbers of [tree.sid, tree.pgid]) for (const number of numbers) used.add(number);
console.log({
  processes: tree.size,
  outcome,
  errors: diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
  steps: summary.steps,
  helpers: summary.helpers,
  withAnyNumber: helpers.pid.filter((pid) => !used.has(pid)).length,
  numbersOfThese: new Set(helpers.pid.filter((pid) => !used.has(pid))).size,
  left,
  seconds: Math.round((process.cpuUsage().user - before) / 1e6),
});
if (outcome !== 'restorable') process.exitCode = 1;

function crowdedTree({ size, pid, parent, pgid, sid }: ProcessTree): ProcessTree {
  const numbers = [...new Set([...pid, ...pgid, ...sid])].filter((number) => number > pid[0]!);
  const dead = numbers.length - (size - 1);
  const copies = Math.floor(((LARGEST_PID - processes) * DEAD_SHARE) / Math.max(1, dead));
  const place = new Map(numbers.map((number, at) => [number, at]));
  const columns = new ProcessColumns(processes);
  columns.append(1, 0, 1, 1);
  let next = 2;
  for (let copy = 0; copy < copies; copy++) {
    const from = next;
    const numberOf = (number: number): number => (number > pid[0]! ? from + place.get(number)! : number);
    for (let i = 1; i < size; i++) {
      columns.append(numberOf(pid[i]!), numberOf(pid[parent[i]!]!), numberOf(pgid[i]!), numberOf(sid[i]!));
    }
    next += numbers.length;
  }
  const first = next;
  while (columns.count < processes) columns.append(next++, 1, 1, 1);
  // Threads of whoever is last take what is left too much.
  if (next > first) while (next <= LARGEST_PID - left) columns.appendThread(next++);
  const built = buildTree(columns);
  if (!built.ok) throw new Error(built.faults[0]?.message);
  return built.tree;
}
