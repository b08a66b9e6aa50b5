export {
  isSampled,
  parseTraceparent,
  type SpanContext,
  spanIdOf,
  traceIdOf,
  traceparentOf,
} from './round-trace.ts'
