/** One tree there and back: built, dumped, restored by CRIU alone for comparison, restored by regraft, compared. */

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { type Criu, endNamespace, Workshop } from './criu.ts';
import { LivingTree } from './living-tree.ts';
import type { Script } from './scripts.ts';
import { type SeenTask, snapshot } from './snapshot.ts';

export interface RoundTrip {
  readonly processes: number;
  /** What CRIU does alone: `identical`, `differs`, or what it says. Undefined: not asked. */
  readonly alone: string | undefined;
  readonly said: string;
  readonly ms: number;
}

export interface RoundTripOptions {
  /** Let CRIU try alone as well. */
  readonly alone?: boolean;
}

/** @throws where the tree is not restored as it was, or does not go on as if nothing had been */
export async function roundTrip(
  criu: Criu,
  { name, text }: Script,
  { alone = false }: RoundTripOptions = {},
): Promise<RoundTrip> {
  const tree = await LivingTree.build(text);
  const workshop = new Workshop();
  try {
    const before = snapshot(tree.root);
    const images = await workshop.dump(criu, tree.root);
    await tree.end();
    const counted = tree.counts();
    tree.keep();
    const byItself = alone ? await triedAlone(workshop, criu, images, before, tree) : undefined;
    const { root, said, ms } = await workshop.restore(criu, images);
    try {
      assert.deepEqual(snapshot(root), before, `${name}: the restored tree`);
      await goesOn(tree, before, counted);
      assert.deepEqual(snapshot(root), before, `${name}: the restored tree, some time later`);
    } finally {
      await endNamespace(root);
    }
    return { processes: before.length, alone: byItself, said, ms };
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  } finally {
    await tree.end();
    tree.remove();
    workshop.remove();
  }
}

async function triedAlone(
  workshop: Workshop,
  criu: Criu,
  images: string,
  before: readonly SeenTask[],
  tree: LivingTree,
): Promise<string> {
  const root = await workshop.restoreAlone(criu, images);
  if (typeof root === 'string') return root;
  const after = snapshot(root);
  await endNamespace(root);
  tree.rewind();
  return JSON.stringify(after) === JSON.stringify(before) ? 'identical' : 'differs';
}

/** Everybody who runs counts on from where they were; who is stopped does not. */
export async function goesOn(
  tree: LivingTree,
  tasks: readonly SeenTask[],
  counted: ReadonlyMap<number, number>,
): Promise<void> {
  const running = tasks.filter(({ state }) => state === 'alive').map(({ pid }) => pid);
  for (let patience = 0; ; patience++) {
    const counts = tree.counts();
    const still = running.filter((pid) => (counts.get(pid) ?? 0) < (counted.get(pid) ?? 0) + 3);
    if (still.length === 0) return;
    if (patience === 100) assert.fail(`processes ${still.join(', ')} do not go on`);
    await delay(20);
  }
}
