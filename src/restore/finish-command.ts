/**
 * `regraft finish`: an action script of CRIU, for runtimes that call CRIU themselves.
 *
 * CRIU runs it at every stage of a dump and of a restore. It acts at two: before the tasks are let go it freezes
 * them, so that nothing runs; after that it finishes the tree while the native finisher holds it. For
 * images that are not grafted, and at all other stages, it does nothing.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, say } from '../command.ts';
import { GRAFT_FILE } from '../formats/graft-file.ts';
import type { GraftFile } from '../formats/graft-schema.ts';
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

export async function finishCommand(args: string[]): Promise<number> {
  if (args.length > 0) {
    if (args[0] !== '--help' && args[0] !== '-h')
      throw new CommandError('regraft finish has no arguments', 2);
    process.stdout.write(HELP);
    return 0;
  }
  const { CRTOOLS_SCRIPT_ACTION: action, CRTOOLS_IMAGE_DIR: images, CRTOOLS_INIT_PID: root } = process.env;
  if (action === undefined) throw new CommandError('this is called by CRIU; see regraft finish --help', 2);
  // `regraft restore` finishes by itself.
  if (process.env.REGRAFT_RESTORE !== undefined) return 0;
  if (action !== 'pre-resume' && action !== 'post-resume') return 0;
  if (images === undefined || root === undefined) return 0;
  if (action === 'pre-resume' && !existsSync(join(images, GRAFT_FILE))) return 0;
  try {
    return await finished(action, images, root);
  } catch (error) {
    if (error instanceof RestoreError) throw new CommandError(error.message, 1);
    throw error;
  }
}

/** CRIU closes the images before the last stage: until then the script lies here, under the root's number. */
const STASH = '/run/regraft-finish';

async function finished(action: 'pre-resume' | 'post-resume', images: string, root: string): Promise<number> {
  const finisher = nativeFinisher();
  if (action === 'pre-resume') return prepared(finisher, await readGraft(images), root);
  const stash = join(STASH, root);
  if (!existsSync(stash)) return 0;
  const input = readFileSync(stash);
  rmSync(stash);
  const { status } = spawnSync(finisher, ['tree', root], { input, stdio: ['pipe', 'inherit', 'inherit'] });
  return status === 0 ? 0 : 1;
}

function prepared(finisher: string, graft: GraftFile, root: string): number {
  if (graft.records.length === 0) return 0;
  mkdirSync(STASH, { recursive: true, mode: 0o700 });
  for (const left of readdirSync(STASH)) if (!existsSync(`/proc/${left}`)) rmSync(join(STASH, left));
  writeFileSync(join(STASH, root), `${finishingLines(graft).join('\n')}\n`, { mode: 0o600 });
  const { status } = spawnSync(finisher, ['freeze', root], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0)
    say('the cgroups of the tree cannot be frozen: its programs may run before it is finished');
  return 0;
}
