/**
 * `npm run sweep [-- KIND COUNT FIRST_SEED]`: many drawn trees in one run, every answer judged (judge.ts). Without
 * arguments all kinds at the sizes that are asked of the planner. Prints the answers, what is wrong with which seed, and
 * the most user CPU time that the planning of one tree took; exit 1 where anything is wrong.
 */

import { DRAWN_TREES, type Kind } from './drawn-trees.ts';
import { judge } from './judge.ts';

const SIZES: Record<Kind, number> = {
  dense: 20_000,
  elsewhere: 5000,
  outerGroups: 10_000,
  mutants: 50_000,
  histories: 20_000,
  initOutside: 10_000,
  cutOut: 20_000,
  putIn: 2000,
  large: 2000,
  largeMutants: 2000,
  copies: 1000,
};
/** Faulty seeds of one fault that are listed. */
const LISTED = 10;

const [kind, count, first = '1'] = process.argv.slice(2);
if (kind !== undefined && !(kind in DRAWN_TREES)) {
  console.error(`KIND is one of ${Object.keys(DRAWN_TREES).join(', ')}`);
  process.exit(2);
}
const kinds = kind === undefined ? (Object.keys(SIZES) as Kind[]) : [kind as Kind];
for (const one of kinds) run(one, Number(count ?? SIZES[one]), Number(first));

function run(one: Kind, trees: number, firstSeed: number): void {
  const { draw, reached } = DRAWN_TREES[one];
  const answers: Record<string, number> = {};
  const faults = new Map<string, number[]>();
  let confirmed = 0;
  let slowest = { seed: 0, ms: 0 };
  for (let seed = firstSeed; seed < firstSeed + trees; seed++) {
    const judgement = judge(draw(seed));
    const { ms } = judgement;
    if (ms > slowest.ms) slowest = { seed, ms };
    answers[judgement.answer] = (answers[judgement.answer] ?? 0) + 1;
    if (judgement.confirmed) confirmed++;
    const refused = reached && judgement.answer !== 'restorable' ? judgement.answer : null;
    const fault = refused ? `a history reached it, but ${refused}` : judgement.fault;
    if (fault) faults.set(fault, [...(faults.get(fault) ?? []), seed]);
  }
  console.log(one, { trees, answers, confirmedByTheModel: confirmed, slowest });
  for (const [fault, seeds] of faults) {
    console.log(`  ${seeds.length} × ${fault}: seeds ${seeds.slice(0, LISTED).join(', ')}`);
    process.exitCode = 1;
  }
}
