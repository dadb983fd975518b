/**
 * Measures one case in a process of its own, so that its largest resident set is that of the case:
 * `node --expose-gc measure-tree.js SHAPE FILE RUNS`. Writes a Measurement to standard output.
 *
 * Order: warm-up on a small tree of the shape; the runs from bytes to answer; the resident set; then the yardstick.
 */

import { readFileSync } from 'node:fs';
import { DEFAULT_OPTIONS } from '../src/engine/plan/plan-options.ts';
import { loadTree, readTree } from '../src/formats/read-tree.ts';
import { treeId } from '../src/formats/tree-id.ts';
import { planBody } from '../src/http/rendering/plan-json.ts';
import { makePlan } from '../src/jobs/make-plan.ts';
import { planId } from '../src/jobs/plan-identity.ts';
import { type Measurement, median, type Timed } from './measurement.ts';
import { imageText, SHAPES, type ShapeName } from './shapes.ts';

const WARM_UP_SIZE = 2000;
const WARM_UPS = 20;
const LEAST_YARDSTICK_RUNS = 5;

interface Answer {
  readonly processes: number;
  readonly steps: number;
  readonly helpers: number;
  readonly bytes: number;
}

async function answered(bytes: Uint8Array): Promise<{ times: Timed; answer: Answer }> {
  const begin = performance.now();
  const loaded = loadTree(await readTree('json', bytes));
  if (!loaded.ok) throw new Error(loaded.faults[0]?.message);
  const id = treeId(loaded.tree);
  const read = performance.now();
  let verifyFrom = 0;
  let answerFrom = 0;
  const record = { id, info: '{"findings":[]}' };
  const plan = makePlan(planId(id, DEFAULT_OPTIONS), loaded.tree, record, DEFAULT_OPTIONS, (phase) => {
    if (phase === 'verification') verifyFrom = performance.now();
    if (phase === 'diagnosis') answerFrom = performance.now();
  });
  const body = planBody(plan, true, '');
  let length = 0;
  if (Buffer.isBuffer(body)) length = body.length;
  else for await (const piece of body) length += Buffer.byteLength(piece as string);
  const end = performance.now();
  const { outcome, summary } = JSON.parse(plan.head) as {
    outcome: string;
    summary: { steps: number; helpers: number };
  };
  if (outcome !== 'restorable') throw new Error(`The tree is ${outcome}.`);
  return {
    times: {
      read: read - begin,
      plan: verifyFrom - read,
      verify: answerFrom - verifyFrom,
      answer: end - answerFrom,
    },
    answer: { processes: loaded.tree.size, steps: summary.steps, helpers: summary.helpers, bytes: length },
  };
}

function yardstick(bytes: Buffer, count: number): number {
  const text = bytes.toString('utf8');
  const times: number[] = [];
  global.gc?.();
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    const value = JSON.parse(text) as { processes: unknown[] };
    times.push(performance.now() - begin);
    if (value.processes.length === 0) throw new Error('The image has no process.');
  }
  return median(times);
}

const shape = process.argv[2] as ShapeName;
const runs = Number(process.argv[4]);
const small = imageText(SHAPES[shape].make(WARM_UP_SIZE));
for (let i = 0; i < WARM_UPS; i++) await answered(small);
const bytes = readFileSync(process.argv[3]!);
const times: Timed[] = [];
let answer: Answer | undefined;
// Once, not before every run: a forced collection also throws away compiled code.
global.gc?.();
for (let i = 0; i < runs; i++) {
  const one = await answered(bytes);
  times.push(one.times);
  answer = one.answer;
}
const peakRssBytes = process.resourceUsage().maxRSS * 1024;
const total = ({ read, plan, verify, answer }: Timed) => read + plan + verify + answer;
const of = (phase: keyof Timed) => median(times.map((time) => time[phase]));
const measurement: Measurement = {
  shape,
  processes: answer!.processes,
  runs,
  imageBytes: bytes.length,
  steps: answer!.steps,
  helpers: answer!.helpers,
  parse: yardstick(bytes, Math.max(LEAST_YARDSTICK_RUNS, runs)),
  read: of('read'),
  plan: of('plan'),
  verify: of('verify'),
  answer: of('answer'),
  first: total(times[0]!),
  answerBytes: answer!.bytes,
  peakRssBytes,
};
process.stdout.write(`${JSON.stringify(measurement)}\n`);
