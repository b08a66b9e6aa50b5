import { type ClientId, type RoundId, unreachable } from '@tributary/protocols'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import type { Clock, Random } from '@tributary/protocols/runtime'
import type { Presence } from '../clients/presence.ts'
import { drawCohort } from '../cohort/draw-cohort.ts'
import type { RoundKeys } from '../crypto/round-keys.ts'
import type { Announcements } from '../engine/announcements.ts'
import { StorageError } from '../faults/storage.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Store } from '../ports/store.ts'
import type { RoundEffect } from '../round/event.ts'
import type { Abandoned, Aggregating, Completed, Round } from '../round/round.ts'
import type { Aggregation } from './aggregate.ts'
import type { Engine } from './engine.ts'

type Needs = {
  clock: Clock
  random: Random
  store: Pick<Store, 'members'>
  presence: Presence
  announcements: Announcements
  roundKeys: RoundKeys
  updates: Blobs
  aggregate(round: Aggregating): Promise<Aggregation>
  /** The engine that these effects report to. */
  engine(): Pick<Engine, 'dispatch'>
}

/** With the engine's pauses between them, tries at an aggregation that meets faults of storage go on for about a minute. */
const AGGREGATION_TRIES = 60

/**
 * Carries out what a round decided. Every effect may be repeated, whole or in part; one whose phase has passed does
 * nothing. What it finds out goes back as an event.
 */
export const createRoundEffects = (needs: Needs) => {
  const { presence, roundKeys, announcements } = needs

  const draw = async (round: Round, count: number) => {
    if (round.phase !== 'selecting') return
    const publicKey = await roundKeys.make(round.id)
    const clients = drawCohort(presence.waiting(round.task), count, needs.random)
    await needs
      .engine()
      .dispatch(round.id, undefined, ({ at }) => ({ type: 'cohort-drawn', clients, publicKey, at }))
  }

  const invite = async (round: Round) => {
    if (round.phase !== 'training') return
    for (const member of await needs.store.members.ofRound(round.id))
      if (member.status === 'invited' || member.status === 'accepted')
        await announcements.invite(round, member.client)
  }

  const close = async (round: Round) => {
    for (const member of await needs.store.members.ofRound(round.id))
      if (member.status === 'invited' || member.status === 'accepted')
        tell(member.client, { type: 'round-ended', round: round.id, outcome: { kind: 'closed' } })
  }

  /** Failed tries at aggregating, by round: what cannot be read today may be readable in a moment, or never again. */
  const tries = new Map<RoundId, number>()

  const aggregateOrGiveUp = async (round: Aggregating): Promise<void> => {
    try {
      await report(round, await needs.aggregate(round))
    } catch (error) {
      if (error instanceof StorageError && error.full) throw error // room will be made, and nothing is lost meanwhile
      const failed = (tries.get(round.id) ?? 0) + 1
      tries.set(round.id, failed)
      if (failed < AGGREGATION_TRIES) throw error
      const why = error instanceof Error ? error.message : String(error)
      const detail = `${failed} tries failed, the last one: ${why}`
      await report(round, { kind: 'refused', reason: 'aggregation-failed', detail })
    }
    tries.delete(round.id)
  }

  const report = (round: Aggregating, result: Aggregation) =>
    needs.engine().dispatch(round.id, undefined, ({ at }) =>
      result.kind === 'aggregated'
        ? {
            type: 'aggregated',
            weights: result.weights,
            examples: result.examples,
            metrics: result.metrics,
            at,
          }
        : { type: 'aggregation-refused', reason: result.reason, detail: result.detail, at },
    )

  /** The order matters: once the key is gone, what a crash leaves of the envelopes is noise. */
  const settle = async (round: Round) => {
    if (round.phase !== 'completed' && round.phase !== 'abandoned') return
    const members = await needs.store.members.ofRound(round.id)
    await announce(
      round,
      members.map(({ client }) => client),
    )
    await roundKeys.destroy(round.id)
    for (const member of members)
      if (member.status === 'received') await needs.updates.delete(member.receipt.envelope)
    await needs.engine().dispatch(round.id, undefined, ({ at }) => ({ type: 'settled', at }))
  }

  const announce = async (round: Completed | Abandoned, members: readonly ClientId[]) => {
    const outcome =
      round.phase === 'completed'
        ? { kind: 'completed' as const, version: round.version.version }
        : { kind: 'abandoned' as const, reason: round.reason }
    for (const client of members) tell(client, { type: 'round-ended', round: round.id, outcome })
    if (round.phase === 'completed') await announcements.publish(round.task)
  }

  const tell = (client: ClientId, message: CoordinatorMessage) => presence.line(client)?.send(message)

  return (effect: RoundEffect, round: Round): Promise<void> => {
    switch (effect.type) {
      case 'draw-cohort':
        return draw(round, effect.count)
      case 'invite':
        return invite(round)
      case 'close':
        return close(round)
      case 'aggregate':
        return round.phase === 'aggregating' ? aggregateOrGiveUp(round) : Promise.resolve()
      case 'settle':
        return settle(round)
      default:
        return unreachable(effect)
    }
  }
}

/** Removes sealed updates that no round owes anything: left by a process that ended between keeping and counting. */
export const sweepUpdates = async (
  { updates, store }: { updates: Blobs; store: Pick<Store, 'members'> },
  unsettled: readonly RoundId[],
): Promise<number> => {
  const owed = new Set<string>()
  for (const round of unsettled)
    for (const member of await store.members.ofRound(round))
      if (member.status === 'received') owed.add(member.receipt.envelope)
  let swept = 0
  for await (const { digest } of updates.list())
    if (!owed.has(digest)) {
      await updates.delete(digest)
      swept++
    }
  return swept
}
