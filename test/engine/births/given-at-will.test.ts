/**
 * Born ancestors given at will, most of which no history has: refused with those that contradict. Three of the trees at full
 * size are not decided (docs/namespaces.md, section 7), none of the share.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../full-size.ts';
import { EVERYTHING } from '../../histories/history-shape.ts';
import { planImage } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';
import { DRAWN_TREES } from '../../sweeps/drawn-trees.ts';

/** Some processes name anybody that is not above them in the tree: that may be a history's, or nobody's. */
function withBirths(image: TreeImage, random: SeededRandom, count: number): TreeImage {
  const processes = image.processes.map((process) => ({ ...process }));
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const isAbove = (pid: number, of: number): boolean => {
    for (let at = byPid.get(of); at; at = byPid.get(at.ppid)) if (at.pid === pid) return true;
    return false;
  };
  for (let given = 0; given < count; ) {
    const [one, other] = [random.pick(processes), random.pick(processes)];
    if (one.pid === image.root || isAbove(one.pid, other.pid) || isAbove(other.pid, one.pid)) continue;
    one.caba = other.pid;
    given++;
  }
  return { ...image, processes };
}

const NESTED = (seed: number): TreeImage => DRAWN_TREES.large.draw(seed);
const FLAT = (seed: number): TreeImage =>
  historyImage({ ...EVERYTHING, seed, alive: 20 + new SeededRandom(seed * 77).below(900) });

for (const [name, draw] of Object.entries({ FLAT, NESTED })) {
  for (const many of [false, true]) {
    test(`${name}: ${many ? 'a tenth of the processes' : 'one to three processes'}`, (t) => {
      const outcomes: Record<string, number> = {};
      for (let seed = 1; seed <= scaled(3, 60); seed++) {
        const random = new SeededRandom(seed * 101);
        const image = draw(seed);
        const count = many ? Math.ceil(image.processes.length / 10) : 1 + random.below(3);
        const { outcome, diagnostics } = planImage(withBirths(image, random, count));
        if (outcome === 'undecided') t.diagnostic(`seed ${seed}: ${diagnostics[0]!.message}`);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      assert.ok((outcomes.undecided ?? 0) <= scaled(0, 3), JSON.stringify(outcomes));
      t.diagnostic(JSON.stringify(outcomes));
    });
  }
}
