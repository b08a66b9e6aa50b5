import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import type { Span } from '../../ports/spans.ts'
import { openOtlpSpans } from './otlp-spans.ts'

afterEach(() => vi.unstubAllEnvs())

const span = (n: number): Span => ({
  traceId: 'a'.repeat(32),
  spanId: n.toString(16).padStart(16, '0'),
  parentSpanId: undefined,
  kind: 'internal',
  name: 'round',
  startedAt: 1_700_000_000_123,
  endedAt: 1_700_000_000_456.5,
  attributes: { 'tributary.round': 'digits.3' },
  error: 'no-quorum',
})

/** Bodies that came to a collector. */
const collector = async () => {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += part
    bodies.push(body)
    response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    bodies,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('a span goes out as it is, in the words of OTLP', async () => {
  await using to = await collector()
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', to.url)
  vi.stubEnv('OTEL_SERVICE_NAME', 'fleet')
  const spans = openOtlpSpans({ version: '1.2.3', instance: 'one', sent() {} })
  spans.ended(span(7))
  await spans.close()
  const [resource] = JSON.parse(to.bodies[0] ?? '').resourceSpans
  expect(resource.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'fleet' },
  })
  expect(resource.resource.attributes).toContainEqual({
    key: 'service.instance.id',
    value: { stringValue: 'one' },
  })
  expect(resource.scopeSpans[0].spans).toMatchObject([
    {
      traceId: 'a'.repeat(32),
      spanId: '0000000000000007',
      name: 'round',
      startTimeUnixNano: '1700000000123000000',
      endTimeUnixNano: '1700000000456500000',
      attributes: [{ key: 'tributary.round', value: { stringValue: 'digits.3' } }],
      status: { code: 2, message: 'no-quorum' },
    },
  ])
})

test('what is too much is let go of: the queue has an end', async () => {
  await using to = await collector()
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', to.url)
  const sent = { exported: 0, failed: 0 }
  const spans = openOtlpSpans({
    version: '1.2.3',
    instance: 'one',
    sent(count, outcome) {
      sent[outcome] += count
    },
  })
  for (let n = 1; n <= 20_000; n++) spans.ended(span(n))
  await spans.close()
  expect(sent.failed).toBe(0)
  expect(sent.exported).toBeGreaterThan(1_000)
  expect(sent.exported).toBeLessThan(6_000)
})
