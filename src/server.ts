/** The running service: the store, the planner and the HTTP server, started and stopped together. */

import { setFlagsFromString } from 'node:v8';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import { Planner } from './jobs/planner.ts';
import { openStore } from './store/open-store.ts';
import { Retention } from './store/retention.ts';

/**
 * Calls after which V8 compiles a function as well as it can; 3,000, unless it is told, though most functions here are
 * called once a request. (docs/architecture.md has what it does to the processor time of a request.)
 */
const CALLS_TO_OPTIMIZE = 200;

/** Closing the instance drains requests and plans, then writes what the store still holds. */
export async function startServer(config: Config): Promise<FastifyInstance> {
  setFlagsFromString(`--invocation-count-for-turbofan=${CALLS_TO_OPTIMIZE}`);
  const tracing = config.tracesEndpoint ? await import('./tracing/open-tracing.ts') : undefined;
  const endTracing = tracing?.openTracing(config.tracesEndpoint, () => app.log);
  const opened = await openStore(config, (error) =>
    app.log.warn({ err: error }, 'a connection to the database broke'),
  );
  const store = tracing?.tracedStore(opened) ?? opened;
  const planner = new Planner(store, config, tracing && new tracing.TracedDispatcher(config.workers));
  const app = await buildApp({ config, store, planner, traceRequests: tracing?.traceRequests });
  const retention = new Retention(store, config.retention, app.log);
  app.addHook('preClose', async () => planner.queue.drain());
  app.addHook('onClose', async () => {
    await retention.close();
    await planner.close();
    await store.close();
    await endTracing?.();
  });
  try {
    await app.listen({ host: config.host, port: config.port });
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}
