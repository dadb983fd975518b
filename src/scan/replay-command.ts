/** `regraft replay IMAGE PLAN`: one plan on this kernel, by the native replayer, which is built when it is missing. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isSystemError, parsedArguments, runCommand, say } from '../command.ts';

const HELP = `Usage: regraft replay IMAGE PLAN
Executes a plan with the real system calls in a fresh pid namespace, compares what comes out with
the image, prints the verdict and leaves nothing behind. Needs root and a C compiler.

  IMAGE   file with a tree image, as regraft scan writes it
  PLAN    file with a plan and its steps, as POST /v1/plans?include=steps answers it

Exit code: 0 the tree is rebuilt; 1 it is not; 2 bad input or usage; 3 cannot replay here.
`;

const NATIVE = fileURLToPath(new URL('../../../native', import.meta.url));
const REPLAYER = `${NATIVE}/build/regraft-replay`;

interface Order {
  readonly imageFile: string;
  readonly planFile: string;
}

/** Of what is given: no image, no plan. */
class InputError extends Error {}

export const replayCommand = (args: string[]): Promise<number> =>
  runCommand({ name: 'replay', help: HELP, orderOf, carryOut, exitCodeOf }, args);

function exitCodeOf(error: Error): number | null {
  return error instanceof InputError || isSystemError(error) ? 2 : null;
}

function orderOf(args: string[]): Order {
  const { positionals } = parsedArguments({ args, allowPositionals: true });
  const [imageFile, planFile] = positionals;
  if (imageFile === undefined || planFile === undefined || positionals.length > 2) {
    throw new Error('an image and a plan are needed');
  }
  return { imageFile, planFile };
}

async function carryOut({ imageFile, planFile }: Order): Promise<number> {
  const image = objectOf(imageFile);
  const plan = objectOf(planFile);
  if ('outcome' in plan && plan.outcome !== 'restorable') {
    say(`the plan's outcome is ${plan.outcome}`);
    return 1;
  }
  if (!('steps' in plan)) {
    throw new InputError(`${planFile} has no steps: ask for them with ?include=steps`);
  }
  if (!existsSync(REPLAYER) && spawnSync('make', ['-s', '-C', NATIVE], { stdio: 'inherit' }).status !== 0) {
    say('the native replayer could not be built: it needs make and a C compiler');
    return 3;
  }
  const line = JSON.stringify({ id: imageFile, image, plan });
  return spawnSync(REPLAYER, { input: `${line}\n`, stdio: ['pipe', 'inherit', 'inherit'] }).status ?? 1;
}

/** @throws InputError, and what the system says of the file */
function objectOf(file: string): object {
  const text = readFileSync(file, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${file} is no JSON`);
  }
  if (typeof value !== 'object' || value === null) throw new InputError(`${file} is no JSON object`);
  return value;
}
