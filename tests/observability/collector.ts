/** A collector of traces: OTLP over HTTP, in JSON (opentelemetry.io, "OTLP specification", `POST /v1/traces`). */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod'

const Value = z.union([
  z.strictObject({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.strictObject({ intValue: z.coerce.number() }).transform(({ intValue }) => intValue),
  z.strictObject({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
  z.unknown().transform((other) => JSON.stringify(other)),
])
const Attributes = z
  .array(z.object({ key: z.string(), value: Value }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value])))

const OtlpSpan = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().default(''),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes: Attributes,
  status: z.object({ code: z.int().default(0), message: z.string().optional() }),
})

const Request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(OtlpSpan) })),
    }),
  ),
})

export type CollectedSpan = Omit<z.output<typeof OtlpSpan>, 'startTimeUnixNano' | 'endTimeUnixNano'> & {
  /** Unix time, in milliseconds with fractions. */
  startedAt: number
  endedAt: number
  service: string
}

export type Collector = AsyncDisposable & {
  url: string
  spans(): CollectedSpan[]
  /** Everything that was sent, as it came. */
  text(): string
}

/** `answers`: with another status than 200 nothing is taken. */
export const startCollector = async ({ answers = 200 }: { answers?: number } = {}): Promise<Collector> => {
  const spans: CollectedSpan[] = []
  let text = ''
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts).toString()
    text += `${JSON.stringify(request.headers)}\n${body}\n`
    if (answers === 200) {
      if (request.url !== '/v1/traces') throw new Error(`traces go to /v1/traces, not to ${request.url}`)
      for (const { resource, scopeSpans } of Request.parse(JSON.parse(body)).resourceSpans)
        for (const { startTimeUnixNano, endTimeUnixNano, ...span } of scopeSpans.flatMap(
          (scope) => scope.spans,
        ))
          spans.push({
            ...span,
            startedAt: Number(startTimeUnixNano) / 1e6,
            endedAt: Number(endTimeUnixNano) / 1e6,
            service: String(resource.attributes['service.name']),
          })
    }
    response.writeHead(answers, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => [...spans],
    text: () => text,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
