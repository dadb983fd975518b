/**
 * SIGKILL at any moment, to any process of a restore: to the command, to its guard, to the finisher, to CRIU. Either the
 * tree is whole and runs, or nothing is left: no process, no file.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '../histories/seeded-random.ts';
import {
  CRIUS,
  endNamespace,
  killIfThere,
  REGRAFT,
  REGRAFT_RESTORE,
  run,
  Workshop,
  whyNoCriu,
} from './criu.ts';
import { guards, isOfTree, nothingLeft } from './left-behind.ts';
import { LivingTree } from './living-tree.ts';
import { ADOPTED_AND_MORE, INHERITED } from './scripts.ts';
import { childrenOf, snapshot } from './snapshot.ts';

const skip = whyNoCriu() ?? false;
const KILLS = Number(process.env.CRIU_KILLS ?? 100);
/** Another seed, other moments. */
const SEED = Number(process.env.CRIU_SEED ?? 1);

interface Way {
  readonly name: string;
  readonly script: string;
  /** What `regraft restore` is called by. */
  readonly command: readonly [string, ...string[]];
}

const WAYS: readonly Way[] = [
  { name: 'a graft', script: ADOPTED_AND_MORE.join('\n'), command: [process.execPath, REGRAFT, 'restore'] },
  {
    name: 'by CRIU alone, without Node',
    script: [...INHERITED, '4 stop'].join('\n'),
    command: [REGRAFT_RESTORE],
  },
];

for (const { name, script, command } of WAYS) {
  const criu = CRIUS.at(-1)!;
  test(`${KILLS} kills at random moments, ${name}, CRIU ${criu?.name}`, { skip }, async (t) => {
    const tree = await LivingTree.build(script);
    const workshop = new Workshop();
    const random = new SeededRandom(SEED);
    const outcomes = { whole: 0, nothing: 0 };
    try {
      const before = snapshot(tree.root);
      const images = await workshop.dump(criu, tree.root);
      await tree.end();
      tree.keep();
      const names = readdirSync(workshop.directory).sort();
      const files = filesOf(images);
      // As long as one takes here, and a little more.
      const first = workshop.path('pid-1');
      const [program, ...begin] = command;
      const undisturbed = await run(program, [...begin, images, '--criu', criu.path, '--pidfile', first]);
      assert.equal(undisturbed.code, 0, undisturbed.output);
      await endNamespace(Number(readFileSync(first, 'utf8')));
      rmSync(first);
      for (let i = 0; i < KILLS; i++) {
        tree.rewind();
        const pidfile = workshop.path('pid');
        const afterMs = random.below(1.2 * undisturbed.ms);
        const root = await killedRestore([...command, '--criu', criu.path], images, pidfile, afterMs, random);
        if (root !== null) {
          assert.deepEqual(snapshot(root), before);
          await endNamespace(root);
          rmSync(pidfile);
          outcomes.whole++;
        } else {
          await nothingLeft(tree.directory, images);
          outcomes.nothing++;
        }
        assert.deepEqual(
          readdirSync(workshop.directory)
            .filter((name) => name !== 'pid')
            .sort(),
          names,
        );
        assert.deepEqual(filesOf(images), files, 'the dump stays as it was');
      }
      t.diagnostic(`${outcomes.nothing} times nothing was left, ${outcomes.whole} times the tree was whole`);
      assert.ok(outcomes.nothing > 0);
    } finally {
      await tree.end();
      tree.remove();
      workshop.remove();
    }
  });
}

const filesOf = (directory: string): string[] =>
  readdirSync(directory)
    .sort()
    .map((name) => `${name} ${readFileSync(`${directory}/${name}`).length}`);

/** @returns the root of the tree that runs; null: there is none, and no pidfile */
async function killedRestore(
  [program, ...args]: readonly [string, ...string[]],
  images: string,
  pidfile: string,
  afterMs: number,
  random: SeededRandom,
): Promise<number | null> {
  const command = spawn(program, [...args, images, '--pidfile', pidfile], { stdio: 'ignore' });
  const ended = once(command, 'exit');
  await delay(afterMs);
  const ours: number[] = [command.pid!];
  for (let at = 0; at < ours.length && at < 3; at++) {
    ours.push(...childrenOf(ours[at]!).filter((pid) => !isOfTree(pid)));
  }
  killIfThere(random.pick(ours.slice(0, 4)));
  await ended;
  for (let patience = 0; patience < 100 && guards(images).length > 0; patience++) await delay(50);
  assert.deepEqual(guards(images), [], 'the guard goes');
  return existsSync(pidfile) ? Number(readFileSync(pidfile, 'utf8')) : null;
}
