/**
 * The service and beside it, in one process, a Fastify with an empty route and one that only receives, parses and
 * answers as many bytes as a plan has: what bench/http-rate.ts calls. Sends the ports to the parent process, its processor
 * time whenever that one asks, and stops when it disconnects.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { readConfig } from '../src/config.ts';
import { startServer } from '../src/server.ts';
import { ratedImage } from './rated-image.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
const service = await startServer(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'silent', PORT: '0' }));
const empty = Fastify();
empty.get('/', () => ({}));
const { rawPayload: planBytes } = await service.inject({
  method: 'POST',
  url: '/v1/plans?include=steps',
  headers: { 'content-type': 'application/json' },
  payload: ratedImage(),
});
empty.post('/floor', (_request, reply) =>
  reply.code(201).type('application/json; charset=utf-8').send(planBytes),
);
await empty.listen({ host: '127.0.0.1', port: 0 });

const portOf = (address: AddressInfo | string | null) => (address as AddressInfo).port;
process.send!({ service: portOf(service.server.address()), empty: portOf(empty.server.address()) });
// Of all threads, until now: a machine that has other things to do changes rates, and these hardly.
process.on('message', () => process.send!({ cpu: process.cpuUsage() }));
process.on('disconnect', async () => {
  await Promise.all([service.close(), empty.close()]);
  rmSync(dataDir, { recursive: true, force: true });
});
