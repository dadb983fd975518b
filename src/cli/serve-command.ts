/** `regraft serve`: the service, with the settings that people change most as options. */

import { parsedArguments, runCommand, wholeNumber } from '../command.ts';
import { loadService } from '../load-service.ts';

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

export const serveCommand = (args: string[]): Promise<number> =>
  runCommand({ name: 'serve', help: HELP, orderOf: environmentOf, carryOut, exitCodeOf: () => null }, args);

async function carryOut(environment: NodeJS.ProcessEnv): Promise<number> {
  const { serve } = await loadService();
  return serve(environment);
}

function environmentOf(args: string[]): NodeJS.ProcessEnv {
  const { values } = parsedArguments({
    args,
    options: {
      host: { type: 'string' },
      port: { type: 'string' },
      data: { type: 'string' },
    },
  });
  if (values.port !== undefined) wholeNumber('--port', values.port, 0, 65_535);
  const environment = { ...process.env };
  for (const [option, variable] of Object.entries(VARIABLES)) {
    const value = values[option as keyof typeof VARIABLES];
    if (value !== undefined) environment[variable] = value;
  }
  return environment;
}
