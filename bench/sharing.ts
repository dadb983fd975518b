/**
 * `node --expose-gc --max-old-space-size=8192 dist/bench/sharing.js [PROCESSES] [PAIRS]`: what file tables cost that are
 * shared along births, as processor time of planning with and without them, by turns.
 *
 * The tree is a random history; births are those of its plan. In every tenth process a table begins that the next nine
 * births within its family share, so that there is about a class for every ten processes.
 */

import { DEFAULT_OPTIONS } from '../src/engine/plan/plan-options.ts';
import { CLONE3 } from '../src/engine/plan/step-list.ts';
import { planRestore } from '../src/engine/plan-restore.ts';
import type { ProcessTree } from '../src/engine/tree/process-tree.ts';
import { KINDS, NOT_TOLD } from '../src/engine/tree/sharing-columns.ts';
import { loadTree, readTree } from '../src/formats/read-tree.ts';
import { median } from './measurement.ts';
import { imageText, SHAPES } from './shapes.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const pairs = Number(process.argv[3] ?? 5);

async function treeOf(size: number): Promise<ProcessTree> {
  const loaded = loadTree(await readTree('json', imageText(SHAPES.histories.make(size))));
  if (!loaded.ok) throw new Error(loaded.faults[0]?.message);
  return loaded.tree;
}

/** Every child shares its creator's table, until ten do; then one of its own begins. */
function withTables(tree: ProcessTree): { tree: ProcessTree; classes: number } {
  const { steps } = planRestore(tree, DEFAULT_OPTIONS);
  const files = new Int32Array(tree.size).fill(NOT_TOLD);
  const members = new Int32Array(tree.size);
  files[0] = 0;
  members[0] = 1;
  for (let i = 0; i < steps.length; i++) {
    if (steps.op[i] !== CLONE3) continue;
    const child = tree.indexOf(steps.object[i]!);
    if (child < 0) continue;
    const creator = tree.indexOf(steps.actor[i]!);
    const shared = creator < 0 ? NOT_TOLD : files[creator]!;
    // One birth in two shares, so that tables have a few holders and one process in ten begins a shared one.
    files[child] = shared !== NOT_TOLD && members[shared]! < 10 && (child & 7) !== 0 ? shared : child;
    members[files[child]!]!++;
  }
  const first = new Int32Array(tree.size).fill(NOT_TOLD);
  const named = files.map((name, i) => {
    if (name === NOT_TOLD) return NOT_TOLD;
    if (first[name] === NOT_TOLD) first[name] = i;
    return first[name]!;
  });
  const shared = members.filter((size) => size > 1).length;
  const classes = KINDS.map((_, kind) => (kind === 0 ? named : null));
  const nothing = { exitSignal: null, terminal: null, threadFiles: null, threadFs: null };
  return { tree: { ...tree, sharing: { classes, ...nothing } }, classes: shared };
}

function planningTime(tree: ProcessTree): number {
  global.gc?.();
  const before = process.cpuUsage();
  const { outcome } = planRestore(tree, DEFAULT_OPTIONS);
  const { user, system } = process.cpuUsage(before);
  if (outcome !== 'restorable') throw new Error(`the tree is ${outcome}`);
  return (user + system) / 1e6;
}

const warm = withTables(await treeOf(20_000));
for (let i = 0; i < 10; i++) planRestore(warm.tree, DEFAULT_OPTIONS);
const plain = await treeOf(count);
const { tree, classes } = withTables(plain);
const times: { without: number; with: number }[] = [];
for (let i = 0; i < pairs; i++) {
  const without = planningTime(plain);
  times.push({ without, with: planningTime(tree) });
}
const ratios = times.map((pair) => pair.with / pair.without);
console.log(
  `${count} processes, ${classes} classes: without ${median(times.map((pair) => pair.without)).toFixed(2)} s, with ${median(times.map((pair) => pair.with)).toFixed(2)} s, ratio ${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
);
