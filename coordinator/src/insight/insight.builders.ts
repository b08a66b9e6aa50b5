/** Tables with a fleet and a task in them, whose readers answer over real HTTP. */
import { type ClientId, RoundId } from '@tributary/protocols'
import { virtualClock } from '@tributary/protocols/runtime'
import {
  aClient,
  aClientId,
  aCompleted,
  aModel,
  anAbandoned,
  aReceived,
  aSelecting,
  aTask,
  aTaskId,
  NOON,
} from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { createFleet } from '../clients/fleet.ts'
import { createPresence, type Line } from '../clients/presence.ts'
import { aServer } from '../http/http.builders.ts'
import type { DiskRoom, EventLoopDelay } from '../ports/host.ts'
import type { Webhook } from '../ports/records.ts'
import type { Change } from '../ports/store.ts'
import type { Member } from '../round/member.ts'
import { nextRoundAt } from '../tasks/schedule.ts'
import { createOverview } from './overview.ts'
import { createTaskMetrics } from './task-metrics.ts'
import { readTaskPrivacy } from './task-privacy.ts'

export const aWatchedCoordinator = async (host: Partial<HostFacts> = {}) => {
  const store = await openSqliteStore({ path: ':memory:' })
  const clock = virtualClock(NOON)
  const presence = createPresence()
  const counted = { membersRead: 0 }
  const members: typeof store.members = {
    ...store.members,
    ofRound(round) {
      counted.membersRead++
      return store.members.ofRound(round)
    },
  }
  const server = await aServer({
    fleet: createFleet({ store, presence }),
    insight: {
      overview: createOverview({
        clock,
        store,
        presence,
        dueAt: async ({ file, createdAt, id }) =>
          nextRoundAt(file.schedule, await store.rounds.latest(id), createdAt),
        webhooks: { failing: async () => host.failing ?? [] },
        host: {
          eventLoopDelayMs: () => ({ mean: 0, p99: 0, max: 0, ...host.delay }),
          storage: { room: async () => host.room ?? null },
        },
      }),
      metrics: createTaskMetrics({ store: { ...store, members } }),
      privacy: (task) => readTaskPrivacy(store, task),
    },
  })
  return {
    store,
    clock,
    presence,
    server,
    counted,
    commit: (...changes: Change[]) => store.commit(changes),
    async enrol(count: number) {
      const clients = Array.from({ length: count }, (_, index) => aClient(index))
      await store.commit(clients.map((client) => ({ kind: 'insert-client', client })))
    },
    join(client: ClientId, ...tasks: string[]) {
      const line = aLineOf(client)
      presence.join(line)
      for (const task of tasks) presence.checkIn(line, aTaskId(task))
      return line
    },
    async read(path: string, init: Parameters<typeof server.ask>[1] = {}) {
      const response = await server.ask(`/api/v1${path}`, { token: 'tro_viewer', ...init })
      return { status: response.status, headers: response.headers, body: await response.json() }
    },
    async [Symbol.asyncDispose]() {
      await server.close()
      await store.close()
    },
  }
}

type HostFacts = { delay: Partial<EventLoopDelay>; room: DiskRoom; failing: Webhook[] }

const aLineOf = (client: ClientId): Line => ({ client, openedAt: NOON, send() {}, close() {} })

/** A task with a first version. */
export const aTaskWithModel = (id = 'digits', more: Parameters<typeof aTask>[1] = {}): Change[] => [
  { kind: 'insert-task', task: aTask(id, more) },
  { kind: 'insert-model', model: aModel(id) },
]

/** A round that was abandoned or completed, one minute after the round before it, with its members. */
export const aRoundThatEnded = (
  task: string,
  number: number,
  { phase = 'completed', members = [] }: { phase?: 'completed' | 'abandoned'; members?: Member[] } = {},
): Change[] => {
  const { base } = aSelecting(task, number)
  const openedAt = NOON + number * 60_000
  const ended = phase === 'completed' ? aCompleted(task, number) : anAbandoned(task, number)
  const round = { ...ended, base, openedAt, endedAt: openedAt + 30_000 }
  return [
    { kind: 'insert-round', round },
    ...members.map((member): Change => ({ kind: 'save-member', member })),
  ]
}

/** An update of client `index` with these metrics. */
export const anUpdate = (index: number, round: string, metrics: Record<string, number>): Member => {
  const received = aReceived(index, RoundId.parse(round))
  if (received.status !== 'received') throw new Error('it was received')
  return { ...received, receipt: { ...received.receipt, ...{ examples: 60, metrics } } }
}

export { aClientId, NOON }
