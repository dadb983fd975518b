/** `regraft serve`: the service, with the settings that people change most as options. */

import { parseArgs } from 'node:util';
import { CommandError } from '../command.ts';

const HELP = `Usage: regraft serve [OPTION]...
Serves the API until it is told to stop (SIGTERM, SIGINT), then ends what it has begun.

  --host ADDRESS   address to listen on (HOST, default 127.0.0.1)
  --port N         port to listen on; 0 takes any free one (PORT, default 8080)
  --data DIR       where trees and plans are kept (DATA_DIR, default ./data)
  -h, --help       this text

Every setting is an environment variable too; an option goes before its variable.
Exit code: 0 when it was told to stop; 1 it cannot serve; 2 usage.
`;

const VARIABLES = { host: 'HOST', port: 'PORT', data: 'DATA_DIR' } as const;

export async function serveCommand(args: string[]): Promise<number> {
  const options = optionsOf(args);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const environment = { ...process.env };
  for (const [option, variable] of Object.entries(VARIABLES)) {
    const value = options[option as keyof typeof VARIABLES];
    if (value !== undefined) environment[variable] = value;
  }
  const { serve } = await import('../serve.ts');
  return serve(environment);
}

function optionsOf(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message}; see regraft serve --help`, 2);
  }
}
