/** `regraft plan` and `regraft explain`: one image, planned here, without a server. */

import { styleText } from 'node:util';
import { counted, parsedArguments, runCommand, wholeNumber } from '../command.ts';
import { explanationOf, explanationText } from '../engine/diagnosis/explanation.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import { PHASES } from '../engine/plan/planning.ts';
import { Problem } from '../errors.ts';
import { checkedOptions } from '../http/plan-request.ts';
import { stepsJson } from '../http/rendering/step-json.ts';
import { stepText } from '../http/rendering/step-text.ts';
import { makePlan, type PlanHead } from '../jobs/make-plan.ts';
import { planId } from '../jobs/plan-identity.ts';
import { stepsFromBytes } from '../store/step-bytes.ts';
import type { PlanRecord } from '../store/store.ts';
import { ProgressLine } from '../terminal/progress-line.ts';
import { readImageArgument } from './image-argument.ts';

const OPTIONS = `  --json               the whole answer as JSON
  --history N          the N-th alternative history (default 0: the preferred one)
  --helper-pid-min N   lowest number that a helper may get (default 300)
  --occupied N,N,…     numbers that are taken on the target
  --no-clone-parent    without CLONE_PARENT
  --ignore-caba        closest alive born ancestors in the image do not matter
  -h, --help           this text

FILE is a tree image in any form that POST /v1/plans takes (JSON, NDJSON, tar, pstree.img, a
request with "tree" and "options"), a directory of CRIU images, or -: the standard input.

Exit code: 0 restorable; 1 unrestorable or undecided; 2 bad input or usage.
`;

const COLOURS: Readonly<Record<string, 'green' | 'red' | 'yellow' | 'cyan'>> = {
  restorable: 'green',
  unrestorable: 'red',
  undecided: 'yellow',
  info: 'cyan',
  warning: 'yellow',
  error: 'red',
};

const PLAN_HELP = `Usage: regraft plan [OPTION]... FILE|DIR|-
Prints a restore plan for a tree image, a step a line, proven on the simulator of the kernel's
rules; or why there is none.

${OPTIONS}`;

const EXPLAIN_HELP = `Usage: regraft explain [OPTION]... FILE|DIR|-
Prints why a tree image is restorable or not: the facts of the image, and what follows from them.

${OPTIONS}`;

export const planCommand = (args: string[]): Promise<number> => answer('plan', PLAN_HELP, planText, args);

export const explainCommand = (args: string[]): Promise<number> =>
  answer('explain', EXPLAIN_HELP, explainText, args);

function answer(
  name: string,
  help: string,
  text: (plan: PlanRecord, head: PlanHead, json: boolean) => string,
  args: string[],
): Promise<number> {
  const carryOut = async ({ image, json, wishes }: Order): Promise<number> => {
    const progress = new ProgressLine();
    const { tree, record, options } = await readImageArgument(image, wishes, progress);
    let phases = 0;
    const plan = makePlan(planId(record.id, options), tree, record, options, (phase) =>
      progress.tell(`Planning: ${phase}`, phases++ / PHASES.length),
    );
    progress.end();
    const head = JSON.parse(plan.head) as PlanHead;
    process.stdout.write(text(plan, head, json));
    return head.outcome === 'restorable' ? 0 : 1;
  };
  return runCommand({ name, help, orderOf, carryOut, exitCodeOf: () => null }, args);
}

function planText(plan: PlanRecord, head: PlanHead, json: boolean): string {
  const steps = stepsFromBytes(plan.steps);
  if (json) return `${plan.head.slice(0, -1)},"steps":[${stepsJson(steps)}]}\n`;
  if (head.outcome !== 'restorable') return explainText(plan, head, false);
  const { helpers, summary, diagnostics } = head;
  const lines = [
    `${coloured('restorable')}: ${counted(summary.processes, 'process', 'processes')}, ` +
      `${counted(steps.length, 'step')}, ${counted(helpers.length, 'helper')}`,
    ...Array.from({ length: steps.length }, (_, i) => stepText(steps.at(i))),
    ...helpers.map(({ pid, role, serves }) => `helper ${pid}: ${role} for ${serves.join(', ')}`),
    ...diagnostics.map(({ severity, code, message }) => `${coloured(severity)} ${code}: ${message}`),
  ];
  return `${lines.join('\n')}\n`;
}

function explainText(_plan: PlanRecord, { outcome, diagnostics }: PlanHead, json: boolean): string {
  const explanation = explanationOf(outcome, diagnostics);
  return json
    ? `${JSON.stringify(explanation)}\n`
    : explanationText(explanation).replace(/^(un)?(restorable|decided)/, (word) => coloured(word));
}

/** Only where standard output is a terminal that wants colours. */
function coloured(word: string): string {
  const colour = COLOURS[word];
  return colour ? styleText(['bold', colour], word, { stream: process.stdout }) : word;
}

interface Order {
  readonly image: string;
  readonly json: boolean;
  readonly wishes: Partial<PlanOptions>;
}

function orderOf(args: string[]): Order {
  const { values, positionals } = parsedArguments({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      history: { type: 'string' },
      'helper-pid-min': { type: 'string' },
      occupied: { type: 'string' },
      'no-clone-parent': { type: 'boolean', default: false },
      'ignore-caba': { type: 'boolean', default: false },
    },
  });
  const [image] = positionals;
  if (image === undefined || positionals.length > 1) throw new Error('one image is needed');
  const wishes = wishesOf({
    ...(values.history !== undefined && { history: wholeNumber('--history', values.history) }),
    ...(values['helper-pid-min'] !== undefined && {
      helperPidMin: wholeNumber('--helper-pid-min', values['helper-pid-min']),
    }),
    ...(values.occupied !== undefined && {
      occupiedPids: values.occupied.split(',').map((text) => wholeNumber('--occupied', text)),
    }),
    ...(values['no-clone-parent'] && { allowCloneParent: false }),
    ...(values['ignore-caba'] && { respectCaba: false }),
  });
  return { image, json: values.json, wishes };
}

function wishesOf(wishes: object): Partial<PlanOptions> {
  try {
    return checkedOptions(wishes);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Error(`${error.message} ${faultOf(error)}`);
  }
}

function faultOf({ errors: [fault] }: Problem): string {
  return fault ? `${fault.pointer?.replace('/options/', '')}: ${fault.message}` : '';
}
