/** Spans over OTLP/HTTP, by OpenTelemetry's own exporter: batches, retries, and a queue that drops what is too much. */

import { setTimeout as after } from 'node:timers/promises'
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import type { Span, Spans } from '../../ports/spans.ts'

export type OtlpOptions = {
  version: string
  /** The process among those of its coordinator. */
  instance: string
  /** So many spans were taken by the collector, or given up. */
  sent(spans: number, outcome: 'exported' | 'failed'): void
}

const QUEUE = 4_096
const EVERY_MS = 1_000
/** Of one try with its retries. */
const PATIENCE_MS = 10_000
const CLOSING_MS = 3_000

/** Where to, and with which headers, the standard variables say: `OTEL_EXPORTER_OTLP_ENDPOINT` and its kin. */
export const openOtlpSpans = ({ version, instance, sent }: OtlpOptions): Spans => {
  const resource = defaultResource()
    .merge(
      resourceFromAttributes({
        'service.name': 'tributary-coordinator',
        'service.version': version,
        'service.instance.id': instance,
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }))
  const processor = new BatchSpanProcessor({
    exporter: counting(new OTLPTraceExporter(), sent),
    maxQueueSize: QUEUE,
    scheduledDelayMillis: EVERY_MS,
    exportTimeoutMillis: PATIENCE_MS,
  })
  const scope = { name: 'tributary', version }
  return {
    ended: (span) => processor.onEnd({ ...readable(span), resource, instrumentationScope: scope }),
    close: () =>
      Promise.race([processor.shutdown().catch(() => {}), after(CLOSING_MS, undefined, { ref: false })]),
  }
}

const counting = (exporter: SpanExporter, sent: OtlpOptions['sent']): SpanExporter => ({
  export: (spans, done) =>
    exporter.export(spans, (result) => {
      sent(spans.length, result.code === 0 ? 'exported' : 'failed')
      done(result)
    }),
  shutdown: () => exporter.shutdown(),
  forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
})

const readable = (span: Span): Omit<ReadableSpan, 'resource' | 'instrumentationScope'> => {
  const { traceId, parentSpanId } = span
  const contextOf = (spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED })
  return {
    name: span.name,
    kind: span.kind === 'server' ? SpanKind.SERVER : SpanKind.INTERNAL,
    spanContext: () => contextOf(span.spanId),
    ...(parentSpanId !== undefined && { parentSpanContext: contextOf(parentSpanId) }),
    startTime: hrTime(span.startedAt),
    endTime: hrTime(span.endedAt),
    duration: hrTime(span.endedAt - span.startedAt),
    status:
      span.error === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: span.error },
    attributes: { ...span.attributes },
    links: [],
    events: [],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** Seconds and nanoseconds. */
const hrTime = (ms: number): [number, number] => {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)]
}
