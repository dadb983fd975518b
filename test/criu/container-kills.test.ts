/**
 * SIGKILL at any moment, to any process that restores a container for runc: CRIU, the action script, its guard, the finisher. Either the
 * container runs and is whole, or `runc delete --force NAME` leaves nothing of it: no process, mount or file. (An empty
 * cgroup may stay: runc's own, as without us.)
 */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { SeededRandom } from '../histories/seeded-random.ts';
import { Container, whyNoRunc } from './container.ts';
import { CRIUS, killIfThere, run, Workshop } from './criu.ts';
import { childrenOf, snapshot } from './snapshot.ts';

const KILLS = Number(process.env.CRIU_KILLS ?? 20);
/** Another seed, other moments. */
const SEED = Number(process.env.CRIU_SEED ?? 1);
const LOOK_MS = 50;
/** 35 seconds: a finisher gives up after 30, and ends what it holds. */
const PATIENCE = 700;
/**
 * What they are called; the restored processes are no targets (CRIU waits for ever for a root that is killed before its
 * namespaces are there, ours or not), and what a dead runc leaves is runc's business.
 */
const RESTORERS = /^(criu|ld-linux|regraft-finish|node|MainThread|sh)/;

for (const criu of CRIUS.slice(-1)) {
  test(`${KILLS} kills under runc, CRIU ${criu.name}`, { skip: whyNoRunc() }, async (t) => {
    const workshop = new Workshop();
    const container = new Container(criu, workshop, `regraft-kill-${process.pid}`);
    const random = new SeededRandom(SEED);
    const outcomes = { whole: 0, ended: 0 };
    try {
      await container.checkpoint();
      container.callFinisher();
      // As long as one takes here, and a little more.
      const undisturbed = await run('runc', container.restoring(container.grafted));
      assert.equal(undisturbed.code, 0, undisturbed.output);
      await container.delete();
      for (let i = 0; i < KILLS; i++) {
        container.rewind();
        const killed = await killedRestore(container, random.below(1.2 * undisturbed.ms), random);
        if (await isWhole(container)) outcomes.whole++;
        else outcomes.ended++;
        const { code, output } = await container.delete();
        assert.equal(code, 0, `${killed}: runc delete: ${output}`);
        await nothingLeft(container, killed);
      }
      t.diagnostic(
        `${outcomes.whole} times the container was whole, ${outcomes.ended} times it was not there`,
      );
      assert.ok(outcomes.ended > 0);
    } finally {
      await container.end();
      spawnSync('find', [
        '/sys/fs/cgroup',
        '-depth',
        '-type',
        'd',
        '-path',
        `*/${container.name}*`,
        '-delete',
      ]);
      if (left(container).length === 0) workshop.remove();
    }
  });
}

const nameOf = (pid: number): string => read(pid, 'comm').trim();

/** At first it still has CRIU's name. */
const isRestored = (pid: number): boolean => /^NSpid:\t\d+\t/m.test(read(pid, 'status'));

/** @returns what was killed */
async function killedRestore(container: Container, afterMs: number, random: SeededRandom): Promise<string> {
  const command = spawn('runc', container.restoring(container.grafted), { stdio: 'ignore' });
  const ended = once(command, 'exit');
  await delay(afterMs);
  const all = [command.pid!];
  for (let at = 0; at < all.length; at++) all.push(...childrenOf(all[at]!));
  const targets = all.filter((pid) => RESTORERS.test(nameOf(pid)) && !isRestored(pid));
  const others = guards().filter((pid) => !targets.includes(pid));
  const target = random.pick([...targets, ...others, 0]);
  const name = nameOf(target);
  const watched = guards().length > 0 && !guards().includes(target);
  if (target > 0) killIfThere(target);
  if (!watched) while (await isStill(ended)) endStopped(command.pid!);
  await ended;
  if (!watched) for (const yard of yards().reverse()) spawnSync('umount', [yard]);
  return name || 'nobody';
}

const isStill = (ended: Promise<unknown>): Promise<boolean> =>
  Promise.race([ended.then(() => false), delay(LOOK_MS, true)]);

/** A CRIU that is killed while it finds out what the kernel can leaves a child that has stopped itself or is held, and runc waits for that. */
function endStopped(runc: number): void {
  for (const pid of childrenOf(runc)) {
    if (RESTORERS.test(nameOf(pid)) && /^State:\s+[Tt]/m.test(read(pid, 'status'))) killIfThere(pid);
  }
}

/** It is listed, and is as it was; or it does not run. A tree that is being ended is listed for a moment more. */
async function isWhole(container: Container): Promise<boolean> {
  for (let patience = 0; ; patience++) {
    const { status, stdout } = spawnSync('runc', ['state', container.name], { encoding: 'utf8' });
    if (status !== 0 || JSON.parse(stdout).status !== 'running') return false;
    const found = snapshot(JSON.parse(stdout).pid);
    if (isDeepStrictEqual(found, container.started)) break;
    if (patience === PATIENCE) assert.deepEqual(found, container.started, 'what runs is whole');
    await delay(LOOK_MS);
  }
  await container.goesOn();
  return true;
}

async function nothingLeft(container: Container, killed: string): Promise<void> {
  for (let patience = 0; left(container).length > 0; patience++) {
    assert.ok(patience < PATIENCE, `${killed} was killed; left: ${left(container).join(', ')}`);
    await delay(LOOK_MS);
  }
}

function left(container: Container): string[] {
  const inside = processes().filter((pid) => read(pid, 'cgroup').includes(container.name));
  const frozen = spawnSync('find', ['/sys/fs/cgroup', '-path', `*${container.name}/regraft-finish`], {
    encoding: 'utf8',
  });
  const scripts = existsSync(UNDER_WAY) ? readdirSync(UNDER_WAY) : [];
  return [
    ...[...inside, ...guards()].map((pid) => `process ${pid} ${nameOf(pid)}`),
    ...`${frozen.stdout}`.split('\n').filter(Boolean),
    ...yards(),
    ...scripts,
  ];
}

/** What CRIU itself leaves mounted when it is killed. */
const yards = (): string[] =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => (line.includes('.criu.cgyard.') ? line.split(' ')[1]! : []));

/** Of `regraft restore` there may be others. */
const guards = (): number[] => processes().filter((pid) => read(pid, 'cmdline').includes(`\0guard\0`));

const UNDER_WAY = '/run/regraft-finish';

const processes = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
