/** `regraft graft`: arguments, output, exit codes. */

import { existsSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { counted, isSystemError, parsedArguments, runCommand, say } from '../command.ts';
import { CRIU_RELEASES, type CriuRelease, type Graft } from '../engine/handover/graft.ts';
import { ReadError } from '../formats/read-error.ts';
import { GraftError } from './graft-error.ts';
import { type GraftedImages, graftImages } from './graft-images.ts';
import { imageArchive, writeArchive } from './image-archive.ts';
import { imageDirectory, writeDirectory } from './image-directory.ts';

const HELP = `Usage: regraft graft [OPTION]... DIR|ARCHIVE --out DIR|ARCHIVE
Rewrites a CRIU image set so that an unpatched CRIU restores it, and writes beside the images what
has to be done to the restored processes: regraft-graft.json, which regraft restore and regraft
finish read. Where CRIU restores the tree by itself nothing else changes.

  --out DIR|ARCHIVE   where the new image set goes; must not be there yet. A directory is made from
                      a directory, an archive from an archive; .tar, .tar.gz and .tar.zst tell the
                      compression. Unchanged image files of a directory are hard links
  --criu RELEASE      the CRIU that will restore: 4.2 (default; right for 4.3 too) or 4.3
  --plan FILE         a plan of the tree with its steps (regraft plan --no-clone-parent --json)
  --server URL        the plan comes from a server; REGRAFT_TOKEN is the token for it
  -h, --help          this text

Exit code: 0 written; 1 there is no graft for this tree; 2 bad input or usage.
`;

interface Order {
  readonly from: string;
  readonly out: string;
  readonly criu: CriuRelease;
  readonly planFile: string | undefined;
  readonly server: string | undefined;
}

export const graftCommand = (args: string[]): Promise<number> =>
  runCommand({ name: 'graft', help: HELP, orderOf, carryOut, exitCodeOf }, args);

function exitCodeOf(error: Error): number | null {
  return error instanceof GraftError || error instanceof ReadError || isSystemError(error) ? 2 : null;
}

async function carryOut({ from, out, criu, planFile, server }: Order): Promise<number> {
  if (existsSync(out) && !isEmptyDirectory(out)) throw new GraftError(`${out} is there already`);
  const archive = statSync(from).isDirectory() ? null : await imageArchive(from);
  const grafted = await graftImages(archive ?? imageDirectory(from), {
    criu,
    ...(planFile !== undefined && { plan: async () => (await planSource()).planOfFile(planFile) }),
    ...(server !== undefined && {
      plan: async (tree) => (await planSource()).planOfServer(server, tree, process.env.REGRAFT_TOKEN),
    }),
  });
  const { graft, files } = grafted;
  for (const { message, pids } of graft.diagnostics) {
    say(pids.length > 0 ? `${message} (${pids.join(', ')})` : message);
  }
  if (graft.outcome === 'impossible') return 1;
  await beside(out, async (temporary) => {
    if (archive) await writeArchive(from, archive, temporary, files, out);
    else writeDirectory(from, temporary, files);
  });
  say(inWords(graft, grafted));
  return 0;
}

/** Schemas and the client of the API are loaded only for a plan from elsewhere. */
const planSource = () => import('./plan-source.ts');

/** Writes under another name in the same folder, and renames: what bears the name is whole. */
async function beside(out: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(dirname(resolve(out)), `.${basename(out)}.`));
  try {
    await write(join(folder, 'new'));
    if (existsSync(out)) rmdirSync(out);
    renameSync(join(folder, 'new'), out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inWords({ criu, alone, outcome, carriers, script }: Graft, { tree }: GraftedImages): string {
  if (outcome === 'not needed')
    return `CRIU ${criu} restores ${tree.size === 1 ? 'this process' : `these ${tree.size} processes`} by itself`;
  const why = alone.message ? `${alone.outcome}: ${alone.message}` : alone.outcome;
  const grafted = `${counted(carriers.length, 'carrier')} and ${counted(script.length, 'step')} to finish`;
  return `CRIU ${criu} alone ${why}; grafted with ${grafted}, by regraft restore, or by the action script regraft-finish of a runtime's CRIU: without it the carriers stay`;
}

function isEmptyDirectory(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}

function orderOf(args: string[]): Order {
  const { values, positionals } = parsedArguments({
    args,
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      criu: { type: 'string', default: '4.2' },
      plan: { type: 'string' },
      server: { type: 'string' },
    },
  });
  const [from] = positionals;
  if (from === undefined || positionals.length > 1) throw new Error('one image set is needed');
  if (values.out === undefined) throw new Error('--out is needed');
  if (values.plan !== undefined && values.server !== undefined) {
    throw new Error('--plan and --server exclude each other');
  }
  const criu = CRIU_RELEASES.find((release) => release === values.criu);
  if (!criu) throw new Error(`--criu is one of ${CRIU_RELEASES.join(', ')}`);
  return { from, out: values.out, criu, planFile: values.plan, server: values.server };
}
