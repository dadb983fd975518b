/**
 * SIGKILL to any process of the tree, at any moment at which CRIU makes it or the finisher holds it. CRIU waits for ever
 * after some of these; the restore ends after all of them, and says why where it has failed.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '../histories/seeded-random.ts';
import { CRIUS, endNamespace, killIfThere, REGRAFT, REGRAFT_RESTORE, Workshop, whyNoCriu } from './criu.ts';
import { guards, isOfTree, mountsAndGroups, nothingLeft } from './left-behind.ts';
import { LivingTree } from './living-tree.ts';
import { ADOPTED_AND_MORE, INHERITED } from './scripts.ts';
import { childrenOf } from './snapshot.ts';

const skip = whyNoCriu() ?? false;
const KILLS = Number(process.env.CRIU_KILLS ?? 100);
/** Another seed, other moments. */
const SEED = Number(process.env.CRIU_SEED ?? 1);
/** Of a restore that stands still; the end of what is left takes some more. */
const PATIENCE_SECONDS = 3;
const LIMIT_MS = 60_000;

for (const [name, script, command] of [
  ['a graft', ADOPTED_AND_MORE, [process.execPath, REGRAFT, 'restore']],
  ['by CRIU alone, without Node', INHERITED, [REGRAFT_RESTORE]],
] as const) {
  const criu = CRIUS.at(-1)!;
  test(`${KILLS} processes of a tree that is being made are killed, ${name}, CRIU ${criu?.name}`, {
    skip,
  }, async (t) => {
    const tree = await LivingTree.build(script.join('\n'));
    const workshop = new Workshop();
    const random = new SeededRandom(SEED);
    const ends = { restored: 0, refused: 0, stoodStill: 0, missed: 0 };
    try {
      const images = await workshop.dump(criu, tree.root);
      await tree.end();
      tree.keep();
      const pidfile = workshop.path('pid');
      const [program, ...begin] = command;
      const args = [...begin, images, '--criu', criu.path, '--pidfile', pidfile];
      const options = ['--patience', `${PATIENCE_SECONDS}`];
      const undisturbed = spawn(program, args, { stdio: 'ignore' });
      await treeOf(undisturbed);
      const seen = performance.now();
      await once(undisturbed, 'exit');
      const spanMs = performance.now() - seen;
      assert.equal(undisturbed.exitCode, 0);
      await endNamespace(Number(readFileSync(pidfile, 'utf8')));
      rmSync(pidfile);
      const names = readdirSync(workshop.directory);
      const surroundings = mountsAndGroups();
      for (let i = 0; i < KILLS; i++) {
        tree.rewind();
        const restore = spawn(program, [...args, ...options], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        let said = '';
        restore.stderr.on('data', (bytes) => (said += bytes));
        const ended = once(restore, 'close');
        const hit = await killOne(restore, random.below(spanMs), random);
        const limit = setTimeout(() => restore.kill('SIGKILL'), LIMIT_MS);
        await ended;
        clearTimeout(limit);
        assert.notEqual(restore.exitCode, null, `it does not end: ${said}`);
        if (!hit) ends.missed++;
        if (restore.exitCode === 0) {
          ends.restored++;
          await endNamespace(Number(readFileSync(pidfile, 'utf8')));
          rmSync(pidfile);
        } else {
          // What is wrong in a line, and what is known of it in another.
          assert.match(said, /^regraft: .+\n(.+\n)?$/);
          ends[said.includes('CRIU has stood still for 3 seconds') ? 'stoodStill' : 'refused']++;
          assert.ok(!existsSync(pidfile));
          await nothingLeft(tree.directory, images);
        }
        for (let patience = 0; patience < 100 && guards(images).length > 0; patience++) await delay(50);
        assert.deepEqual(guards(images), [], 'the guard goes');
        assert.deepEqual(readdirSync(workshop.directory), names);
        assert.deepEqual(mountsAndGroups(), surroundings);
      }
      t.diagnostic(
        `${ends.refused} refused, ${ends.stoodStill} of a CRIU that stood still, ${ends.restored} restored; ${ends.missed} were over before`,
      );
      assert.ok(ends.refused > 0);
    } finally {
      await tree.end();
      tree.remove();
      workshop.remove();
    }
  });
}

/** @returns the processes of the tree, once there is one, or the restore has ended */
async function treeOf(restore: ChildProcess): Promise<number[]> {
  for (;;) {
    const all = [restore.pid!];
    for (let at = 0; at < all.length; at++) all.push(...childrenOf(all[at]!));
    const tasks = all.filter((pid) => existsSync(`/proc/${pid}`) && isOfTree(pid));
    if (restore.exitCode !== null || tasks.length > 0) return tasks;
    await delay(1);
  }
}

/** @returns whether there was one to kill, so long after the first of the tree was seen */
async function killOne(restore: ChildProcess, afterMs: number, random: SeededRandom): Promise<boolean> {
  await treeOf(restore);
  await delay(afterMs);
  const tasks = await treeOf(restore);
  if (restore.exitCode !== null || tasks.length === 0) return false;
  killIfThere(random.pick(tasks));
  return true;
}
