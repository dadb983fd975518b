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
