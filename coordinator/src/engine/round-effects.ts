import { type Digest, type RoundId, unreachable } from '@tributary/protocols'
import type { Clock, Random } from '@tributary/protocols/runtime'
import type { Presence } from '../clients/presence.ts'
import { drawCohort } from '../cohort/draw-cohort.ts'
import type { RoundKeys } from '../crypto/round-keys.ts'
import { StorageError } from '../faults/storage.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Store } from '../ports/store.ts'
import type { RoundEffect } from '../round/event.ts'
import { isAwaited, type Member } from '../round/member.ts'
import type { Aggregating, Round } from '../round/round.ts'
import type { Aggregation } from './aggregate.ts'
import type { Notice } from './announcements.ts'
import type { Engine } from './engine.ts'
import type { SecureRound } from './secure-round.ts'

type Needs = {
  clock: Clock
  random: Random
  store: Pick<Store, 'members' | 'tasks'>
  presence: Pick<Presence, 'waiting'>
  /** Has every process tell those on its lines. */
  announce(notice: Notice): Promise<void>
  roundKeys: Pick<RoundKeys, 'make' | 'destroy'>
  updates: Blobs
  aggregate(round: Aggregating): Promise<Aggregation>
  /** What a round of so many clients commits to, where its task has secure aggregation. */
  secure(round: Round, clients: number): Promise<SecureRound[] | undefined>
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
  const { presence, roundKeys } = needs

  /** Of those who wait, whoever may be drawn: in a round that refines another, those whose vector was in that one's sum. */
  const eligible = async ({ task, refines }: Round) => {
    const waiting = presence.waiting(task)
    if (!refines) return waiting
    const summed = new Set(
      (await needs.store.members.ofRound(refines.round)).flatMap(({ status, client }) =>
        status === 'received' ? [client] : [],
      ),
    )
    return waiting.filter((client) => summed.has(client))
  }

  const draw = async (round: Round, count: number) => {
    if (round.buffer) return drawForBuffer(round, count)
    if (round.phase !== 'selecting') return
    const publicKey = await roundKeys.make(round.id)
    const clients = drawCohort(await eligible(round), count, needs.random)
    const secure = await needs.secure(round, clients.length)
    await needs
      .engine()
      .dispatch(round.id, { type: 'cohort-drawn', clients, publicKey, ...(secure && { secure }) })
  }

  /** Whoever is free and not yet of the round; of a task that is paused nobody more is asked. */
  const drawForBuffer = async ({ id, task, phase, buffer }: Round, count: number) => {
    if (phase !== 'selecting' && phase !== 'training') return
    const begins = phase === 'selecting'
    const rows = await needs.store.members.ofRound(begins ? (buffer?.follows ?? id) : id)
    const carried = begins ? rows.filter(isAwaited) : []
    const known = new Set((begins ? carried : rows).map(({ client }) => client))
    const isActive = (await needs.store.tasks.get(task))?.status === 'active'
    const free = isActive ? presence.waiting(task).filter((client) => !known.has(client)) : []
    if (!begins && free.length === 0) return
    const publicKey = await roundKeys.make(id)
    const clients = drawCohort(free, count, needs.random)
    await needs
      .engine()
      .dispatch(id, { type: 'cohort-drawn', clients, publicKey, ...(begins && { carried }) })
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
    needs.engine().dispatch(
      round.id,
      result.kind === 'aggregated'
        ? {
            type: 'aggregated',
            weights: result.weights,
            ...(result.state && { state: result.state }),
            examples: result.examples,
            metrics: result.metrics,
            ...(result.nextClip !== undefined && { nextClip: result.nextClip }),
          }
        : { type: 'aggregation-refused', reason: result.reason, detail: result.detail },
    )

  /**
   * The round's key. Of a buffered round it stays while a member is at work whose update is sealed to it, and with it go the keys of earlier rounds
   * for which nobody is at work any more.
   */
  const keysToDestroy = async ({ id, buffer }: Round, members: readonly Member[]): Promise<RoundId[]> => {
    if (!buffer || members.length === 0) return [id]
    const before = buffer.follows ? await needs.store.members.ofRound(buffer.follows) : []
    const roundsOf = (these: readonly Member[]) =>
      these.flatMap(({ invitation }) => (invitation ? [invitation.round] : []))
    const held = new Set(roundsOf(members.filter(isAwaited)))
    return [...new Set([id, ...roundsOf(before), ...roundsOf(members)])].filter((round) => !held.has(round))
  }

  /** The order matters: once the key is gone, what a crash leaves of the envelopes is noise. */
  const settle = async (round: Round) => {
    if (round.phase !== 'completed' && round.phase !== 'abandoned') return
    await needs.announce({ kind: 'ended', round: round.id })
    const members = await needs.store.members.ofRound(round.id)
    for (const key of await keysToDestroy(round, members)) await roundKeys.destroy(key)
    for (const member of members)
      if (member.status === 'received') await needs.updates.delete(member.receipt.envelope)
    await needs.engine().dispatch(round.id, { type: 'settled' })
  }

  return (effect: RoundEffect, round: Round): Promise<void> => {
    switch (effect.type) {
      case 'draw-cohort':
        return draw(round, effect.count)
      case 'invite':
        return needs.announce({ kind: 'invited', round: round.id })
      case 'ask':
        return needs.announce({ kind: 'asked', round: round.id })
      case 'close':
        return needs.announce({ kind: 'closed', round: round.id })
      case 'aggregate':
        return round.phase === 'aggregating' ? aggregateOrGiveUp(round) : Promise.resolve()
      case 'settle':
        return settle(round)
      default:
        return unreachable(effect)
    }
  }
}

/**
 * Removes sealed updates that no round owes anything: left by a process that ended between keeping and counting. Where
 * other processes keep updates at the same time, only those older than that can take.
 */
export const sweepUpdates = async (
  {
    updates,
    store,
    clock,
  }: {
    updates: Pick<Blobs, 'list' | 'delete'>
    store: Pick<Store, 'members'> & { rounds: Pick<Store['rounds'], 'unsettled'> }
    clock: Pick<Clock, 'now'>
  },
  { olderThanMs }: { olderThanMs: number },
): Promise<number> => {
  const keptBefore = clock.now() - olderThanMs
  const found: Digest[] = []
  for await (const { digest, keptAt } of updates.list())
    if (olderThanMs === 0 || keptAt < keptBefore) found.push(digest)
  const owed = new Set<string>()
  for (const { id } of await store.rounds.unsettled())
    for (const member of await store.members.ofRound(id))
      if (member.status === 'received') owed.add(member.receipt.envelope)
  const strays = found.filter((digest) => !owed.has(digest))
  for (const digest of strays) await updates.delete(digest)
  return strays.length
}
