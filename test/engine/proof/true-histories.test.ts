/** What happened cannot be refuted: random histories, with and without the births that they had. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Image } from '../../../src/engine/proof/image.ts';
import { refute } from '../../../src/engine/refute/refute.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../full-size.ts';
import { EVERYTHING } from '../../histories/history-shape.ts';
import { nestedHistoryWithBirths } from '../../histories/nested-history.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';

const HISTORIES = scaled(100, 3000);

const KINDS: Readonly<Record<string, (seed: number) => TreeImage>> = {
  'one pid namespace': (seed) => historyImage({ ...EVERYTHING, seed, alive: 4 + (seed % 50) }),
  'nested pid namespaces': (seed) =>
    nestedHistoryWithBirths({
      seed: seed * 7919,
      calls: [40, 100, 300, 600][seed % 4]!,
      alive: 4 + (seed % 37),
      namespaces: 2 + (seed % 4),
      levels: 1 + (seed % 3),
      groups: seed % 3 > 0,
      zombies: seed % 2 > 0,
      subreapers: true,
    }),
};

for (const [name, imageOf] of Object.entries(KINDS)) {
  test(`${name}: ${HISTORIES} histories that happened`, (t) => {
    let processes = 0;
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const image = imageOf(seed);
      const tree = treeOf(image);
      processes += tree.size;
      for (const respectCaba of [false, true]) {
        const budget = { work: 20_000_000 };
        const proof = refute(new Image(tree, { respectCaba, births: {} }), Array.from(tree.pid), budget);
        assert.equal(proof, null, JSON.stringify({ image, proof }));
        assert.ok(budget.work > 0, JSON.stringify(image));
      }
    }
    t.diagnostic(`${processes} processes`);
  });
}
