/** What becomes of rounds and of the clients in them, counted from their saves. */
import { AbandonReason, DeclineReason, FailureReason } from '@tributary/protocols/messages'
import { DropReason } from '@tributary/protocols/secagg'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { RoundChange } from '../engine/saved-round.ts'
import type { OpenRound, Round } from '../round/round.ts'
import { phaseThatEnded } from './ended-phase.ts'

export type RoundMetrics = { saved(round: Round, change: RoundChange): void }

const PHASES: readonly OpenRound['phase'][] = ['selecting', 'training', 'secure-training', 'aggregating']
const ROUND_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 6 * 3_600, 24 * 3_600]

export const createRoundMetrics = (
  registers: [Registry],
  { atWork }: { atWork(): Iterable<Pick<Round, 'phase'>> },
): RoundMetrics => {
  new Gauge({
    name: 'tributary_rounds_in_flight',
    help: 'Rounds that this process has at work, by phase.',
    labelNames: ['phase'],
    registers,
    collect() {
      for (const phase of PHASES) this.set({ phase }, 0)
      for (const { phase } of atWork()) if (isOpenPhase(phase)) this.inc({ phase })
    },
  })
  const opened = new Counter({
    name: 'tributary_rounds_opened_total',
    help: 'Rounds that began to select.',
    registers,
  })
  const ended = new Counter({
    name: 'tributary_rounds_total',
    help: 'Rounds that ended, by outcome and reason.',
    labelNames: ['outcome', 'reason'],
    registers,
  })
  ended.inc({ outcome: 'completed', reason: '' }, 0)
  for (const reason of AbandonReason.options) ended.inc({ outcome: 'abandoned', reason }, 0)
  const seconds = new Histogram({
    name: 'tributary_round_duration_seconds',
    help: 'From the opening of a round to its end.',
    labelNames: ['outcome'],
    buckets: ROUND_SECONDS,
    registers,
  })
  for (const outcome of ['completed', 'abandoned']) seconds.zero({ outcome })
  const phaseSeconds = new Histogram({
    name: 'tributary_round_phase_duration_seconds',
    help: 'From the beginning of a phase of a round to its end.',
    labelNames: ['phase'],
    buckets: ROUND_SECONDS,
    registers,
  })
  for (const phase of PHASES) phaseSeconds.zero({ phase })
  const invitations = new Counter({
    name: 'tributary_invitations_total',
    help: 'Clients that were drawn into a cohort.',
    registers,
  })
  const accepts = new Counter({
    name: 'tributary_accepts_total',
    help: 'Invitations that were accepted, by a message or by an update that came before it.',
    registers,
  })
  const declines = new Counter({
    name: 'tributary_declines_total',
    help: 'Invitations that were declined, by reason.',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of DeclineReason.options) declines.inc({ reason }, 0)
  const failures = new Counter({
    name: 'tributary_client_failures_total',
    help: 'Clients that failed a round or were dropped from its session, by reason.',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of [...FailureReason.options, ...DropReason.options]) failures.inc({ reason }, 0)
  const received = new Counter({
    name: 'tributary_updates_received_total',
    help: 'Updates that were acknowledged.',
    registers,
  })
  const bytes = new Counter({
    name: 'tributary_updates_received_bytes_total',
    help: 'Bytes of the sealed updates that were acknowledged.',
    registers,
  })
  const folded = new Counter({
    name: 'tributary_updates_folded_total',
    help: 'Updates that went into model versions.',
    registers,
  })

  const countMembers = (round: Round, members: RoundChange['members']) => {
    for (const { was, member } of members) {
      // Whom a buffered round takes over was counted where it was invited.
      if (was === undefined && (!member.invitation || member.invitation.round === round.id)) invitations.inc()
      if (member.status === 'accepted' || (member.status === 'received' && was === 'invited')) accepts.inc()
      if (member.status === 'declined') declines.inc({ reason: member.reason })
      if (member.status === 'failed' || member.status === 'dropped') failures.inc({ reason: member.reason })
      if (member.status === 'received') {
        received.inc()
        bytes.inc(member.receipt.bytes)
      }
    }
  }

  return {
    saved(round, { before, members }) {
      if (!before) opened.inc()
      countMembers(round, members)
      const phase = before && phaseThatEnded(before, round)
      if (phase) phaseSeconds.observe({ phase: phase.name }, (phase.endedAt - phase.startedAt) / 1_000)
      if (!('endedAt' in round) || round.debts !== 'owed') return
      ended.inc({ outcome: round.phase, reason: round.phase === 'abandoned' ? round.reason : '' })
      seconds.observe({ outcome: round.phase }, (round.endedAt - round.openedAt) / 1_000)
      if (round.phase === 'completed') folded.inc(round.tally.received)
    },
  }
}

const isOpenPhase = (phase: Round['phase']) => PHASES.some((open) => open === phase)
