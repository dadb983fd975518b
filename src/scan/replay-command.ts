/** `regraft replay IMAGE PLAN`: one plan on this kernel, by the native replayer, which is built when it is missing. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { say } from '../command.ts';

const HELP = `Usage: regraft replay IMAGE PLAN
Executes a plan with the real system calls in a fresh pid namespace, compares what comes out with
the image, prints the verdict and leaves nothing behind. Needs root and a C compiler.

  IMAGE   file with a tree image, as regraft scan writes it
  PLAN    file with a plan and its steps, as POST /v1/plans?include=steps answers it

Exit code: 0 the tree is rebuilt; 1 it is not; 2 bad input or usage; 3 cannot replay here.
`;

const NATIVE = fileURLToPath(new URL('../../../native', import.meta.url));
const REPLAYER = `${NATIVE}/build/regraft-replay`;

export async function replayCommand(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  const [imageFile, planFile] = args;
  if (imageFile === undefined || planFile === undefined || args.length > 2) {
    say('an image and a plan are needed; see regraft replay --help');
    return 2;
  }
  let line: string;
  try {
    const image = jsonOf(imageFile);
    const plan = jsonOf(planFile);
    const why = whyNotReplayable(plan);
    if (why) {
      say(why);
      return 1;
    }
    line = JSON.stringify({ id: imageFile, image, plan });
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (!existsSync(REPLAYER) && spawnSync('make', ['-s', '-C', NATIVE], { stdio: 'inherit' }).status !== 0) {
    say('the native replayer could not be built: it needs make and a C compiler');
    return 3;
  }
  return spawnSync(REPLAYER, { input: `${line}\n`, stdio: ['pipe', 'inherit', 'inherit'] }).status ?? 1;
}

/** @throws Error naming the file */
function jsonOf(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is no JSON`);
  }
}

function whyNotReplayable(plan: unknown): string | null {
  if (typeof plan !== 'object' || plan === null) return 'the plan is no JSON object';
  if ('outcome' in plan && plan.outcome !== 'restorable') return `the plan's outcome is ${plan.outcome}`;
  if (!('steps' in plan)) return 'the plan has no steps: ask for them with ?include=steps';
  return null;
}
