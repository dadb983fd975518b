/**
 * The simulator and the kernel agree, step by step and in the tree at the end: on every rule, and on random sequences
 * with wrong steps among them. REGRAFT_SEQUENCES is the number of these, REGRAFT_SEED the first seed.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../src/engine/plan/step.ts';
import { SYSVSEM } from '../../src/engine/tree/sharing-columns.ts';
import { randomSteps } from './random-steps.ts';
import { type SeenProcess, type Trace, trace, whyNotReplayable } from './replayer.ts';
import { RULES } from './rules.ts';
import { simulate } from './simulate.ts';

const skip = whyNotReplayable() ?? false;
const SEQUENCES = Number(process.env.REGRAFT_SEQUENCES ?? 2400);
const FIRST_SEED = Number(process.env.REGRAFT_SEED ?? 1);

interface Sequence {
  readonly id: string;
  readonly steps: readonly Step[];
}

/** Steps compared. A `refused` exit is where the two part: the kernel did not carry it out. */
function compare({ id, steps }: Sequence, real: Trace): number {
  const simulated = simulate(steps);
  const parted = real.steps.indexOf('refused');
  const end = parted < 0 ? steps.length : parted;
  const wrong = steps.findIndex((_, i) => i < end && simulated.steps[i] !== real.steps[i]);
  const at = wrong < 0 ? '' : `, step ${wrong}: ${JSON.stringify(steps.slice(0, wrong + 1))}`;
  assert.deepEqual(simulated.steps.slice(0, end), real.steps.slice(0, end), `${id}${at}`);
  if (parted < 0)
    assert.deepEqual(
      withoutOwnLists(simulated.final),
      withoutOwnLists(real.final),
      `${id}: ${JSON.stringify(steps)}`,
    );
  return end;
}

/**
 * An undo list of its own is as good as none: a clone with CLONE_SYSVSEM that fails for another reason has made the
 * caller one, and nobody sees that.
 */
function withoutOwnLists(final: readonly SeenProcess[]): SeenProcess[] {
  const list = (process: SeenProcess): number => process.shares?.[SYSVSEM] ?? 0;
  return final.map((process) => {
    const isShared = final.some((other) => other !== process && list(other) === list(process));
    if (!process.shares || isShared) return process;
    return { ...process, shares: process.shares.map((holder, kind) => (kind === SYSVSEM ? 0 : holder)) };
  });
}

function* sequences(sharing: boolean): Generator<Sequence> {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES; seed++) {
    const namespaces = seed % 2 === 0;
    yield { id: `seed ${seed}`, steps: randomSteps({ seed, length: 40, namespaces, sharing }) };
  }
}

async function compareAll(list: Iterable<Sequence>): Promise<string> {
  const pending: Sequence[] = [];
  function* lines() {
    for (const sequence of list) {
      pending.push(sequence);
      yield { id: sequence.id, plan: { steps: sequence.steps } };
    }
  }
  const tally = new Map<string, number>();
  let compared = 0;
  let count = 0;
  for await (const real of trace(lines(), ['--settle-time', '300'])) {
    compared += compare(pending.shift()!, real);
    count++;
    for (const word of real.steps) tally.set(word, (tally.get(word) ?? 0) + 1);
  }
  assert.equal(pending.length, 0);
  const words = [...tally].sort((a, b) => b[1] - a[1]).map(([word, times]) => `${word} ${times}`);
  return `${count} sequences, ${compared} steps compared: ${words.join(', ')}`;
}

test('the simulator answers every rule as the kernel does', { skip }, async (t) => {
  t.diagnostic(await compareAll(RULES));
});

test('simulator and kernel agree on random sequences', { skip }, async (t) => {
  t.diagnostic(await compareAll(sequences(false)));
});

test('they agree on shared objects too: flags, unshare, execve, errnos, and kcmp of all processes at the end', {
  skip,
}, async (t) => {
  t.diagnostic(await compareAll(sequences(true)));
});
