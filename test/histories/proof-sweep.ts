/**
 * Many damaged histories in one run, by hand: `node dist/test/histories/proof-sweep.js [count] [largest] [first seed]`.
 * Half of them are over nested pid namespaces. What is refused has a proof, what is restorable cannot be refuted, and
 * what is undecided is counted by its reason. Prints the smallest image of each kind that is not so.
 */

import { Image, NOTHING_GIVEN } from '../../src/engine/proof/image.ts';
import { refute } from '../../src/engine/refute/refute.ts';
import type { ProcessImage, TreeImage } from '../../src/formats/tree-image-schema.ts';
import { damagedHistory } from './damaged-image.ts';
import { nestedHistoryImage } from './nested-history.ts';
import { planImage, treeOf } from './proven-plan.ts';
import { SeededRandom } from './seeded-random.ts';

const [count = 4000, largest = 40, firstSeed = 1] = process.argv.slice(2).map(Number);
const seen = new Map<string, { count: number; smallest: TreeImage }>();
let steps = 0;
let proofs = 0;
let most = 0;

for (let seed = firstSeed; seed < firstSeed + count; seed++) {
  const random = new SeededRandom(seed * 104729);
  const image = seed % 2 === 0 ? damagedHistory(seed, random, largest) : nested(seed, random);
  let what: string;
  try {
    what = verdictOf(image);
  } catch (error) {
    what = `error ${String(error).split('\n')[0]!.replace(/\d+/g, '#').slice(0, 80)}`;
  }
  const key = `${image.pidNamespaces && image.pidNamespaces.length > 1 ? 'nested' : 'one'}: ${what}`;
  const known = seen.get(key);
  const smaller = !known || image.processes.length < known.smallest.processes.length;
  seen.set(key, { count: (known?.count ?? 0) + 1, smallest: smaller ? image : known.smallest });
}
for (const [what, { count: times, smallest }] of [...seen].sort()) {
  console.log(`${times} × ${what}`);
  if (!/: (restorable|unrestorable|no tree)$/.test(what)) console.log(`    ${JSON.stringify(smallest)}`);
}
console.log({ proofs, steps, most });

function verdictOf(image: TreeImage): string {
  let tree: ReturnType<typeof treeOf>;
  try {
    tree = treeOf(image);
  } catch {
    return 'no tree';
  }
  const { outcome, diagnostics, verification } = planImage(image);
  const proof = refute(new Image(tree, NOTHING_GIVEN), Array.from(tree.pid), {
    work: 20_000_000,
  });
  if (outcome === 'restorable') return proof ? 'restorable, but refuted' : 'restorable';
  if (outcome === 'undecided')
    return `undecided ${diagnostics[0]!.detail.reason}${proof ? ', but refuted' : ''}`;
  if (verification?.by === 'proof checker') {
    proofs++;
    steps += verification.steps;
    most = Math.max(most, verification.steps);
  }
  return proof ? 'unrestorable' : 'unrestorable by its core alone';
}

/** A process or two take parent, session or group of others that live where they live. */
function nested(seed: number, random: SeededRandom): TreeImage {
  const history = nestedHistoryImage({
    seed,
    calls: random.pick([40, 100, 300]),
    alive: 4 + random.below(random.pick([4, 10, largest - 2])),
    namespaces: 2 + random.below(3),
    levels: 1 + random.below(2),
    groups: random.chance(0.5),
    zombies: random.chance(0.3),
    subreapers: true,
  });
  const processes: ProcessImage[] = history.processes.map((process) => ({ ...process }));
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(processes.length);
    const alike = processes.filter(({ pidns }) => pidns === processes[at]!.pidns);
    const other = random.pick(alike);
    const { ppid, sid, pgid, nssid, nspgid } = other;
    const own = processes[at]!;
    if (own.ppid === 0 || other.ppid === 0 || other === own) continue;
    const what = random.below(4);
    if (what === 0) processes[at] = { ...own, ppid };
    else if (what === 1) processes[at] = { ...own, ppid: other.pid };
    else processes[at] = { ...own, sid, pgid, ...(nssid && { nssid }), ...(nspgid && { nspgid }) };
  }
  return { ...history, processes };
}
