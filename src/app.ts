/** The HTTP application: plugins and routes put together. It neither listens nor reads the environment. */

import { constants } from 'node:zlib';
import accepts from '@fastify/accepts';
import compress from '@fastify/compress';
import cors from '@fastify/cors';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { ApiTokens } from './api-tokens.ts';
import { Problem } from './errors.ts';
import { browseDocument } from './http/browse-document.ts';
import { addComponents, documentRoute, generateDocument } from './http/document.ts';
import { watchMethods } from './http/plugins/allowed-methods.ts';
import { authorize } from './http/plugins/authorization.ts';
import { watchCertificateDays } from './http/plugins/certificate-days.ts';
import {
  answerConnectionError,
  connectionOptions,
  refuseHostless,
} from './http/plugins/connection-errors.ts';
import { drainConnections } from './http/plugins/drain.ts';
import { tagEncodings } from './http/plugins/entity-tag.ts';
import { checkParameters, refuseUnknownParameters } from './http/plugins/parameter-check.ts';
import { renderProblems, sendProblem } from './http/plugins/problem-json.ts';
import { identifyRequests, newRequestId } from './http/plugins/request-id.ts';
import { securityHeaders } from './http/plugins/security-headers.ts';
import { batchRoute } from './http/routes/batch.ts';
import { birthRoutes } from './http/routes/births.ts';
import { eventRoute } from './http/routes/events.ts';
import { graftRoutes } from './http/routes/graft.ts';
import { logRoutes } from './http/routes/logs.ts';
import { metricsRoute } from './http/routes/metrics.ts';
import { planViewRoutes } from './http/routes/plan-views.ts';
import { planRoutes } from './http/routes/plans.ts';
import { preflightRoute } from './http/routes/preflight.ts';
import { probeRoutes } from './http/routes/probes.ts';
import type { Service } from './http/routes/service.ts';
import { staticPages } from './http/routes/static-pages.ts';
import { treeViewRoutes } from './http/routes/tree-views.ts';
import { treeRoutes } from './http/routes/trees.ts';
import { refuseBodies } from './http/upload/receive-upload.ts';
import { LOG_OUTPUT, logWritten } from './log-output.ts';

export interface AppOptions extends Service {
  /** `checked in`: serve openapi/openapi.json. `generate`: make it anew, for `npm run openapi`. */
  readonly document?: 'checked in' | 'generate';
  /** Follows each request, from before everything else. */
  readonly traceRequests?: ((app: FastifyInstance) => void) | undefined;
}

/** Longest header part of a request line; ids and cursors are far shorter. */
const LONGEST_PARAMETER = 200;
const COMPRESS_ABOVE_BYTES = 2048;
/** An answer compressed as a stream takes a quarter of a millisecond longer; 60 KB at once take 0.25 to 0.34 ms. */
const COMPRESS_AT_ONCE_BYTES = 64 * 1024;

/**
 * Half of the time that the plugin's levels take, a fifteenth more bytes: a plan of a hundred processes by gzip 48 µs
 * and 2,511 bytes instead of 99 and 2,360, by br 50 and 2,340 instead of 103 and 2,189.
 */
const QUICK = {
  zlibOptions: { level: 3 },
  brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } },
};

export async function buildApp({
  document = 'checked in',
  traceRequests,
  ...service
}: AppOptions): Promise<FastifyInstance> {
  const { config } = service;
  const app = Fastify({
    logger: { level: config.logLevel, stream: LOG_OUTPUT },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newRequestId,
    requestTimeout: config.requestTimeoutMs,
    ...(config.tls
      ? { https: { ...config.tls, ...connectionOptions(config.requestTimeoutMs) } }
      : { http: connectionOptions(config.requestTimeoutMs) }),
    clientErrorHandler: answerConnectionError,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      sendProblem(new Problem('REQUEST_INVALID', error.message), request, reply);
    },
  });
  traceRequests?.(app);
  app.setValidatorCompiler(checkParameters);
  // Which bodies a call takes is said by the call: any other one is an unknown form.
  app.removeAllContentTypeParsers();
  refuseBodies(app);
  // Answers are written as text by their own renderers; the response schemas are for the document.
  app.setSerializerCompiler(() => JSON.stringify);
  renderProblems(app);
  identifyRequests(app);
  refuseHostless(app);
  securityHeaders(app);
  drainConnections(app, config.shutdownMs, config.tls !== null, () => service.planner.queue.leave());
  if (config.tls) watchCertificateDays(app, config.tls.cert);
  // Before the tokens: a page of another origin sees why it was refused.
  if (config.corsOrigins.length) {
    await app.register(cors, {
      origin: [...config.corsOrigins],
      methods: ['GET', 'HEAD', 'POST', 'DELETE'],
      exposedHeaders: EXPOSED,
      // OPTIONS without an origin is answered as it is without CORS.
      strictPreflight: false,
      preflightContinue: true,
    });
  }
  authorize(app, new ApiTokens(config.apiTokens), config.requestsASecond);
  await app.register(accepts);
  await app.register(compress, {
    threshold: COMPRESS_ABOVE_BYTES,
    encodings: ['br', 'gzip'],
    syncThreshold: COMPRESS_AT_ONCE_BYTES,
    ...QUICK,
    customTypes: /^(?:text\/(?!event-stream)|application\/(?:json|x-ndjson|problem\+json))/,
    globalDecompression: false,
  });
  tagEncodings(app);

  addComponents(app);
  refuseUnknownParameters(app);
  const methods = watchMethods(app);
  if (document === 'generate') await generateDocument(app);
  await app.register(async (routes) => {
    probeRoutes(routes, service);
    treeRoutes(routes, service);
    treeViewRoutes(routes, service);
    logRoutes(routes, service);
    planRoutes(routes, service);
    batchRoute(routes, service);
    planViewRoutes(routes, service);
    graftRoutes(routes, service);
    birthRoutes(routes, service);
    preflightRoute(routes, service);
    eventRoute(routes, service);
    staticPages(routes);
  });
  metricsRoute(app, service);
  if (document === 'checked in') documentRoute(app);
  methods.close();
  app.addHook('onClose', logWritten);
  if (document === 'checked in') await browseDocument(app);
  return app;
}

const EXPOSED = ['etag', 'link', 'location', 'preference-applied', 'retry-after', 'x-request-id'];
