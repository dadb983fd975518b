/** Prometheus metrics: of the process, of each route, of plans and the store (plan-metrics.ts). */

import cluster from 'node:cluster';
import type { FastifyInstance } from 'fastify';
import { AggregatorRegistry, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import Type from 'typebox';
import { Problem } from '../../errors.ts';
import { metricsOfAll } from '../../process-messages.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { ANY } from '../schemas/route-answers.ts';
import { CountedLater } from './counted-later.ts';
import { observePlans } from './plan-metrics.ts';
import type { Service } from './service.ts';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

export function metricsRoute(app: FastifyInstance, service: Service): void {
  // A registry of its own, so that several services fit into one process.
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  observeRequests(app, registry);
  observePlans(app, registry, service);
  if (cluster.isWorker) {
    // So that this process answers its parent.
    new AggregatorRegistry();
    AggregatorRegistry.setRegistries(registry);
  }
  app.get(
    '/metrics',
    {
      logLevel: 'warn',
      schema: {
        tags: ['operations'],
        operationId: 'metrics',
        summary: 'Prometheus metrics',
        description: 'Of the process, of each route, of the planning threads.',
        response: {
          200: { description: 'Metrics', content: { 'text/plain': { schema: Type.String() } } },
          ...problemAnswers(ANY),
        },
      },
    },
    async (_request, reply) =>
      reply
        .type(registry.contentType)
        .header('cache-control', 'no-store')
        .send(await (cluster.isWorker ? metricsOfProcesses() : registry.metrics())),
  );
}

async function metricsOfProcesses(): Promise<string> {
  const text = await metricsOfAll();
  if (text === null) throw new Problem('INTERNAL', 'A server process did not answer.');
  return text;
}

function observeRequests(app: FastifyInstance, registry: Registry): void {
  const duration = new Histogram({
    name: 'regraft_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
    collect: () => answers.countAll(),
  });
  const answers = new CountedLater<{ labels: Record<string, string | number>; seconds: number }>(
    ({ labels, seconds }) => duration.observe(labels, seconds),
  );
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: reply.statusCode };
    answers.add({ labels, seconds: reply.elapsedTime / 1000 });
    done();
  });
}
