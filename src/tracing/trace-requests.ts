/** A span for each request, below the one that its `traceparent` names; the request's log line has its trace. */

import { type Context, context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { failed, tracer } from './spans.ts';

/** To be called before the routes and other hooks are declared. */
export function traceRequests(app: FastifyInstance): void {
  const under = new WeakMap<FastifyRequest, { readonly span: Span; readonly active: Context }>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, url, headers } = request;
    const route = request.routeOptions.url;
    const span = tracer.startSpan(
      route ? `${method} ${route}` : method,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          'url.path': url.split('?', 1)[0]!,
          ...(route && { 'http.route': route }),
        },
      },
      propagation.extract(context.active(), headers),
    );
    const active = trace.setSpan(context.active(), span);
    under.set(request, { span, active });
    request.log = request.log.child({ traceId: span.spanContext().traceId });
    context.with(active, done);
  });
  // Reading a body has left the context in which the request began.
  app.addHook('preValidation', (request, _reply, done) => {
    const { active } = under.get(request)!;
    context.with(active, done);
  });
  app.addHook('onError', (request, _reply, error, done) => {
    const found = under.get(request);
    if (found && ((error as { status?: number }).status ?? 500) >= 500) failed(found.span, error);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { span } = under.get(request)!;
    span.setAttribute('http.response.status_code', reply.statusCode);
    span.end();
    done();
  });
}
