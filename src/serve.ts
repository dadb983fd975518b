/** The service as a process: from the environment to a server that ends what it has begun when it is told to stop. */

import closeWithGrace from 'close-with-grace';
import { readConfig } from './config.ts';
import { type Environment, misspeltSettings, SettingsError } from './settings.ts';
import { StoreFailure } from './store/store-failure.ts';
import { VERSION } from './this-package.ts';

/** Resolves with the exit code when it cannot serve, to 0 once it does. */
export async function serve(environment: Environment): Promise<number> {
  try {
    await start(environment);
    return 0;
  } catch (error) {
    process.stderr.write(`regraft: ${whyNot(error, environment)}\n`);
    return 1;
  }
}

async function start(environment: Environment): Promise<void> {
  const config = readConfig(environment);
  // Settings are judged before anything else is loaded.
  const { startServer } = await import('./server.ts');
  const app = await startServer(config);
  for (const { name, meant } of misspeltSettings(environment)) {
    app.log.warn({ name, meant }, `there is no setting ${name}: is ${meant} meant?`);
  }
  const { limits, workers } = config;
  app.log.info({
    ...{ version: VERSION, node: process.versions.node },
    ...(config.databaseUrl ? { database: withoutPassword(config.databaseUrl) } : { dataDir: config.dataDir }),
    ...{ limits, workers, msg: 'serving' },
  });
  closeWithGrace({ delay: config.shutdownMs, logger: app.log }, async ({ signal, err }) => {
    if (err) app.log.fatal({ err }, 'uncaught error');
    else app.log.info({ signal }, 'closing');
    await app.close();
  });
}

/** One line: what is wrong, and what to do about it. */
function whyNot(error: unknown, environment: Environment): string {
  if (error instanceof SettingsError) return error.message;
  const { DATABASE_URL = '', DATA_DIR = './data', HOST = '127.0.0.1', PORT = '8080' } = environment;
  const store = DATABASE_URL ? `DATABASE_URL=${withoutPassword(DATABASE_URL)}` : `DATA_DIR=${DATA_DIR}`;
  if (error instanceof StoreFailure) {
    const way =
      error.kind === 'unusable' ? '' : DATABASE_URL ? '' : '; it has to be a folder that can be written';
    return `${store}: ${error.message}${way}`;
  }
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `PORT=${PORT}: another program listens there on ${HOST}; 0 takes any free port`;
  if (code === 'EACCES' && syscall === 'listen')
    return `PORT=${PORT}: not allowed; 1024 and above need no rights`;
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    return `HOST=${HOST}: ${message}; it has to be an address of this machine`;
  throw error;
}

function withoutPassword(address: string): string {
  return address.replace(/^(\w+:\/\/[^:/@]*):[^@]*@/, '$1:…@');
}
