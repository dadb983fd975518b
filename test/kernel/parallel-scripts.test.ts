/**
 * Scripts carried out by real processes, all at once on all processors: each makes its next call as soon as those that it
 * waits for are over. PARALLEL_RUNS runs (a share within `npm run test:kernel`; `npm run test:parallel` has all), each of
 * another tree or with another draw of who is held back; every one ends in exactly its tree.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processScripts } from '../../src/engine/plan/scripts/process-scripts.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { EVERYTHING, WITH_GROUPS } from '../histories/history-shape.ts';
import { nestedHistoryImage } from '../histories/nested-history.ts';
import { planImage, treeOf } from '../histories/proven-plan.ts';
import { historyImage } from '../histories/random-history.ts';
import { PLANS } from './plans.ts';
import { all, type ReplayLine, replay, type Verdict, whyNotReplayable } from './replayer.ts';

const skip = whyNotReplayable() ?? false;
const RUNS = Number(process.env.PARALLEL_RUNS ?? 600);
const FIRST_SEED = Number(process.env.PARALLEL_SEED ?? 1);
const DRAWS = 4;

/** How long plans are, one call after the other and with as many at once as they allow. */
interface Lengths {
  plans: number;
  steps: number;
  criticalPath: number;
  shortest: number;
}

test(`${RUNS} parallel runs rebuild their trees`, { skip }, async (t) => {
  const lengths: Lengths = { plans: 0, steps: 0, criticalPath: 0, shortest: 1 };
  const wrong: Verdict[] = [];
  let runs = 0;
  let atOnce = 0;
  for await (const verdict of replay(linesOf(lengths), ['--cpu', 'any'])) {
    runs++;
    if (verdict.verdict !== 'ok') wrong.push(verdict);
    atOnce = Math.max(atOnce, verdict.atOnce ?? 0);
  }
  const { plans, steps, criticalPath, shortest } = lengths;
  t.diagnostic(
    `${runs} runs of ${plans} plans: ${steps} steps, critical paths ${criticalPath} ` +
      `(${Math.round((100 * criticalPath) / steps)} %, at best ${Math.round(100 * shortest)} %); at most ${atOnce} calls at once`,
  );
  assert.deepEqual(wrong, []);
  assert.equal(runs, RUNS);
  assert.ok(atOnce > 1, 'calls overlap');
});

/** Every plan with some draws of who is held back. */
function* linesOf(lengths: Lengths): Generator<ReplayLine> {
  let runs = 0;
  for (let seed = FIRST_SEED; runs < RUNS; seed++) {
    const image = imageOf(seed);
    const planning = planImage(image);
    if (planning.outcome !== 'restorable') continue;
    const scripts = processScripts(treeOf(image).pid[0]!, planning.steps);
    lengths.plans++;
    lengths.steps += planning.steps.length;
    lengths.criticalPath += scripts.criticalPath;
    lengths.shortest = Math.min(lengths.shortest, scripts.criticalPath / planning.steps.length);
    const plan = { steps: Array.from({ length: planning.steps.length }, (_, i) => planning.steps.at(i)) };
    for (let draw = 1; draw <= DRAWS && runs < RUNS; draw++, runs++) {
      yield { id: `seed ${seed}, draw ${draw}`, image, plan, scripts: asAnswered(scripts), seed: draw };
    }
  }
}

function imageOf(seed: number): TreeImage {
  const alive = 5 + (seed % 40);
  if (seed % 3 === 0) {
    const mix = { groups: true, zombies: true, subreapers: true };
    return nestedHistoryImage({ seed, calls: 80, alive: 15, namespaces: 4, levels: 3, ...mix });
  }
  return historyImage({ ...(seed % 2 ? EVERYTHING : WITH_GROUPS), seed, alive });
}

/** As `GET …/scripts` answers. */
function asAnswered({
  pid,
  stepOffset,
  step,
  afterOffset,
  after,
}: ReturnType<typeof processScripts>): NonNullable<ReplayLine['scripts']> {
  const processes = Array.from(pid, (number, i) => ({
    pid: number,
    do: Array.from(step.subarray(stepOffset[i]!, stepOffset[i + 1]!), (at) => ({
      step: at,
      after: [...after.subarray(afterOffset[at]!, afterOffset[at + 1]!)],
    })),
  }));
  return { processes };
}

test('a wait that is left out is found out: calls fail, or another tree comes out', { skip }, async () => {
  const puzzle = PLANS[0]!;
  const tree = treeOf(puzzle.image as TreeImage);
  const planning = planImage(puzzle.image as TreeImage);
  const { processes } = asAnswered(processScripts(tree.pid[0]!, planning.steps));
  const plan = { steps: Array.from({ length: planning.steps.length }, (_, i) => planning.steps.at(i)) };
  const careless = {
    processes: processes.map(({ pid, do: steps }) => ({
      pid,
      // Only its own birth is waited for.
      do: steps.map(({ step }, i) => ({
        step,
        after:
          i > 0
            ? []
            : plan.steps.flatMap((one, at) => (one.op === 'clone3' && one.child === pid ? [at] : [])),
      })),
    })),
  };
  const lines = Array.from({ length: 20 }, (_, seed) => ({
    id: seed,
    image: puzzle.image,
    plan,
    scripts: careless,
    seed,
  }));
  const verdicts = await all(replay(lines, ['--cpu', 'any', '--step-timeout', '2000']));
  assert.ok(verdicts.some(({ verdict }) => verdict !== 'ok'));
});

test('scripts that are none of the plan are refused', { skip }, async () => {
  const { image, plan } = PLANS[0]!;
  const steps = plan.steps.map((_, step) => ({ step, after: [] }));
  for (const [processes, says] of [
    [[{ pid: 1, do: steps.slice(1) }], /in no script/],
    [[{ pid: 1, do: [...steps, { step: 0, after: [] }] }], /another one has too/],
    [[{ pid: 1, do: [{ step: 0, after: [1] }] }], /does not come before it/],
    [
      [
        {
          pid: 1,
          do: [
            { step: 1, after: [] },
            { step: 0, after: [] },
          ],
        },
      ],
      /not in the order/,
    ],
  ] as const) {
    const [verdict] = await all(replay([{ image, plan, scripts: { processes } }]));
    assert.equal(verdict!.verdict, 'invalid');
    if (verdict!.verdict === 'invalid') assert.match(verdict!.message, says);
  }
});
