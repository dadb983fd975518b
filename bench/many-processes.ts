/**
 * New trees a second on PostgreSQL: of one server process, and of two that share a port (PROCESSES=2).
 *
 * In: a PostgreSQL of its own on this machine, which takes its part of the processors, as the client does. Out: a rate each,
 * the median of turns that the two take one after the other. What two gain shows only where there are processors for them.
 */

import { ServerUnderFault } from '../test/faults/server-under-fault.ts';
import { PostgresServer, whyNoPostgres } from '../test/store/postgres-server.ts';
import { newTrees } from './http-rate.ts';
import { median } from './measurement.ts';

export interface ManyProcessesRate {
  readonly connections: number;
  readonly turns: number;
  readonly seconds: number;
  /** By the number of processes. */
  readonly rates: ReadonlyMap<number, { readonly perSecond: number; readonly p99: number }>;
}

const PROCESSES = [1, 2];
const CONNECTIONS = 32;
const SECONDS = 5;
const TURNS = 3;
const WARM_UP_SECONDS = 4;

/** Null: there is no PostgreSQL. */
export async function measureManyProcesses(): Promise<ManyProcessesRate | null> {
  if (whyNoPostgres) return null;
  const postgres = await PostgresServer.start();
  const servers = new Map<number, ServerUnderFault>();
  try {
    const results = new Map<number, { perSecond: number; p99: number }[]>();
    for (const processes of PROCESSES) {
      const DATABASE_URL = await postgres.newDatabase(`rate_${processes}`);
      const environment = { DATABASE_URL, PROCESSES: String(processes), LOG_LEVEL: 'info' };
      const server = await ServerUnderFault.start(environment);
      servers.set(processes, server);
      results.set(processes, []);
      await turnOf(server, WARM_UP_SECONDS);
    }
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [processes, server] of servers) results.get(processes)!.push(await turnOf(server, SECONDS));
    }
    const rates = new Map(
      [...results].map(([processes, turns]) => [
        processes,
        {
          perSecond: median(turns.map(({ perSecond }) => perSecond)),
          p99: median(turns.map(({ p99 }) => p99)),
        },
      ]),
    );
    return { connections: CONNECTIONS, turns: TURNS, seconds: SECONDS, rates };
  } finally {
    for (const server of servers.values()) await server.end('SIGTERM');
    await postgres.remove();
  }
}

async function turnOf(
  { address }: ServerUnderFault,
  seconds: number,
): Promise<{ perSecond: number; p99: number }> {
  const { requests, latency, non2xx, errors, timeouts } = await newTrees(
    `${address}/v1/plans?include=steps`,
    seconds,
    {},
    CONNECTIONS,
  );
  if (non2xx + errors + timeouts > 0)
    throw new Error(`${non2xx} refused, ${errors} failed, ${timeouts} late.`);
  return { perSecond: requests.average, p99: latency.p99 };
}
