/** A subcommand of `regraft`: how it is listed, and the code behind it, loaded when it is asked for. */

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
  /** Null: help is asked for. What it throws is wrong usage, exit code 2. */
  readonly orderOf: (args: string[]) => Order | null;
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
  let order: Order | null;
  try {
    order = orderOf(args);
  } catch (error) {
    throw new CommandError(`${(error as Error).message}; see regraft ${name} --help`, 2);
  }
  if (order === null) {
    process.stdout.write(help);
    return 0;
  }
  try {
    return await carryOut(order);
  } catch (error) {
    const exitCode = error instanceof Error && !(error instanceof CommandError) ? exitCodeOf(error) : null;
    if (exitCode === null) throw error;
    throw new CommandError((error as Error).message, exitCode);
  }
}

/** Of the operating system: a file that is missing, a port that is taken. */
export function isSystemError(error: Error): boolean {
  return 'syscall' in error;
}

export function wholeNumber(option: string, text: string, lowest = 0): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < lowest) {
    throw new Error(`${option} needs a number, not ${JSON.stringify(text)}`);
  }
  return number;
}
