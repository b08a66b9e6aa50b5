/** One trace a round, across a real coordinator process and clients of the SDK, at a collector that speaks OTLP. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { traceParticipation } from '@tributary/client-sdk/tracing'
import { RoundId } from '@tributary/protocols'
import { restPaths } from '@tributary/protocols/rest'
import { spanIdOf, traceIdOf } from '@tributary/protocols/tracing'
import { expect, test } from 'vitest'
import {
  type CoordinatorProcess,
  portToReturnTo,
  startCoordinatorProcess,
} from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { type LineClient, type LineClientOptions, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { operatorOf } from '../fleet/operator.ts'
import { metricIn } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { type CollectedSpan, type Collector, startCollector } from '../observability/collector.ts'
import { otelTracer } from '../observability/otel-tracer.ts'

const SECURE = {
  mode: 'secure-aggregation',
  audience: 'demo',
  range: 8,
  maxExamples: 50,
  stepSeconds: 20,
} as const

const started = (
  folder: string,
  { url }: Pick<Collector, 'url'>,
  more: { port?: number; flags?: string[] } = {},
) =>
  startCoordinatorProcess({
    folder,
    ...more,
    logLevel: 'debug',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=collector-secret' },
  })

/** An OpenTelemetry of the clients' own, which knows nothing of the coordinator's. */
const clientTelemetry = ({ url }: Collector) => {
  const provider = new TracerProvider({
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${url}/v1/traces` }) }),
    ],
  })
  return { tracer: otelTracer(provider.getTracer('an app')), sent: () => provider.forceFlush() }
}

const fleet = async (
  { url }: CoordinatorProcess,
  token: string,
  { task, count, ...more }: { task: string; count: number } & Partial<LineClientOptions>,
): Promise<LineClient[]> =>
  Promise.all(
    Array.from({ length: count }, (_, n) => lineClient(token, { url, task, rows: rowsOf(n), ...more })),
  )

const spansOf = ({ spans }: Collector, round: string) =>
  spans().filter(({ attributes }) => attributes['tributary.round'] === round)

/** The names of a span and of those below it, in the order of their beginnings; within a millisecond, as they came. */
const treeOf = (span: CollectedSpan, all: readonly CollectedSpan[]): string => {
  const below = all
    .filter(({ parentSpanId }) => parentSpanId === span.spanId)
    .toSorted((a, b) => a.startedAt - b.startedAt || a.endedAt - b.endedAt)
  return below.length === 0 ? span.name : `${span.name}(${below.map((one) => treeOf(one, all)).join(' ')})`
}

/** What of a client may come late: it hears of its receipt when the round may have gone on, or even ended. */
const HEARD_LATE_MS = 2_000

const expectNested = (all: readonly CollectedSpan[]) => {
  const outside = all.flatMap((span) => {
    const parent = all.find(({ spanId }) => spanId === span.parentSpanId)
    if (!parent) return []
    const patience = span.name === 'participation' ? HEARD_LATE_MS : 0
    return span.startedAt < parent.startedAt || span.endedAt > parent.endedAt + patience
      ? [
          `${span.name} ${span.startedAt}–${span.endedAt} in ${parent.name} ${parent.startedAt}–${parent.endedAt}`,
        ]
      : []
  })
  expect(outside).toEqual([])
}

test('a round in the clear and a secure one are one trace each, with every client’s part in it, nested in time, and nothing in them is secret', async () => {
  await using folder = await temporaryFolder()
  await using collector = await startCollector()
  await using running = await started(folder.path, collector)
  const admin = running.firstAdminToken ?? ''
  const operator = operatorOf(running.url, admin)
  const token = await operator.invite(6)
  const { tracer, sent } = clientTelemetry(collector)
  let coordinator = ''
  for (const [task, privacy] of [
    ['open', undefined],
    ['masked', SECURE],
  ] as const) {
    await operator.createTask(lineTask({ id: task, clients: 3, ...(privacy && { privacy }) }))
    const clients = await fleet(running, token, {
      task,
      count: 3,
      ...(privacy && { privacy: { audience: 'demo' } }),
    })
    for (const { client } of clients) {
      traceParticipation(client, tracer)
      client.on('challenged', (challenged) => {
        coordinator = challenged.coordinator
      })
    }
    await Promise.all(clients.map(({ client }) => client.join()))
    await operator.trigger(task)
    await until('the round to be traced whole', () =>
      spansOf(collector, `${task}.1`).some(({ name }) => name === 'round'),
    )
    await Promise.all(clients.map(({ client }) => client.leave()))
    await sent()
  }

  for (const task of ['open', 'masked']) {
    const spans = spansOf(collector, `${task}.1`)
    const traceId = traceIdOf(coordinator, RoundId.parse(`${task}.1`))
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length)
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === '')
    expect(roots.map(({ name, service }) => [name, service])).toEqual([['round', 'tributary-coordinator']])
    const [root] = roots
    if (!root) throw new Error('no root')
    expect(root.attributes).toMatchObject({
      'tributary.outcome': 'completed',
      'tributary.updates.received': 3,
    })
    expect(root.spanId).toBe(spanIdOf(traceId, 'round'))
    expectNested(spans)
    const part = spans.filter(({ name }) => name === 'participation')
    expect(part.map(({ attributes }) => attributes['tributary.outcome'])).toEqual(
      Array(3).fill('acknowledged'),
    )
    expect(part.every(({ service }) => service !== 'tributary-coordinator')).toBe(true)
    // Only the client's own side says which client it was.
    for (const { service, attributes } of spans)
      expect('tributary.client' in attributes).toBe(service !== 'tributary-coordinator')
  }
  const whole = (round: string) => {
    const spans = spansOf(collector, round)
    const root = spans.find(({ name }) => name === 'round')
    return root && treeOf(root, spans)
  }
  const CLIENT = 'participation(decide download train seal upload)'
  expect(whole('open.1')).toBe(
    `round(selecting training(${CLIENT} ${CLIENT} ${CLIENT}) aggregating publishing)`,
  )
  const secure = spansOf(collector, 'masked.1')
  const training = secure.find(({ name }) => name === 'training')
  const below = secure.filter(({ parentSpanId }) => parentSpanId === training?.spanId).map(({ name }) => name)
  expect(below.filter((name) => name !== 'participation').toSorted()).toEqual([
    'advertising',
    'masking',
    'sharing',
    'unmasking',
  ])

  const told = collector.text()
  expect(told).toContain('collector-secret') // where it belongs, in the headers of the coordinator's requests
  for (const secret of [admin, token]) expect(told).not.toContain(secret)
  expect(told).not.toMatch(/tr[oes]_[0-9a-f]{24}/)
  expect(told).not.toMatch(/loss|accuracy|examples/)
  expect(running.output()).not.toContain('collector-secret')
}, 60_000)

test('a round that outlives its coordinator is traced whole by the one that takes it up, and an abandoned one says why', async () => {
  await using folder = await temporaryFolder()
  await using collector = await startCollector()
  const port = await portToReturnTo()
  const first = await started(folder.path, collector, { port })
  const admin = first.firstAdminToken ?? ''
  const operator = operatorOf(first.url, admin)
  const token = await operator.invite(2)
  await operator.createTask(lineTask({ id: 'open', clients: 2 }))
  const hold = Promise.withResolvers<void>()
  const clients = await fleet(first, token, { task: 'open', count: 2, hold: () => hold.promise })
  const { tracer, sent } = clientTelemetry(collector)
  for (const { client } of clients) traceParticipation(client, tracer)
  await Promise.all(clients.map(({ client }) => client.join()))
  await operator.trigger('open')
  await until('both to train', () => clients.every(({ client }) => client.state.is === 'training'))
  await until('the end of selecting to be told', () => spansOf(collector, 'open.1').length > 0)
  await first.kill()
  await using second = await started(folder.path, collector, { port })
  hold.resolve()
  await until('the round to be traced whole', () =>
    spansOf(collector, 'open.1').some(({ name }) => name === 'round'),
  )
  await Promise.all(clients.map(({ client }) => client.leave()))
  await sent()
  const spans = spansOf(collector, 'open.1')
  expectNested(spans)
  const [root] = spans.filter(({ parentSpanId }) => parentSpanId === '')
  const CLIENT = 'participation(decide download train seal upload)'
  expect(root && treeOf(root, spans)).toBe(
    `round(selecting training(${CLIENT} ${CLIENT}) aggregating publishing)`,
  )

  await operator.trigger('open')
  await operator.call('POST', restPaths.abandon(RoundId.parse('open.2')), {
    reason: 'not today, says c-1',
  })
  const abandoned = await until('its trace', () =>
    spansOf(collector, 'open.2').find(({ name }) => name === 'round'),
  )
  expect(abandoned.status).toEqual({ code: 2, message: 'operator' })
  expect(collector.text()).not.toContain('not today')
  await second.stop()
}, 60_000)

test('an operator’s request is a span below the one that it names, and nobody else’s is', async () => {
  await using folder = await temporaryFolder()
  await using collector = await startCollector()
  await using running = await started(folder.path, collector)
  const operator = operatorOf(running.url, running.firstAdminToken ?? '')
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const carrying = (flags: string) => ({ traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}` })
  await operator.call('GET', `${restPaths.tasks}?limit=5`, undefined, carrying('00'))
  await operator.call('GET', restPaths.tasks, undefined, { traceparent: 'nonsense' })
  await fetch(`${running.url}/healthz`, { headers: carrying('01') })
  await fetch(running.url + restPaths.tasks, {
    headers: { ...carrying('01'), authorization: 'Bearer tro_x' },
  })
  await operator.call('GET', `${restPaths.tasks}?limit=5`, undefined, carrying('01'))
  await running.stop()
  expect(collector.spans()).toMatchObject([
    {
      traceId,
      parentSpanId: '00f067aa0ba902b7',
      name: 'GET /api/v1/tasks',
      kind: 2,
      attributes: { 'http.response.status_code': 200 },
    },
  ])
})

