/**
 * New trees a second on PostgreSQL: of one server process, and of two that share a port (PROCESSES=2).
 *
 * In: a PostgreSQL of its own on this machine, which takes its part of the processors, as the client does. Out: a rate each,
 * the median of turns that the two take one after the other; and the same where each server process may use a quarter of a
 * processor: what two gain shows only where there are processors for them.
 */

import { ServerUnderFault } from '../test/faults/server-under-fault.ts';
import { PostgresServer, whyNoPostgres } from '../test/store/postgres-server.ts';
import { newTrees } from './http-rate.ts';
import { median } from './measurement.ts';
import { childrenOf, limitToShare } from './processor-share.ts';

/** By the number of processes. */
export type RatesByProcesses = ReadonlyMap<number, { readonly perSecond: number; readonly p99: number }>;

export interface ManyProcessesRate {
  readonly connections: number;
  readonly turns: number;
  readonly seconds: number;
  readonly rates: RatesByProcesses;
  /** Of one processor, for each server process. */
  readonly share: number;
  /** Null: this machine does not let it. */
  readonly limited: RatesByProcesses | null;
}

const PROCESSES = [1, 2];
const CONNECTIONS = 32;
const SECONDS = 5;
const TURNS = 5;
const WARM_UP_SECONDS = 4;
const SHARE = 1 / 4;

/** Null: there is no PostgreSQL. */
export async function measureManyProcesses(): Promise<ManyProcessesRate | null> {
  if (whyNoPostgres) return null;
  const postgres = await PostgresServer.start();
  const servers = new Map<number, ServerUnderFault>();
  let unlimit: ((() => void) | null)[] = [];
  try {
    for (const processes of PROCESSES) {
      const DATABASE_URL = await postgres.newDatabase(`rate_${processes}`);
      const environment = { DATABASE_URL, PROCESSES: String(processes), LOG_LEVEL: 'info' };
      const server = await ServerUnderFault.start(environment);
      servers.set(processes, server);
      await turnOf(server, WARM_UP_SECONDS);
    }
    const rates = await ratesOf(servers);
    unlimit = [...servers].flatMap(([processes, { pid }]) =>
      (processes === 1 ? [pid] : childrenOf(pid)).map((each) => limitToShare(each, SHARE)),
    );
    const limited = unlimit.includes(null) ? null : await ratesOf(servers);
    return { connections: CONNECTIONS, turns: TURNS, seconds: SECONDS, rates, share: SHARE, limited };
  } finally {
    for (const server of servers.values()) await server.end('SIGTERM');
    for (const end of unlimit) end?.();
    await postgres.remove();
  }
}

async function ratesOf(servers: ReadonlyMap<number, ServerUnderFault>): Promise<RatesByProcesses> {
  const results = [...servers].map(([processes, server]) => ({
    ...{ processes, server },
    turns: [] as { perSecond: number; p99: number }[],
  }));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { server, turns } of results) turns.push(await turnOf(server, SECONDS));
  }
  return new Map(
    results.map(({ processes, turns }) => [
      processes,
      {
        perSecond: median(turns.map(({ perSecond }) => perSecond)),
        p99: median(turns.map(({ p99 }) => p99)),
      },
    ]),
  );
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
