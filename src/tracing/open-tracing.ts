/**
 * Traces by OpenTelemetry's own SDK, sent as OTLP over HTTP: a span for each request, for each piece of work with the phases
 * of a planning below it, and for each thing that a request asks of the store.
 *
 * Loaded only where OTEL_EXPORTER_OTLP_ENDPOINT is set; without, not a line of it runs. The SDK reads its other variables
 * itself (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS, …).
 */

import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { VERSION } from '../this-package.ts';

export { traceRequests } from './trace-requests.ts';
export { TracedDispatcher } from './traced-dispatcher.ts';
export { tracedStore } from './traced-store.ts';

export interface TraceLog {
  warn(line: object, message: string): void;
}

/**
 * @param endpoint of a collector, without `/v1/traces`
 * @returns what sends the spans that are left, and ends
 */
export function openTracing(endpoint: string, log: () => TraceLog): () => Promise<void> {
  const say = (message: string) => log().warn({ tracing: message }, 'a trace could not be sent');
  const quiet = () => {};
  diag.setLogger(
    { error: say, warn: say, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'regraft', 'service.version': VERSION }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  provider.register();
  return () => provider.shutdown();
}
