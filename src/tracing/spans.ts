/** A span around a piece of work. */

import { type Attributes, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

export const tracer = trace.getTracer('regraft');

/** What fails ends its span as failed; the span is the parent of what the work asks for. */
export async function spanned<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => T | Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { attributes });
  try {
    return await context.with(trace.setSpan(context.active(), span), () => work(span));
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

export function failed(span: Span, error: unknown): void {
  const { code, message } = error as { code?: unknown; message?: string };
  span.setAttribute('error.type', typeof code === 'string' ? code : 'INTERNAL');
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message && { message }) });
}
