import { Counter, Gauge, Registry } from 'prom-client'
import type { Observer } from './coordinator-needs.ts'
import { createLineMetrics } from './observability/line-metrics.ts'
import { measureProcess } from './observability/process-metrics.ts'
import { createRoundMetrics } from './observability/round-metrics.ts'
import { createStorageMetrics } from './observability/storage-metrics.ts'
import { createMeasure } from './observability/work-metrics.ts'
import type { Measure } from './ports/measure.ts'
import type { Round } from './round/round.ts'

export type CoordinatorMetrics = Pick<
  Observer,
  'roundSaved' | 'refusedMessage' | 'refusedUpdate' | 'refusedRound'
> & {
  registry: Registry
  fault(during: string): void
  webhookAttempt(outcome: string): void
  measure: Measure
  /** The same tables and blobs, observed. */
  parts: ReturnType<typeof createStorageMetrics>
  /** The same door for lines, observed. */
  lines: ReturnType<typeof createLineMetrics>
}

/** Asked whenever the metrics are read. */
type Live = {
  clientsOnline(): number
  clientsWaiting(): number
  standing(): { tasksDriven: number; others: number }
  atWork(): readonly Round[]
}

/**
 * Prometheus metrics of a coordinator. Labels are words from fixed lists: never a client, a round, a task or a metric of a client, so that
 * the number of series is the same whatever there is of those.
 */
export const createMetrics = (live: Live, { folder }: { folder: string }): CoordinatorMetrics => {
  const registry = new Registry()
  const registers: [Registry] = [registry]
  measureProcess(registry, { folder })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('tributary_clients_online', 'Authenticated clients on the line.', live.clientsOnline)
  gauge(
    'tributary_clients_waiting',
    'Clients on lines of this process that are checked in for a task.',
    live.clientsWaiting,
  )
  gauge(
    'tributary_tasks_driven',
    'Tasks whose rounds this process drives under a lease.',
    () => live.standing().tasksDriven,
  )
  gauge(
    'tributary_other_processes',
    'Other processes of this coordinator that are heard.',
    () => live.standing().others,
  )
  const rounds = createRoundMetrics(registers, { atWork: live.atWork })
  const refusals = new Counter({
    name: 'tributary_refusals_total',
    help: 'Messages, updates and beginnings of rounds refused, by reason.',
    labelNames: ['kind', 'reason'],
    registers,
  })
  const faults = new Counter({
    name: 'tributary_faults_total',
    help: 'Faults survived by trying again.',
    labelNames: ['during'],
    registers,
  })
  const deliveries = new Counter({
    name: 'tributary_webhook_deliveries_total',
    help: 'Attempts at deliveries to webhooks, by outcome: delivered, failed for good, or retried later.',
    labelNames: ['outcome'],
    registers,
  })
  refusals.inc({ kind: 'round', reason: 'privacy-budget' }, 0)
  return {
    registry,
    roundSaved: rounds.saved,
    refusedMessage: (reason) => refusals.inc({ kind: 'message', reason }),
    refusedUpdate: (reason) => refusals.inc({ kind: 'update', reason }),
    refusedRound: (reason) => refusals.inc({ kind: 'round', reason }),
    fault: (during) => faults.inc({ during }),
    webhookAttempt: (outcome) => deliveries.inc({ outcome }),
    measure: createMeasure(registers),
    parts: createStorageMetrics(registers),
    lines: createLineMetrics(registers),
  }
}
