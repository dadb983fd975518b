/**
 * `regraft finish`: an action script of CRIU, for runtimes that call CRIU themselves.
 *
 * CRIU runs it at every stage of a dump and of a restore. It acts at three. Before the first process is made it leaves
 * the finishing script in a file and a guard that ends the tree if the file is still there when CRIU has gone. Before the
 * tasks are let go it freezes them, so that nothing runs; after that it finishes the tree while the native finisher
 * holds it, and removes the file. For images that are not grafted, and at all other stages, it does nothing.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, say } from '../command.ts';
import { GRAFT_FILE } from '../formats/graft-file.ts';
import { finishingLines } from './finishing-lines.ts';
import { nativeFinisher, RestoreError } from './native-finisher.ts';
import { readGraft } from './prepare-images.ts';

const HELP = `Usage: regraft finish
An action script for CRIU: finishes trees whose images were grafted, when a runtime restores them.
For runc one line in /etc/criu/runc.conf (crun.conf for crun) calls it, through a small script that
starts nothing where there is nothing to do:

  action-script /path/to/regraft/bin/regraft-finish

It reads CRTOOLS_SCRIPT_ACTION, CRTOOLS_INIT_PID and CRTOOLS_IMAGE_DIR, which CRIU sets. Images that
are not grafted, and checkpoints, are none of its business.

Exit code: 0; 1 the tree could not be finished, and was ended; 2 not called by CRIU.
`;

/** What CRIU tells its action scripts. */
interface Stage {
  readonly action: string;
  readonly images: string | undefined;
  readonly root: string | undefined;
}

export const finishCommand = (args: string[]): Promise<number> =>
  runCommand({ name: 'finish', help: HELP, orderOf, carryOut, exitCodeOf }, args);

function exitCodeOf(error: Error): number | null {
  return error instanceof RestoreError ? 1 : null;
}

function orderOf(args: string[]): Stage {
  if (args.length > 0) throw new Error('there are no arguments');
  const { CRTOOLS_SCRIPT_ACTION: action, CRTOOLS_IMAGE_DIR: images, CRTOOLS_INIT_PID: root } = process.env;
  if (action === undefined) throw new Error('this is called by CRIU');
  return { action, images, root };
}

async function carryOut({ action, images, root }: Stage): Promise<number> {
  // `regraft restore` finishes by itself.
  if (process.env.REGRAFT_RESTORE !== undefined) return 0;
  if (action === 'pre-restore' && images !== undefined) return prepared(images);
  if (action === 'pre-resume' && root !== undefined) return frozen(root);
  if (action === 'post-resume' && root !== undefined) return finished(root);
  return 0;
}

/** The finishing scripts of restores that are under way, each under the number of its CRIU. */
const UNDER_WAY = '/run/regraft-finish';
/** The number of CRIU, by bin/regraft-finish; a Node that starts another one stands between. */
const CRIU = Number(process.env.REGRAFT_CRIU ?? process.ppid);
const SCRIPT = join(UNDER_WAY, `${CRIU}`);

async function prepared(images: string): Promise<number> {
  // One that was killed may have left a script to the number that this CRIU has now.
  rmSync(SCRIPT, { force: true });
  if (!existsSync(join(images, GRAFT_FILE))) return 0;
  const graft = await readGraft(images);
  if (graft.records.length === 0) return 0;
  mkdirSync(UNDER_WAY, { recursive: true, mode: 0o700 });
  const guarded = finisher(['guard', `${CRIU}`, `${graft.root}`, SCRIPT]);
  if (guarded !== 0) return guarded;
  // Whoever is killed from here on leaves a guard, which takes the script away when CRIU has ended.
  writeFileSync(SCRIPT, `${finishingLines(graft).join('\n')}\n`, { mode: 0o600 });
  if (!isRunning(CRIU)) rmSync(SCRIPT, { force: true });
  return 0;
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\t[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function frozen(root: string): number {
  if (existsSync(SCRIPT) && finisher(['freeze', root]) !== 0) {
    say('the cgroups of the tree cannot be frozen: its programs may run before it is finished');
  }
  return 0;
}

function finished(root: string): number {
  if (!existsSync(SCRIPT)) return 0;
  return finisher(['tree', root, '--marker', SCRIPT], readFileSync(SCRIPT));
}

function finisher(args: readonly string[], input?: Buffer): number {
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const { status } = spawnSync(nativeFinisher(), args, {
    stdio: [stdin, 'inherit', 'inherit'],
    ...(input && { input }),
  });
  return status === 0 ? 0 : 1;
}
