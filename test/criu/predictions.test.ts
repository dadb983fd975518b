/**
 * What is told of a CRIU, against what it does: random real trees (CRIU_PREDICTIONS of them with each release) are dumped
 * and restored by CRIU alone, and outcome, message, hangs and the explanation of the log are those that were told.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { againstTree } from '../../src/engine/logs/against-tree.ts';
import { explainLog } from '../../src/engine/logs/explain-log.ts';
import { predictRestorers, type RestorerPrediction } from '../../src/engine/restorers/predict.ts';
import { readTreeParts } from '../../src/formats/read-image-files.ts';
import { loadTree } from '../../src/formats/read-process-files.ts';
import { imageParts } from '../formats/dumps.ts';
import { CRIUS, type Criu, endNamespace, Workshop, whyNoCriu } from './criu.ts';
import { LivingTree } from './living-tree.ts';
import { randomScript, type Script } from './scripts.ts';
import { type SeenTask, snapshot } from './snapshot.ts';

const skip = whyNoCriu() ?? false;
const TREES = Number(process.env.CRIU_PREDICTIONS ?? 4);
const FIRST_SEED = Number(process.env.CRIU_SEED ?? 10_001);

for (const criu of CRIUS) {
  test(`CRIU ${criu.name} does with ${TREES} random trees what was told`, { skip }, async (t) => {
    const wrong: string[] = [];
    const seen: Record<string, number> = {};
    for (let seed = FIRST_SEED; seed < FIRST_SEED + TREES; seed++) {
      const { told, done, fault } = await tried(criu, randomScript(seed));
      seen[done] = (seen[done] ?? 0) + 1;
      if (fault !== null) wrong.push(`seed ${seed}: told ${JSON.stringify(told)}: ${fault}`);
    }
    t.diagnostic(
      `CRIU ${criu.name}, seeds from ${FIRST_SEED}: ${JSON.stringify(seen)}, ${wrong.length} told wrongly`,
    );
    assert.deepEqual(wrong, []);
  });
}

interface Tried {
  readonly told: RestorerPrediction;
  readonly done: 'restores' | 'differs' | 'refuses' | 'hangs';
  /** How the two differ; null: not at all. */
  readonly fault: string | null;
}

async function tried(criu: Criu, { text }: Script): Promise<Tried> {
  const tree = await LivingTree.build(text);
  const workshop = new Workshop();
  try {
    const before = snapshot(tree.root).map(processOf);
    const images = await workshop.dump(criu, tree.root);
    await tree.end();
    const told = await predictionFor(criu, images);
    const end = await workshop.restoreAlone(criu, images);
    if (typeof end === 'string') {
      return { told, done: end === 'hangs' ? 'hangs' : 'refuses', fault: faultOfFailure(told, end) };
    }
    const after = snapshot(end).map(processOf);
    await endNamespace(end);
    const done = JSON.stringify(after) === JSON.stringify(before) ? 'restores' : 'differs';
    return { told, done, fault: told.outcome === done ? null : `it ${done}` };
  } finally {
    await tree.end();
    tree.remove();
    workshop.remove();
  }
}

/** What a tree image says of a process; threads that are stopped and the like are not the tree's. */
function processOf({ pid, ppid, pgid, sid, state, exitStatus, threads }: SeenTask): object {
  return { pid, ppid, pgid, sid, zombie: state === 'zombie', exitStatus, threads };
}

async function predictionFor(criu: Criu, images: string): Promise<RestorerPrediction> {
  const loaded = loadTree(await readTreeParts(imageParts(images)));
  assert.ok(loaded.ok);
  return predictRestorers(loaded.tree, loaded.surroundings?.order ?? null).find(
    ({ restorer, version }) => restorer === 'criu' && version === criu.name,
  )!;
}

/**
 * Members of a group whose leader has moved on wait or fail by chance: told as hanging, with the message.
 * The log is explained as it is explained to its reader: the line, whom it is about, why, and what helps.
 */
function faultOfFailure(told: RestorerPrediction, said: string): string | null {
  const { outcome, message, mayHangFor, pids, reason } = told;
  const explained = againstTree(explainLog(said === 'hangs' ? '' : said), [
    { outcome, message, pids, mayHangFor, why: reason?.why ?? null, remedy: reason?.remedy ?? null },
  ]);
  if (said === 'hangs') {
    if (outcome !== 'hangs' && !mayHangFor) return 'it hangs';
    const { hang } = explained;
    return hang && hang.pids.length > 0 && hang.remedy !== '' ? null : 'the hang is not explained';
  }
  if (outcome !== 'refuses' && outcome !== 'hangs') return `it says ${said}`;
  if (message === null) return `it says ${said}, and no message was told`;
  const { cause, expected } = explained;
  const alike = (line: string): string => (outcome === 'hangs' ? line.replace(/\(.*\)/, '') : line);
  if (alike(cause?.message ?? '') !== alike(message)) {
    // Of processes that refuse at the same time whoever is first is by chance; the log has the others' lines too.
    if (pids.some((pid) => isSaidBy(pid, message, said))) return null;
    return `the log's cause is ${cause?.message}: ${said}`;
  }
  if (!cause!.known || !expected) return `the cause ${cause!.message} is not known, or not expected`;
  if (pids.length === 0) return 'nobody is named';
  const speaker = /^\s*(?:\(\d+\.\d+\)\s*)?(\d+): /.exec(cause!.text)?.[1];
  if (outcome === 'refuses' && speaker && !pids.includes(Number(speaker)))
    return `${speaker} says it, told was ${pids}`;
  return /regraft restore/.test(cause!.remedy) ? null : `the remedy is ${cause!.remedy}`;
}

function isSaidBy(pid: number, message: string, log: string): boolean {
  return log
    .split('\n')
    .some((line) => line.trimStart().startsWith(`${pid}: Error`) && line.endsWith(`: ${message}`));
}
