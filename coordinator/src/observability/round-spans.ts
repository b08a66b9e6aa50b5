/**
 * The trace of a round, from its saves alone. Each span is made when what it is of has ended, from the state before and the state after: what a
 * restart or another process interrupts is whole all the same, and whoever works a span out again comes to the same ids.
 *
 *   round ─┬─ selecting
 *          ├─ training ─┬─ advertising, sharing, masking, confirming, unmasking: of each group of a secure round
 *          │            └─ participation: of each client, made by the client (`@tributary/client-sdk/tracing`)
 *          ├─ aggregating
 *          └─ publishing
 */
import type { Instant } from '@tributary/protocols'
import { spanIdOf, traceIdOf } from '@tributary/protocols/tracing'
import type { RoundChange } from '../engine/saved-round.ts'
import type { Span } from '../ports/spans.ts'
import { isSettled, type Round } from '../round/round.ts'
import { stepBeganAt } from '../round/secure-training.ts'
import { type Lasted, leftAt, phaseThatEnded } from './ended-phase.ts'

/** What ended with this save of a round; `at` is when it was made. */
export const spansOf = (
  coordinator: string,
  { round, before, policy, at }: Pick<RoundChange, 'before' | 'policy'> & { round: Round; at: Instant },
): Span[] => {
  if (!before) return []
  const traceId = traceIdOf(coordinator, round.id)
  const id = (name: string) => spanIdOf(traceId, name)
  const named = { 'tributary.task': round.task, 'tributary.round': round.id }
  const within = (
    parent: string,
    { name, startedAt, endedAt }: Lasted,
    { of = name, ...more }: { of?: string; group?: number },
  ): Span => ({
    traceId,
    spanId: id(of),
    parentSpanId: id(parent),
    kind: 'internal',
    name,
    startedAt,
    endedAt: Math.max(startedAt, endedAt),
    attributes: { ...named, ...('group' in more && { 'tributary.group': more.group }) },
  })
  const spans = stepsThatEnded(before, round, { policy, at }).map(({ group, ...step }) =>
    within('training', step, { of: `${step.name} ${group}`, group }),
  )
  const phase = phaseThatEnded(before, round)
  if (phase) spans.push(within('round', { ...phase, name: nameOf(phase.name) }, {}))
  if (!('endedAt' in round) || !isSettled(round) || isSettled(before)) return spans
  const { openedAt: startedAt, endedAt, phase: outcome, tally } = round
  if (outcome === 'completed')
    spans.push(within('round', { name: 'publishing', startedAt: endedAt, endedAt: at }, {}))
  const root: Span = {
    traceId,
    spanId: id('round'),
    parentSpanId: undefined,
    kind: 'internal',
    name: 'round',
    startedAt,
    endedAt: Math.max(at, endedAt),
    attributes: {
      ...named,
      'tributary.outcome': outcome,
      'tributary.base_version': round.base.version,
      ...(outcome === 'completed' && { 'tributary.version': round.version.version }),
      'tributary.clients.invited': tally.invited,
      'tributary.clients.declined': tally.declined,
      'tributary.clients.failed': tally.failed,
      'tributary.updates.received': tally.received,
    },
    ...(outcome === 'abandoned' && { error: round.reason }),
  }
  return [...spans, root]
}

/** Of clients, training is one thing, secure or not: their spans are below it. */
const nameOf = (phase: string) => (phase === 'secure-training' ? 'training' : phase)

/** Steps of a secure round's sessions that ended with this save. */
const stepsThatEnded = (
  before: Round,
  after: Round,
  { policy, at }: Pick<RoundChange, 'policy'> & { at: Instant },
): (Lasted & { group: number })[] => {
  if (before.phase !== 'secure-training') return []
  return before.groups.flatMap((was, group) => {
    const { phase: name } = was.session
    if (name === 'summing') return []
    const startedAt = stepBeganAt(was, policy)
    if (after.phase !== 'secure-training') return [{ name, group, startedAt, endedAt: leftAt(after) }]
    const now = after.groups[group]
    if (!now || now.session.phase === name) return []
    // A group that waits for the others keeps the deadline of the step that it is done with.
    const endedAt = now.session.phase === 'summing' ? at : stepBeganAt(now, policy)
    return [{ name, group, startedAt, endedAt }]
  })
}
