/** How many requests came, how they ended and how long they took. Labels are bounded: templates, never paths. */
import type { Socket } from 'node:net'
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
  const received = new Counter({
    name: 'tributary_http_received_bytes_total',
    help: 'Bytes of requests on their connections, headers included, by route template',
    labelNames: ['route'],
    registers: [registry],
  })
  const sent = new Counter({
    name: 'tributary_http_sent_bytes_total',
    help: 'Bytes of answers on their connections, headers included, by route template',
    labelNames: ['route'],
    registers: [registry],
  })
  const newOf = createByteCount()
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched')
    const method = METHODS.has(request.method) ? request.method : 'other'
    requests.inc({ route, method, status: `${Math.floor(reply.statusCode / 100)}xx` })
    seconds.observe({ route, method }, reply.elapsedTime / 1_000)
    const bytes = newOf(request.raw.socket)
    received.inc({ route }, bytes.read)
    sent.inc({ route }, bytes.written)
  })
}

/** What passed over a connection since it was last asked about: requests on one follow each other. */
const createByteCount = () => {
  const counted = new WeakMap<Socket, { read: number; written: number }>()
  return (socket: Socket) => {
    const before = counted.get(socket) ?? { read: 0, written: 0 }
    const now = { read: socket.bytesRead, written: socket.bytesWritten }
    counted.set(socket, now)
    return { read: now.read - before.read, written: now.written - before.written }
  }
}
