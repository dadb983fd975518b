/** The service as a process: from the environment to a server that ends what it has begun when it is told to stop. */

import cluster from 'node:cluster';
import closeWithGrace from 'close-with-grace';
import { type Config, readConfig } from './config.ts';
import { closeWhenTold, passOverRepeats } from './process-messages.ts';
import { type Environment, misspeltSettings, SettingsError } from './settings.ts';
import { StoreFailure } from './store/store-failure.ts';
import { VERSION } from './this-package.ts';

/** Resolves with the exit code when it cannot serve, to 0 once it does. */
export async function serve(environment: Environment): Promise<number> {
  try {
    const config = readConfig(environment);
    if (config.processes > 1 && cluster.isPrimary) {
      const { serveInProcesses } = await import('./processes.ts');
      return await serveInProcesses(config);
    }
    await start(config, environment);
    return 0;
  } catch (error) {
    process.stderr.write(`regraft: ${whyNot(error, environment)}\n`);
    // What connects one of several processes to its parent would keep it.
    cluster.worker?.disconnect();
    return 1;
  }
}

async function start(config: Config, environment: Environment): Promise<void> {
  // The first process of a container has to ask for the signal, or it is not told.
  process.once('SIGTERM', endOfStart);
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
  const { close } = closeWithGrace({ delay: config.shutdownMs, logger: app.log }, async ({ signal, err }) => {
    closing = true;
    passOverRepeats(signal);
    if (err) app.log.fatal({ err }, 'uncaught error');
    else app.log.info({ signal }, 'closing');
    await app.close();
  });
  // After the one that follows it: a signal that comes between two listeners is lost.
  process.off('SIGTERM', endOfStart);
  let closing = false;
  // A signal to the whole process group has been heard already.
  closeWhenTold(() => closing || close());
}

/** Nothing was begun yet. */
function endOfStart(): void {
  process.exit(0);
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
  return address
    .replace(/^(\w+:\/\/[^:/@]*):[^/]*@/, '$1:…@')
    .replace(/([?&][^=&]*password=)[^&#]*/gi, '$1…');
}
