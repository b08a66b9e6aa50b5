import { randomBytes } from 'node:crypto'
import { parseTraceparent } from '@tributary/protocols/tracing'
import type { FastifyInstance } from 'fastify'
import type { Spans } from '../ports/spans.ts'

/** A span for each request of an operator that carries a `traceparent` of a trace that is kept, below the span that it names. */
export const traceRequests = (app: FastifyInstance, spans: Spans): void => {
  app.addHook('onResponse', async (request, reply) => {
    const { traceparent } = request.headers
    if (typeof traceparent !== 'string' || request.principal?.kind !== 'operator') return
    const parent = parseTraceparent(traceparent)
    if (!parent?.sampled) return
    const route = request.routeOptions.url ?? 'unmatched'
    const endedAt = Date.now()
    spans.ended({
      traceId: parent.traceId,
      spanId: randomBytes(8).toString('hex'),
      parentSpanId: parent.spanId,
      kind: 'server',
      name: `${request.method} ${route}`,
      startedAt: endedAt - reply.elapsedTime,
      endedAt,
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': reply.statusCode,
      },
      ...(reply.statusCode >= 500 && { error: String(reply.statusCode) }),
    })
  })
}
