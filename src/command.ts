/** A subcommand of `regraft`: how it is listed, and the code behind it, loaded when it is asked for. */

import { type ParseArgsConfig, parseArgs } from 'node:util';

export interface Command {
  /** What it does, in a few words. */
  readonly summary: string;
  /** Takes the arguments behind its name; answers with an exit code. */
  readonly load: () => Promise<(args: string[]) => Promise<number>>;
}

/** Words for people: on stderr, since images and plans go to stdout. */
export function say(text: string): void {
  process.stderr.write(`regraft: ${text}\n`);
}

/** A number of things, in words. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** An error that is an answer: its message is all that is said. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What a subcommand makes of its arguments, and what it then does. */
export interface CommandWork<Order> {
  readonly name: string;
  readonly help: string;
  /** What it throws is wrong usage, exit code 2. */
  readonly orderOf: (args: string[]) => Order;
  /** Answers with an exit code. */
  readonly carryOut: (order: Order) => Promise<number>;
  /** The exit code of an error that is an answer; null: it is a fault of ours. */
  readonly exitCodeOf: (error: Error) => number | null;
}

/** Order, run, say: the same for all of them. */
export async function runCommand<Order>(
  { name, help, orderOf, carryOut, exitCodeOf }: CommandWork<Order>,
  args: string[],
): Promise<number> {
  if (asksForHelp(args)) {
    process.stdout.write(help);
    return 0;
  }
  let order: Order;
  try {
    order = orderOf(args);
  } catch (error) {
    const why = (error as Error).message.replaceAll('\n', ' ');
    throw new CommandError(`${why}; see regraft ${name} --help`, 2);
  }
  try {
    return await carryOut(order);
  } catch (error) {
    const exitCode = error instanceof Error && !(error instanceof CommandError) ? exitCodeOf(error) : null;
    if (exitCode === null) throw error;
    throw new CommandError(systemErrorInWords(error as Error), exitCode);
  }
}

/** Behind a -- words are another program's. */
function asksForHelp(args: string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

/** @throws Error where one is not known, or empty: a variable of the shell that is not set */
export function parsedArguments<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  const parsed = parseArgs(config);
  for (const [name, value] of Object.entries(parsed.values)) {
    if (value === '') throw new Error(`--${name} needs a value`);
  }
  if ((parsed.positionals as readonly string[]).includes('')) throw new Error('an argument is empty');
  return parsed;
}

/** Of the operating system: a file that is missing, a port that is taken. */
export function isSystemError(error: Error): boolean {
  return 'syscall' in error;
}

/** An error for people: which file, and what is with it, where the operating system says so. */
export function systemErrorInWords(error: Error): string {
  const { path, dest } = error as { readonly path?: unknown; readonly dest?: unknown };
  const [, says] = /^[A-Z0-9]+: ([^,]+),/.exec(error.message) ?? [];
  if (typeof path !== 'string' || says === undefined) return error.message;
  return `${path}${typeof dest === 'string' ? ` to ${dest}` : ''}: ${says}`;
}

export function wholeNumber(
  option: string,
  text: string,
  lowest = 0,
  highest = Number.MAX_SAFE_INTEGER,
): number {
  const number = Number(text);
  if (!/^\d+$/.test(text)) throw new Error(`${option} needs a number, not ${JSON.stringify(text)}`);
  if (number < lowest || number > highest) {
    throw new Error(`${option} needs a number from ${lowest} to ${highest}, not ${text}`);
  }
  return number;
}