test.each([
  ['is not there', async () => ({ url: 'http://127.0.0.1:9', [Symbol.asyncDispose]: async () => {} })],
  ['takes nothing', () => startCollector({ answers: 503 })],
] as const)(
  'rounds go on as ever where the collector %s',
  async (_, collectorOf) => {
    await using folder = await temporaryFolder()
    await using collector = await collectorOf()
    await using running = await started(folder.path, collector)
    const operator = operatorOf(running.url, running.firstAdminToken ?? '')
    const token = await operator.invite(3)
    await operator.createTask(lineTask({ id: 'open', clients: 3 }))
    const clients = await fleet(running, token, { task: 'open', count: 3 })
    await Promise.all(clients.map(({ client }) => client.join()))
    for (let n = 1; n <= 3; n++) {
      await operator.trigger('open')
      await until(
        'the round to complete',
        async () => (await operator.round(`open.${n}`)).phase === 'completed',
      )
      await until('the task to be free', async () => (await operator.task('open')).status === 'active')
    }
    await until(
      'spans to be given up',
      async () =>
        metricIn(await (await fetch(`${running.url}/metrics`)).text(), 'tributary_spans_total', {
          outcome: 'failed',
        }) > 0,
      { withinMs: 20_000 },
    )
    await Promise.all(clients.map(({ client }) => client.leave()))
    const from = performance.now()
    expect(await running.stop()).toEqual({ code: 0, signal: null })
    expect(performance.now() - from).toBeLessThan(8_000)
  },
  60_000,
)

test('the ratio of rounds that are traced follows from their ids', async () => {
  await using folder = await temporaryFolder()
  await using collector = await startCollector()
  await using running = await started(folder.path, collector, { flags: ['--traces-ratio', '0'] })
  const operator = operatorOf(running.url, running.firstAdminToken ?? '')
  await operator.createTask(lineTask({ id: 'open', clients: 3 }))
  await operator.trigger('open')
  await operator.call('POST', restPaths.abandon(RoundId.parse('open.1')), { reason: 'no' })
  await until('the round to be over', async () => (await operator.round('open.1')).phase === 'abandoned')
  await running.stop()
  expect(collector.spans()).toEqual([])
})
