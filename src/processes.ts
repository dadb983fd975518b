/**
 * Several server processes on one machine, over one database: node:cluster gives each of them connections of the one port.
 *
 * The first process starts alone, so that what keeps a server from starting is said once; the others follow when it
 * listens. One that ends later is replaced. Who is told to stop is this one, the parent, which tells the others and ends
 * after them; they end by themselves when it is gone.
 */

import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { AggregatorRegistry } from 'prom-client';
import type { Config } from './config.ts';
import { LOG_OUTPUT, logWritten } from './log-output.ts';
import { type FromChild, passOverRepeats, type ToChild, toChild } from './process-messages.ts';

/** A process that ends as soon as it has begun does so once a second. */
const AGAIN_MS = 1000;
/** Longer than a process takes: it ends itself after SHUTDOWN_SECONDS. */
const AFTER_THE_LAST_MS = 1000;

/** Resolves to the exit code where the first process cannot serve, to 0 once all are begun. */
export async function serveInProcesses({ processes, logLevel, shutdownMs }: Config): Promise<number> {
  const log = pino({ level: logLevel }, LOG_OUTPUT);
  let closing = false;
  const first = cluster.fork();
  const [code] = await Promise.race([once(first, 'listening').then(() => [null]), once(first, 'exit')]);
  if (code !== null) return code || 1;
  closeWithGrace({ delay: shutdownMs + AFTER_THE_LAST_MS, logger: log }, async ({ signal, err }) => {
    closing = true;
    passOverRepeats(signal);
    if (err) log.fatal({ err }, 'uncaught error');
    else log.info({ signal }, 'closing all processes');
    const running = Object.values(cluster.workers ?? {}).flatMap((worker) => worker ?? []);
    for (const worker of running) if (worker.isConnected()) toChild(worker, { do: 'close' });
    await Promise.all(running.map((worker) => worker.isDead() || once(worker, 'exit')));
    await logWritten();
  });
  cluster.on('exit', async ({ process: { pid } }, exitCode: number | null, signal: string | null) => {
    if (closing) return;
    log.error({ pid, exitCode, signal }, 'a server process ended: another one takes its place');
    await delay(AGAIN_MS);
    if (!closing) cluster.fork();
  });
  answerScrapes();
  for (let i = 1; i < processes; i++) cluster.fork();
  log.info({ processes }, 'serving in several processes');
  return 0;
}

/** Whichever process is asked for its metrics, its answer has those of all. */
function answerScrapes(): void {
  const ofAll = new AggregatorRegistry();
  cluster.on('message', async (worker: Worker, { scrape }: FromChild) => {
    if (scrape === undefined) return;
    const answer: ToChild = await ofAll.clusterMetrics().then(
      (text) => ({ do: 'tell', scrape, text }),
      () => ({ do: 'tell', scrape, text: null }),
    );
    if (worker.isConnected()) toChild(worker, answer);
  });
}
