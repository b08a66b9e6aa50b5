import { type Context, ROOT_CONTEXT, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { ClientSpan, Tracer as ParticipationTracer } from '@tributary/client-sdk/tracing'

/** Spans of a client's part in rounds, into whatever OpenTelemetry is set up to do with spans. */
export const otelTracer = (tracer: Tracer): ParticipationTracer => {
  const record = ({ name, startedAt, endedAt, attributes, error, parts }: ClientSpan, within: Context) => {
    const span = tracer.startSpan(name, { startTime: startedAt, attributes }, within)
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
    for (const part of parts) record(part, trace.setSpan(within, span))
    span.end(endedAt)
  }
  return ({ traceparent, span }) => {
    const [, traceId = '', spanId = ''] = traceparent.split('-')
    const parent = { traceId, spanId, traceFlags: 1, isRemote: true }
    record(span, trace.setSpanContext(ROOT_CONTEXT, parent))
  }
}
