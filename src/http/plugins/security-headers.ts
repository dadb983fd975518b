/** Security headers by helmet, computed once: they are the same for every answer. */

import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

type Middleware = ReturnType<typeof helmet>;

/** Answers are data; the two pages that are shown set a policy of their own. */
const protect = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  // The proxy that ends TLS knows whether it may promise that; the others concern browsers long gone.
  strictTransportSecurity: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

export function securityHeaders(app: FastifyInstance): void {
  const headers = headersOf(protect);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

/** What the middleware sets, whatever the request is. */
function headersOf(middleware: Middleware): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => {},
  };
  middleware({} as Parameters<Middleware>[0], response as unknown as Parameters<Middleware>[1], () => {});
  return headers;
}
