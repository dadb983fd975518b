import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checkBirths } from '../../../src/engine/planner/exact-check.ts';
import { findOrigin } from '../../../src/engine/planner/find-origin.ts';
import { type OriginProblem, originProblem } from '../../../src/engine/planner/origin-problem.ts';
import { separateParts } from '../../../src/engine/planner/separate-parts.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';

interface Wanted {
  readonly parent: number[];
  /** A process's session by its leader's index, negative for a dead one. */
  readonly leader: number[];
}

/** Parents and sessions at will, the root leading one. */
function drawn(random: SeededRandom): Wanted {
  const size = 5 + random.below(40);
  const [deep, leading, dead] = [random.below(100) / 100, 0.2 + random.below(60) / 100, random.below(4)];
  const parent = [-1];
  const leads = [true];
  for (let i = 1; i < size; i++) {
    parent.push(random.chance(deep) ? i - 1 : random.below(i));
    leads.push(random.chance(leading));
  }
  const pool = [...leads.flatMap((is, i) => (is ? i : [])), ...[-1, -2, -3].slice(0, dead)];
  const leader: number[] = [];
  for (let i = 0; i < size; i++) {
    const isPlain = random.chance(0.4);
    leader.push(leads[i] ? i : isPlain ? leader[parent[i]!]! : random.pick(pool));
  }
  return { parent, leader };
}

/** All below one root more, sessions apart. */
function sideBySide(trees: readonly Wanted[]): OriginProblem {
  const parent = [-1];
  const sid = [1];
  trees.forEach((tree, k) => {
    const offset = parent.length;
    for (let i = 0; i < tree.parent.length; i++) {
      const l = tree.leader[i]!;
      parent.push(i === 0 ? 0 : tree.parent[i]! + offset);
      sid.push(l >= 0 ? 1 + l + offset : 1_000_000 + 3 * k - l);
    }
  });
  const pid = Int32Array.from(parent, (_, i) => i + 1);
  return originProblem(parent.length, Int32Array.from(parent), pid, Int32Array.from(sid))!;
}

it('of many trees side by side each is decided by itself, also where one needs the exact procedure', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = new SeededRandom(seed);
    const trees: Wanted[] = [];
    for (let size = 0; size < 6000; ) {
      const tree = drawn(random);
      if (findOrigin(sideBySide([tree])).verdict !== 'reachable') continue;
      trees.push(tree);
      size += tree.parent.length;
    }
    const whole = sideBySide(trees);
    assert.equal(separateParts(whole).length, trees.length);
    const found = findOrigin(whole, { work: 1e9 });
    assert.equal(found.verdict, 'reachable', `seed ${seed}`);
    if (found.verdict === 'reachable') assert.notEqual(checkBirths(whole, found.order.birth), null);
  }
});

it('one that is out of reach refuses all', () => {
  const random = new SeededRandom(1);
  const trees: Wanted[] = [];
  let unreachable: Wanted | undefined;
  while (trees.length < 120 || !unreachable) {
    const tree = drawn(random);
    const { verdict } = findOrigin(sideBySide([tree]));
    if (verdict === 'reachable') trees.push(tree);
    else if (verdict === 'unreachable') unreachable = tree;
  }
  const found = findOrigin(sideBySide([...trees, unreachable]), { work: 1e9 });
  assert.equal(found.verdict, 'unreachable');
});
