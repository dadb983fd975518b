/**
 * Requests a second: plans with steps for trees of 100 processes, and an empty route of the same Fastify beside them.
 *
 * Plans where no two requests bring the same tree, so that every plan is made and none is found; and where all requests
 * bring the same bytes, whose answer is remembered. Both also with answers by gzip, which many clients ask for unasked.
 * The floor is a route that receives and parses the same bytes and answers a plan's, and does nothing else. All take
 * turns, and the rate of each is the median of its turns.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { median } from './measurement.ts';
import { RATED_PROCESSES, ratedImage } from './rated-image.ts';

export interface HttpRate {
  readonly processes: number;
  readonly connections: number;
  readonly seconds: number;
  readonly turns: number;
  readonly rates: Readonly<Record<RatedRoute, Rate>>;
}

/** `new`: each request with another tree. `same`: each with the same bytes. */
export type RatedRoute = 'new' | 'new, many' | 'new, gzip' | 'same' | 'same, gzip' | 'floor' | 'empty';

export interface Rate {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly requests: number;
  readonly bytesAnswered: number;
  /** Milliseconds of the server's processor time for a request. */
  readonly cpu: number;
}

const CONNECTIONS = 10;
const MANY_CONNECTIONS = 100;
const SECONDS = 5;
const TURNS = 3;
const WARM_UP_SECONDS = 2;
/** Seconds: a machine that has other things to do may be that slow once. */
const PATIENCE = 60;
const GZIP = { 'accept-encoding': 'gzip' };

export async function measureHttp(): Promise<HttpRate> {
  const server = fork(new URL('./http-server.js', import.meta.url));
  try {
    const [ports] = (await once(server, 'message')) as [{ service: number; empty: number }];
    const plans = `http://127.0.0.1:${ports.service}/v1/plans?include=steps`;
    const turns: Record<RatedRoute, (duration: number) => Promise<autocannon.Result>> = {
      new: (duration) => newTrees(plans, duration, {}),
      'new, many': (duration) => newTrees(plans, duration, {}, MANY_CONNECTIONS),
      'new, gzip': (duration) => newTrees(plans, duration, GZIP),
      same: (duration) => sameBytes(plans, duration, {}),
      'same, gzip': (duration) => sameBytes(plans, duration, GZIP),
      floor: (duration) => sameBytes(`http://127.0.0.1:${ports.empty}/floor`, duration, {}),
      empty: (duration) => emptyTurn(`http://127.0.0.1:${ports.empty}/`, duration),
    };
    const routes = Object.keys(turns) as RatedRoute[];
    const results = new Map<RatedRoute, Turn[]>(routes.map((route) => [route, []]));
    for (const route of routes) await turns[route](WARM_UP_SECONDS);
    for (let turn = 0; turn < TURNS; turn++) {
      for (const route of routes) {
        const before = await cpuOf(server);
        const result = await turns[route](SECONDS);
        results.get(route)!.push({ ...result, cpu: (await cpuOf(server)) - before });
      }
    }
    const rates = Object.fromEntries(routes.map((route) => [route, rateOf(results.get(route)!)]));
    return {
      processes: RATED_PROCESSES,
      connections: CONNECTIONS,
      seconds: SECONDS,
      turns: TURNS,
      rates: rates as Record<RatedRoute, Rate>,
    };
  } finally {
    await stopped(server);
  }
}

type Turn = autocannon.Result & { readonly cpu: number };

/** Milliseconds that the server has used. */
async function cpuOf(server: ChildProcess): Promise<number> {
  server.send('cpu');
  const [{ cpu }] = (await once(server, 'message')) as [{ cpu: NodeJS.CpuUsage }];
  return (cpu.user + cpu.system) / 1000;
}

async function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.disconnect();
  await once(server, 'exit');
}

let sent = 0;

/** A history's tree, each time with another start time of its root. */
export function newTrees(
  url: string,
  duration: number,
  headers: Headers,
  connections = CONNECTIONS,
): Promise<autocannon.Result> {
  const [before, after] = ratedImage()
    .toString()
    .split(/(?<="pid":1,)/) as [string, string];
  return autocannon({
    url,
    connections,
    duration,
    timeout: PATIENCE,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        setupRequest: (request) => ({ ...request, body: `${before}"startTime":${++sent},${after}` }),
      },
    ],
  });
}

function sameBytes(url: string, duration: number, headers: Headers): Promise<autocannon.Result> {
  return autocannon({
    url,
    connections: CONNECTIONS,
    duration,
    timeout: PATIENCE,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: ratedImage(),
  });
}

function emptyTurn(url: string, duration: number): Promise<autocannon.Result> {
  return autocannon({ url, connections: CONNECTIONS, duration, timeout: PATIENCE });
}

type Headers = Readonly<Record<string, string>>;

function rateOf(results: readonly Turn[]): Rate {
  for (const { non2xx, errors, timeouts } of results) {
    if (non2xx + errors + timeouts > 0)
      throw new Error(`${non2xx} refused, ${errors} failed, ${timeouts} late.`);
  }
  return {
    perSecond: median(results.map(({ requests }) => requests.average)),
    cpu: median(results.map(({ cpu, requests }) => cpu / requests.total)),
    p99: median(results.map(({ latency }) => latency.p99)),
    requests: results.reduce((sum, { requests }) => sum + requests.total, 0),
    bytesAnswered: results.reduce((sum, { throughput }) => sum + throughput.total, 0),
  };
}
