/**
 * The `regraft` command: finds the subcommand and runs it. Images and plans on stdout, words on stderr.
 *
 * A reader of stdout that goes away early has what it wanted: the command ends as it would have. What cannot be written
 * for another reason is said, and is no success.
 */

import { COMMANDS } from './cli/commands.ts';
import { CommandError, say } from './command.ts';

const version = async (): Promise<string> => (await import('./this-package.ts')).VERSION;

const usage = async (): Promise<string> => {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}\n`,
  );
  return `Usage: regraft COMMAND [ARGUMENT]...\n\n${lines.join('')}
  regraft COMMAND --help   its options and exit codes
  regraft --version        ${await version()}\n`;
};

const UNWRITTEN = 2;

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return;
  process.once('exit', () => {
    process.exitCode = UNWRITTEN;
  });
  say(`standard output: ${message}`);
});
// Nobody is left to tell.
process.stderr.on('error', () => {});

const [name = '', ...args] = process.argv.slice(2);
run().then((exitCode) => {
  process.exitCode = exitCode;
});

async function run(): Promise<number> {
  if (name === '--version' || name === '-V' || name === 'version') {
    process.stdout.write(`${await version()}\n`);
    return 0;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(await usage());
    return 0;
  }
  if (!Object.hasOwn(COMMANDS, name)) {
    if (name === '') process.stderr.write(await usage());
    else say(`there is no command ${name}; see regraft --help`);
    return 2;
  }
  const command = await COMMANDS[name]!.load();
  try {
    return await command(args);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(error.message);
    return error.exitCode;
  }
}
