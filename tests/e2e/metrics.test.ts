/** What an operator can see at /metrics of rounds that really ran: all of it, well named, and no more of it for more clients. */
import { RoundId } from '@tributary/protocols'
import { createIdentity, encodePublicKey, encodeSignature } from '@tributary/protocols/crypto'
import { Invitation } from '@tributary/protocols/messages'
import { expect, test } from 'vitest'
import { type LineClientOptions, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { enrolRawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { type Family, lintExposition, ours, parseExposition, seriesOf } from '../observability/exposition.ts'

const SECURE = {
  mode: 'secure-aggregation',
  audience: 'demo',
  range: 8,
  maxExamples: 50,
  stepSeconds: 20,
} as const

const exposition = async ({ url }: TestCoordinator) =>
  parseExposition(await (await fetch(`${url}/metrics`)).text())

const sampleOf = (families: readonly Family[], name: string, wanted: Record<string, string> = {}): number => {
  const sample = families
    .flatMap(({ samples }) => samples)
    .find(
      (sample) =>
        sample.name === name &&
        Object.entries(wanted).every(([label, value]) => sample.labels[label] === value),
    )
  if (!sample) throw new Error(`there is no ${name} ${JSON.stringify(wanted)}`)
  return sample.value
}

/** Rounds of every kind and end, with so many clients and in so many tasks. */
const runStory = async (coordinator: TestCoordinator, size: { clients: number; tasks: number }) => {
  const { operator, url } = coordinator
  const token = await operator.invite(size.tasks * (size.clients + 3) + 1)
  for (let n = 0; n < size.tasks; n++) {
    await runRound(coordinator, token, {
      task: lineTask({ id: `open-${n}`, clients: size.clients, quorum: size.clients - 2 }),
      clients: size.clients,
      of: (i) =>
        i === 0
          ? { onInvitation: () => 'busy' }
          : i === 1
            ? { hold: () => Promise.reject(new Error('no training today')) }
            : {},
    })
    await runRound(coordinator, token, {
      task: lineTask({ id: `masked-${n}`, clients: 3, privacy: SECURE }),
      clients: 3,
      of: () => ({ privacy: { audience: 'demo' } }),
    })
    await operator.createTask(lineTask({ id: `lonely-${n}`, clients: 3 }))
    await operator.trigger(`lonely-${n}`)
    await operator.call('POST', `/api/v1/tasks/lonely-${n}/rounds/lonely-${n}.1/abandon`, {
      reason: 'nobody',
    })
    await coordinator.settled(`lonely-${n}.1`)
  }
  // What is refused: a message that is none, one that is out of place, an update of nobody's round.
  const raw = await enrolRawClient(url, token)
  await raw.connect()
  const { session } = await raw.next('welcome')
  raw.say('message', { type: 'sing', song: raw.id })
  raw.send({
    type: 'authenticate',
    client: raw.id,
    protocol: 1,
    signature: encodeSignature(new Uint8Array(64)),
  })
  await raw.next('refused')
  await raw.next('refused')
  const nobodys = { round: RoundId.parse('open-0.1'), client: raw.id, token: session.token }
  const late = sealFor(raw, { ...LATE, round: nobodys.round }, new Uint8Array(100))
  expect((await upload(url, nobodys, late)).status).toBe(409)
  raw.disconnect()
  await until(
    'every line to be gone',
    async () => sampleOf(await exposition(coordinator), 'tributary_lines_open') === 0,
  )
}

const runRound = async (
  coordinator: TestCoordinator,
  token: string,
  {
    task,
    clients,
    of,
  }: { task: ReturnType<typeof lineTask>; clients: number; of: (n: number) => Partial<LineClientOptions> },
) => {
  const { operator, url } = coordinator
  await operator.createTask(task)
  const fleet = await Promise.all(
    Array.from({ length: clients }, (_, n) =>
      lineClient(token, { url, task: task.id, rows: rowsOf(n % 20), ...of(n) }),
    ),
  )
  await Promise.all(fleet.map(({ client }) => client.join()))
  await operator.trigger(task.id)
  expect((await coordinator.settled(`${task.id}.1`)).phase).toBe('completed')
  await Promise.all(fleet.map(({ client }) => client.leave()))
}

const LATE: Invitation = Invitation.parse({
  type: 'invitation',
  task: 'open-0',
  round: 'open-0.1',
  model: { version: 1, digest: `sha256:${'0'.repeat(64)}`, bytes: 8 },
  assignment: { digest: `sha256:${'0'.repeat(64)}`, bytes: 8 },
  publicKey: encodePublicKey(createIdentity().publicKey),
  session: { token: 'a-session-of-nobody', expiresAt: 0 },
  deadline: { at: 0, inMs: 0 },
})

test('metrics of real rounds keep to the conventions, and count what happened', async () => {
  await using coordinator = await startCoordinator()
  await runStory(coordinator, { clients: 5, tasks: 1 })
  const all = await exposition(coordinator)
  const families = ours(all)
  expect(lintExposition(families)).toEqual([])
  // What the client library shows of Node by itself has counters and gauges that it named otherwise.
  expect(lintExposition(all).filter((mistake) => !mistake.startsWith('nodejs_'))).toEqual([])

  const value = (name: string, labels?: Record<string, string>) =>
    sampleOf(families, `tributary_${name}`, labels)
  expect({
    completed: value('rounds_total', { outcome: 'completed' }),
    abandoned: value('rounds_total', { outcome: 'abandoned', reason: 'operator' }),
    noQuorum: value('rounds_total', { outcome: 'abandoned', reason: 'no-quorum' }),
    opened: value('rounds_opened_total'),
    selecting: value('round_phase_duration_seconds_count', { phase: 'selecting' }),
    training: value('round_phase_duration_seconds_count', { phase: 'training' }),
    secure: value('round_phase_duration_seconds_count', { phase: 'secure-training' }),
    aggregating: value('round_phase_duration_seconds_count', { phase: 'aggregating' }),
    inFlight: value('rounds_in_flight', { phase: 'training' }),
    invitations: value('invitations_total'),
    accepts: value('accepts_total'),
    busy: value('declines_total', { reason: 'busy' }),
    failed: value('client_failures_total', { reason: 'training-error' }),
    received: value('updates_received_total'),
    folded: value('updates_folded_total'),
    published: value('model_versions_published_total', { origin: 'round' }),
    initial: value('model_versions_published_total', { origin: 'initial' }),
    unmaskings: value('unmasking_duration_seconds_count', { outcome: 'done' }),
    aggregations: value('aggregation_duration_seconds_count', { outcome: 'done' }),
    decisionsWaiting: value('work_in_progress', { work: 'decision' }),
    online: value('clients_online'),
    malformed: value('messages_received_total', { type: 'malformed' }),
    invited: value('messages_sent_total', { type: 'invitation' }),
    again: value('refusals_total', { kind: 'message', reason: 'already-authenticated' }),
    wrongModel: value('refusals_total', { kind: 'update', reason: 'wrong-model' }),
  }).toEqual({
    completed: 2,
    abandoned: 1,
    noQuorum: 0,
    opened: 3,
    selecting: 3,
    training: 1,
    secure: 1,
    aggregating: 2,
    inFlight: 0,
    invitations: 8,
    accepts: 7,
    busy: 1,
    failed: 1,
    received: 6,
    folded: 6,
    published: 2,
    initial: 3,
    unmaskings: 1,
    aggregations: 2,
    decisionsWaiting: 0,
    online: 0,
    malformed: 1,
    invited: 5 + 3,
    again: 1,
    wrongModel: 1,
  })
  expect(value('upload_duration_seconds_count', { outcome: 'done' })).toBe(7)
  expect(value('updates_received_bytes_total')).toBeGreaterThan(6 * 50)
  expect(value('http_received_bytes_total', { route: UPDATES })).toBeGreaterThan(
    value('updates_received_bytes_total'),
  )
  expect(value('http_sent_bytes_total', { route: UPDATES })).toBeGreaterThan(100)
  expect(value('commit_duration_seconds_count', { outcome: 'done' })).toBeGreaterThan(10)
  expect(value('lines_opened_total')).toBe(value('lines_closed_total'))
  expect(value('folder_free_bytes')).toBeGreaterThan(0)
  expect(value('build_info', { node: process.versions.node })).toBe(1)
}, 60_000)

test('the number of series is the same for 5 clients and for 50, for one task and for three', async () => {
  await using few = await startCoordinator()
  await runStory(few, { clients: 5, tasks: 1 })
  await using many = await startCoordinator()
  await runStory(many, { clients: 50, tasks: 3 })
  const [fewer, more] = [ours(await exposition(few)), ours(await exposition(many))]
  expect(seriesOf(more)).toEqual(seriesOf(fewer))
  expect(fewer.length).toBeGreaterThan(30)
  const labels = more.flatMap(({ samples }) => samples.flatMap((sample) => Object.values(sample.labels)))
  expect(labels.filter((label) => /^c-|(open|masked|lonely)-\d|\bloss\b|nobody/.test(label))).toEqual([])
}, 120_000)

const UPDATES = '/api/v1/tasks/:task/rounds/:round/updates/:client'
