/**
 * New trees a second on PostgreSQL: of one server process, and of two that share a port (PROCESSES=2).
 *
 * In: a PostgreSQL of its own on this machine, which takes its part of the processors, as the client does. Out: a rate each,
 * the median of turns that the two take one after the other; and the same where each server process may use a quarter of a
 * processor: what two gain shows only where there are processors for them. With more connections two gain more, since
 * requests that come together share a commit, and two processes have half as many each to share one.
 */

import { ServerUnderFault } from '../test/faults/server-under-fault.ts';
import { PostgresServer, whyNoPostgres } from '../test/store/postgres-server.ts';
import { newTrees } from './http-rate.ts';
import { median } from './measurement.ts';
import { childrenOf, limitToShare } from './processor-share.ts';

/** Of so many server processes under so many connections. */
export interface RateOfProcesses {
  readonly connections: number;
  readonly processes: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
}

export interface ManyProcessesRate {
  readonly turns: number;
  readonly seconds: number;
  readonly rates: readonly RateOfProcesses[];
  /** Of one processor, for each server process. */
  readonly share: number;
  /** Null: this machine does not let it. */
  readonly limited: readonly RateOfProcesses[] | null;
}

const PROCESSES = [1, 2];
const CONNECTIONS = [32, 100];
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
      await turnOf(server, CONNECTIONS[0]!, WARM_UP_SECONDS);
    }
    const rates = await ratesOf(servers);
    unlimit = [...servers].flatMap(([processes, { pid }]) =>
      (processes === 1 ? [pid] : childrenOf(pid)).map((each) => limitToShare(each, SHARE)),
    );
    const limited = unlimit.includes(null) ? null : await ratesOf(servers);
    return { turns: TURNS, seconds: SECONDS, rates, share: SHARE, limited };
  } finally {
    for (const server of servers.values()) await server.end('SIGTERM');
    for (const end of unlimit) end?.();
    await postgres.remove();
  }
}

async function ratesOf(servers: ReadonlyMap<number, ServerUnderFault>): Promise<RateOfProcesses[]> {
  const results = CONNECTIONS.flatMap((connections) =>
    [...servers].map(([processes, server]) => ({
      ...{ connections, processes, server },
      turns: [] as { perSecond: number; p99: number }[],
    })),
  );
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { connections, server, turns } of results)
      turns.push(await turnOf(server, connections, SECONDS));
  }
  return results.map(({ connections, processes, turns }) => ({
    ...{ connections, processes },
    perSecond: median(turns.map(({ perSecond }) => perSecond)),
    p99: median(turns.map(({ p99 }) => p99)),
  }));
}

async function turnOf(
  { address }: ServerUnderFault,
  connections: number,
  seconds: number,
): Promise<{ perSecond: number; p99: number }> {
  const { requests, latency, non2xx, errors, timeouts } = await newTrees(
    `${address}/v1/plans?include=steps`,
    seconds,
    {},
    connections,
  );
  if (non2xx + errors + timeouts > 0)
    throw new Error(`${non2xx} refused, ${errors} failed, ${timeouts} late.`);
  return { perSecond: requests.average, p99: latency.p99 };
}
