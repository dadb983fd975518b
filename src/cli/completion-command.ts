/**
 * `regraft completion`: what a shell needs to complete commands, their options and files.
 *
 * The options are those that each command's own help lists, so there is no second list to keep. Making the script asks
 * every command for its help; what a shell then does with it runs nothing of ours.
 */

import { type Command, runCommand } from '../command.ts';

const HELP = `Usage: regraft completion bash|zsh|fish
Prints a script that lets the shell complete commands and options.

  bash   source <(regraft completion bash)        in ~/.bashrc
  zsh    source <(regraft completion zsh)         in ~/.zshrc, behind compinit
  fish   regraft completion fish | source         in ~/.config/fish/config.fish

Exit code: 0; 2 usage.
`;

interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly string[];
}

const SHELLS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

type Commands = Readonly<Record<string, Command>>;

/** Of all commands, this one among them. */
export function completionOf(commands: Commands): (args: string[]) => Promise<number> {
  const carryOut = async (shell: string): Promise<number> => {
    const completed: CompletedCommand[] = [];
    for (const [name, command] of Object.entries(commands)) {
      const options = name === 'completion' ? ['--help'] : await optionsOf(command);
      completed.push({ name, summary: command.summary, options });
    }
    process.stdout.write(SHELLS[shell]!(completed));
    return 0;
  };
  return (args) =>
    runCommand({ name: 'completion', help: HELP, orderOf, carryOut, exitCodeOf: () => null }, args);
}

/** The shell. */
function orderOf(args: string[]): string {
  const [shell = ''] = args;
  if (args.length !== 1 || !Object.hasOwn(SHELLS, shell)) throw new Error('one of bash, zsh, fish is needed');
  return shell;
}

/** Long options at the beginning of the help's lines. */
async function optionsOf({ load }: Command): Promise<string[]> {
  const help = await printedBy(async () => (await load())(['--help']));
  return [...help.matchAll(/^ +(?:-\w, )?(--[a-z][a-z-]*)/gm)].map(([, option]) => option!);
}

/** What would go to standard output. */
async function printedBy(run: () => Promise<unknown>): Promise<string> {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = (chunk: Uint8Array | string) => {
    text += chunk;
    return true;
  };
  try {
    await run();
  } finally {
    process.stdout.write = write;
  }
  return text;
}

const words = (commands: readonly CompletedCommand[]): string =>
  [...commands.map(({ name }) => name), '--help', '--version'].join(' ');

function bashScript(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, options }) => `    ${name}) words='${options.join(' ')}' ;;`);
  return `_regraft() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${words(commands)}' -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  if [[ \${COMP_WORDS[1]} == completion ]]; then words+=' bash zsh fish'; fi
  if [[ $current == -* || \${COMP_WORDS[1]} == completion ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=()
  fi
}
complete -o default -F _regraft regraft
`;
}

function zshScript(commands: readonly CompletedCommand[]): string {
  const quoted = (text: string): string => text.replaceAll("'", "'\\''");
  const described = commands.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`);
  const cases = commands.map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')} ;;`);
  return `_regraft() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  if [[ $words[2] == completion ]]; then
    compadd bash zsh fish
    return
  fi
  if [[ $words[CURRENT] != -* ]]; then
    _files
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
}
compdef _regraft regraft
`;
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c regraft -n __fish_use_subcommand -f -a ${name} -d '${quoted(summary)}'`,
    ...options.map(
      (option) => `complete -c regraft -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`,
    ),
  ]);
  return `${lines.join('\n')}\ncomplete -c regraft -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n`;
}
