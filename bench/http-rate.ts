/**
 * Requests a second: plans with steps for trees of 100 processes, and an empty route of the same Fastify beside them.
 *
 * Plans twice: where no two requests bring the same tree, so that every plan is made and none is found; and where all
 * requests bring the same bytes, whose answer is remembered. The floor is a route that receives and parses the same
 * bytes and answers a plan's, and does nothing else. The four take turns, and the rate of each is the median of its
 * turns.
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
  /** Each request with another tree. */
  readonly plans: Rate;
  /** Each request with the same bytes. */
  readonly repeated: Rate;
  readonly floor: Rate;
  readonly empty: Rate;
}

interface Rate {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly requests: number;
  readonly bytesAnswered: number;
}

const CONNECTIONS = 10;
const SECONDS = 5;
const TURNS = 3;

export async function measureHttp(): Promise<HttpRate> {
  const server = fork(new URL('./http-server.js', import.meta.url));
  try {
    const [ports] = (await once(server, 'message')) as [{ service: number; empty: number }];
    await planTurn(ports.service, 2);
    await repeatedTurn(ports.service, 2);
    await floorTurn(ports.empty, 2);
    await emptyTurn(ports.empty, 2);
    const plans: autocannon.Result[] = [];
    const repeated: autocannon.Result[] = [];
    const floor: autocannon.Result[] = [];
    const empty: autocannon.Result[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      plans.push(await planTurn(ports.service, SECONDS));
      repeated.push(await repeatedTurn(ports.service, SECONDS));
      floor.push(await floorTurn(ports.empty, SECONDS));
      empty.push(await emptyTurn(ports.empty, SECONDS));
    }
    return {
      processes: RATED_PROCESSES,
      connections: CONNECTIONS,
      seconds: SECONDS,
      turns: TURNS,
      plans: rateOf(plans),
      repeated: rateOf(repeated),
      floor: rateOf(floor),
      empty: rateOf(empty),
    };
  } finally {
    await stopped(server);
  }
}

async function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.disconnect();
  await once(server, 'exit');
}

let sent = 0;

/** A history's tree, each time with another start time of its root. */
function planTurn(port: number, duration: number): Promise<autocannon.Result> {
  const [before, after] = ratedImage()
    .toString()
    .split(/(?<="pid":1,)/) as [string, string];
  return autocannon({
    url: `http://127.0.0.1:${port}/v1/plans?include=steps`,
    connections: CONNECTIONS,
    duration,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: `${before}"startTime":${++sent},${after}` }),
      },
    ],
  });
}

function repeatedTurn(port: number, duration: number): Promise<autocannon.Result> {
  return sameBytes(`http://127.0.0.1:${port}/v1/plans?include=steps`, duration);
}

function floorTurn(port: number, duration: number): Promise<autocannon.Result> {
  return sameBytes(`http://127.0.0.1:${port}/floor`, duration);
}

function sameBytes(url: string, duration: number): Promise<autocannon.Result> {
  return autocannon({
    url,
    connections: CONNECTIONS,
    duration,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: ratedImage(),
  });
}

function emptyTurn(port: number, duration: number): Promise<autocannon.Result> {
  return autocannon({ url: `http://127.0.0.1:${port}/`, connections: CONNECTIONS, duration });
}

function rateOf(results: readonly autocannon.Result[]): Rate {
  for (const { non2xx, errors, timeouts } of results) {
    if (non2xx + errors + timeouts > 0)
      throw new Error(`${non2xx} refused, ${errors} failed, ${timeouts} late.`);
  }
  return {
    perSecond: median(results.map(({ requests }) => requests.average)),
    p99: median(results.map(({ latency }) => latency.p99)),
    requests: results.reduce((sum, { requests }) => sum + requests.total, 0),
    bytesAnswered: results.reduce((sum, { throughput }) => sum + throughput.total, 0),
  };
}
