import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Round } from './round/round.ts'

export type CoordinatorMetrics = {
  registry: Registry
  roundSaved(round: Round): void
  refusedMessage(reason: string): void
  refusedUpdate(reason: string): void
  fault(during: string): void
  webhookAttempt(outcome: string): void
}

/** Asked whenever the metrics are read. */
type Live = { clientsOnline(): number; standing(): { tasksDriven: number; others: number } }

/** Prometheus metrics of a coordinator. Labels are words from fixed lists: never a client, a round or a task. */
export const createMetrics = (live: Live): CoordinatorMetrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({
    name: 'tributary_clients_online',
    help: 'Authenticated clients on the line.',
    registers,
    collect() {
      this.set(live.clientsOnline())
    },
  })
  new Gauge({
    name: 'tributary_tasks_driven',
    help: 'Tasks whose rounds this process drives under a lease.',
    registers,
    collect() {
      this.set(live.standing().tasksDriven)
    },
  })
  new Gauge({
    name: 'tributary_other_processes',
    help: 'Other processes of this coordinator that are heard.',
    registers,
    collect() {
      this.set(live.standing().others)
    },
  })
  const rounds = new Counter({
    name: 'tributary_rounds_total',
    help: 'Rounds that ended, by outcome and reason.',
    labelNames: ['outcome', 'reason'],
    registers,
  })
  const seconds = new Histogram({
    name: 'tributary_round_duration_seconds',
    help: 'From the opening of a round to its end.',
    labelNames: ['outcome'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 6 * 3_600, 24 * 3_600],
    registers,
  })
  const updates = new Counter({
    name: 'tributary_updates_folded_total',
    help: 'Updates that went into model versions.',
    registers,
  })
  const refusals = new Counter({
    name: 'tributary_refusals_total',
    help: 'Messages and updates refused, by reason.',
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
  return {
    registry,
    roundSaved(round) {
      if (!('endedAt' in round) || round.debts !== 'owed') return
      rounds.inc({ outcome: round.phase, reason: round.phase === 'abandoned' ? round.reason : '' })
      seconds.observe({ outcome: round.phase }, (round.endedAt - round.openedAt) / 1_000)
      if (round.phase === 'completed') updates.inc(round.tally.received)
    },
    refusedMessage: (reason) => refusals.inc({ kind: 'message', reason }),
    refusedUpdate: (reason) => refusals.inc({ kind: 'update', reason }),
    fault: (during) => faults.inc({ during }),
    webhookAttempt: (outcome) => deliveries.inc({ outcome }),
  }
}
