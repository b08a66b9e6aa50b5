import type { AlertView, FleetView } from '@tributary/protocols/rest'
import type { Clock } from '@tributary/protocols/runtime'
import { fleetCounts } from '../clients/fleet.ts'
import type { Presence } from '../clients/presence.ts'
import { reportOfLedger } from '../operate/privacy-ledger.ts'
import type { Host } from '../ports/host.ts'
import type { ModelRecord, Task } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { type Abandoned, type Completed, isOpen, type Round } from '../round/round.ts'
import type { WebhookService } from '../services.ts'
import type { Scheduler } from '../tasks/scheduler.ts'
import {
  diskNearlyFull,
  eventLoopLate,
  metricWorse,
  privacyBudget,
  roundOverdue,
  roundsAbandoned,
  tooFewClients,
  webhookFailing,
} from './alerts.ts'
import { createKept } from './kept.ts'

export type Overview = {
  at: number
  fleet: FleetView
  tasks: Record<Task['status'], number>
  /** Newest first. */
  openRounds: Round[]
  newestModels: ModelRecord[]
  alerts: AlertView[]
}

type Needs = {
  clock: Pick<Clock, 'now'>
  store: Pick<Store, 'tasks' | 'rounds' | 'models' | 'ledgers' | 'clients'>
  presence: Pick<Presence, 'headcount' | 'count'>
  dueAt: Scheduler['dueAt']
  host: { eventLoopDelayMs: Host['eventLoopDelayMs']; storage: Pick<Host['storage'], 'room'> }
  webhooks: Pick<WebhookService, 'failing'>
}

const TASKS_AT_ONCE = 200
const MOST_OPEN_ROUNDS = 50
const MOST_MODELS = 20
/** Versions and rounds of a task that its alerts look back on. */
const LOOKED_BACK = 12
const MOST_KEPT = 2_000

/**
 * What somebody who looks after a coordinator wants to see first. Clients are counted, never listed; what can be said of rounds
 * that ended is read again only once another has.
 */
export const createOverview = (needs: Needs): (() => Promise<Overview>) => {
  const { clock, store, presence, host } = needs
  const endedRounds = createKept<string, (Completed | Abandoned)[]>({ most: MOST_KEPT })
  const alertsOfModels = createKept<string, AlertView[]>({ most: MOST_KEPT })
  const alertsOfLedgers = createKept<string, AlertView[]>({ most: MOST_KEPT })

  const alertsOf = async (
    task: Task,
    latest: Round | undefined,
    model: ModelRecord | undefined,
    at: number,
  ) => {
    const { id } = task
    if (task.status === 'finished') return []
    const state = `${latest?.id ?? id} ${latest?.phase ?? ''}`
    const budget = await alertsOfLedgers(state, async () =>
      privacyBudget(id, reportOfLedger(task.file, await store.ledgers.get(id))),
    )
    if (task.status === 'paused') return budget
    const ended = await endedRounds(state, async () =>
      (await store.rounds.list(id, { limit: LOOKED_BACK })).filter(hasEnded),
    )
    const worse = await alertsOfModels(`${id} ${model?.version}`, async () =>
      metricWorse(id, await store.models.list(id, { limit: LOOKED_BACK })),
    )
    return [
      ...roundsAbandoned(id, ended),
      ...tooFewClients(latest, { waiting: presence.count(id), at }),
      ...roundOverdue(id, { dueAt: await needs.dueAt(task), latest, at }),
      ...worse,
      ...budget,
    ]
  }

  const factsOf = async (task: Task, at: number) => {
    const latest = await store.rounds.latest(task.id)
    const model = await store.models.latest(task.id)
    return { status: task.status, latest, model, alerts: await alertsOf(task, latest, model, at) }
  }

  const everyTask = async (at: number) => {
    const facts: Awaited<ReturnType<typeof factsOf>>[] = []
    for (let after: Task['id'] | undefined; ; ) {
      const tasks = await store.tasks.list({ limit: TASKS_AT_ONCE, ...(after && { after }) })
      facts.push(...(await Promise.all(tasks.map((task) => factsOf(task, at)))))
      after = tasks.at(-1)?.id
      if (tasks.length < TASKS_AT_ONCE) return facts
    }
  }

  return async () => {
    const at = clock.now()
    const [tasks, room, failing] = await Promise.all([
      everyTask(at),
      host.storage.room(),
      needs.webhooks.failing(),
    ])
    const openRounds = tasks.flatMap(({ latest }) => (latest && isOpen(latest) ? [latest] : []))
    const models = tasks.flatMap(({ model }) => model ?? [])
    const countOf = (status: Task['status']) => tasks.filter((task) => task.status === status).length
    return {
      at,
      fleet: await fleetCounts({ store, presence }, openRounds),
      tasks: { active: countOf('active'), paused: countOf('paused'), finished: countOf('finished') },
      openRounds: openRounds.toSorted((a, b) => b.openedAt - a.openedAt).slice(0, MOST_OPEN_ROUNDS),
      newestModels: models.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, MOST_MODELS),
      alerts: mostUrgentFirst([
        ...eventLoopLate(host.eventLoopDelayMs()),
        ...diskNearlyFull(room),
        ...webhookFailing(failing),
        ...tasks.flatMap(({ alerts }) => alerts),
      ]),
    }
  }
}

const hasEnded = (round: Round): round is Completed | Abandoned => !isOpen(round)

const mostUrgentFirst = (alerts: readonly AlertView[]): AlertView[] => [
  ...alerts.filter(({ severity }) => severity === 'critical'),
  ...alerts.filter(({ severity }) => severity === 'warning'),
]
