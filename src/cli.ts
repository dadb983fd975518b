/** The `regraft` command of node agents: scan a process tree, replay a plan, record births. Images on stdout, words on stderr. */

import { replayCommand } from './scan/replay-command.ts';
import { scanCommand } from './scan/scan-command.ts';
import { watchCommand } from './watch/watch-command.ts';

const USAGE = `Usage:
  regraft scan [--pid ROOT | --namespace PID] [--out FILE] [--post URL] [--retries N] [--births FILE] [--with-scanner]
  regraft replay IMAGE PLAN
  regraft watch [--out FILE] [--max-bytes N] [--buffer-kb N]
  regraft scan --help, regraft replay --help, regraft watch --help
`;

/** Takes the arguments behind the command's name; answers with an exit code. */
const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  scan: scanCommand,
  replay: replayCommand,
  watch: watchCommand,
};

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]! : null;
if (command) {
  process.exitCode = await command(args);
} else {
  const asked = name === 'help' || name === '--help' || name === '-h';
  (asked ? process.stdout : process.stderr).write(USAGE);
  process.exitCode = asked ? 0 : 2;
}
