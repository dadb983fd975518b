/** The service as a process: from the environment to a server that closes with grace when it is told to. */

import closeWithGrace from 'close-with-grace';
import { readConfig } from './config.ts';
import { startServer } from './server.ts';

const SHUTDOWN_MS = 20_000;

/** Resolves with the exit code once it serves, or when it cannot. */
export async function serve(environment: Record<string, string | undefined>): Promise<number> {
  const app = await startServer(readConfig(environment));
  closeWithGrace({ delay: SHUTDOWN_MS, logger: app.log }, async ({ signal, err }) => {
    if (err) app.log.fatal({ err }, 'uncaught error');
    else app.log.info({ signal }, 'closing');
    await app.close();
  });
  return 0;
}
