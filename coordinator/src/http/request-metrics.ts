/** How many requests came, how they ended and how long they took. Labels are bounded: templates, never paths. */
import type { FastifyInstance } from 'fastify'
import { Counter, Histogram, type Registry } from 'prom-client'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export const measureRequests = (app: FastifyInstance, registry: Registry): void => {
  const requests = new Counter({
    name: 'tributary_http_requests_total',
    help: 'Requests answered, by route template, method and class of status',
    labelNames: ['route', 'method', 'status'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'tributary_http_request_duration_seconds',
    help: 'From the first byte of the request to the last of the answer',
    labelNames: ['route', 'method'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched')
    const method = METHODS.has(request.method) ? request.method : 'other'
    requests.inc({ route, method, status: `${Math.floor(reply.statusCode / 100)}xx` })
    seconds.observe({ route, method }, reply.elapsedTime / 1_000)
  })
}
