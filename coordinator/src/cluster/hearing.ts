import { type TaskId, unreachable } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { endReplaced } from '../clients/gateway.ts'
import type { Presence } from '../clients/presence.ts'
import type { RoundKeys } from '../crypto/round-keys.ts'
import type { Announcements, Notice } from '../engine/announcements.ts'
import type { Engine } from '../engine/engine.ts'
import type { Live } from '../live/live.ts'
import type { Store } from '../ports/store.ts'
import type { Round } from '../round/round.ts'
import type { Scheduler } from '../tasks/scheduler.ts'
import type { Forward } from './forward.ts'
import type { Heard } from './peers.ts'
import type { ReplicaId } from './signal.ts'

/** What this process does about what the others say. */
export type Hearing = {
  hear(signal: Heard, from: ReplicaId): void
  /** What lost signals may have told: clients here are told again, and tasks driven here are looked at. */
  lookAgain(): Promise<void>
}

type Needs = {
  clock: Clock
  store: Pick<Store, 'rounds' | 'clients'>
  presence: Pick<Presence, 'line' | 'roll'>
  announcements: Pick<Announcements, 'deliver'>
  roundKeys: Pick<RoundKeys, 'forgetDestroyed'>
  engine: Pick<Engine, 'resume'>
  scheduler: Pick<Scheduler, 'start'>
  forward: Pick<Forward, 'hear'>
  live: Pick<Live, 'hear'>
  /** A task has changed in the tables. */
  lookAt(task: TaskId): Promise<void>
  fault(error: unknown, about: { during: string }): void
}

/** A line this young is no remnant of the one that another process tells of. */
const JUST_OPENED_MS = 5_000

export const createHearing = (needs: Needs): Hearing => {
  const { clock, presence, announcements } = needs

  const endRemnant = (line: ReturnType<Presence['line']>) => {
    if (line && clock.now() - line.openedAt > JUST_OPENED_MS) endReplaced(line)
  }
  const cutRevoked = async () => {
    for (const { client } of presence.roll())
      if ((await needs.store.clients.get(client))?.status !== 'active')
        presence.line(client)?.close('revoked')
  }

  const act = async (signal: Heard, from: ReplicaId): Promise<void> => {
    switch (signal.type) {
      case 'line-opened':
        return endRemnant(presence.line(signal.client))
      case 'revoked':
        return presence.line(signal.client)?.close('revoked')
      case 'look':
        return needs.lookAt(signal.task)
      case 'notice':
        return announcements.deliver(signal.notice)
      case 'key-destroyed':
        return needs.roundKeys.forgetDestroyed()
      case 'watching':
      case 'changed':
        return needs.live.hear(signal)
      case 'ask':
      case 'answer':
        return needs.forward.hear(signal, from)
      default:
        return unreachable(signal)
    }
  }

  return {
    hear(signal, from) {
      act(signal, from).catch((error: unknown) => needs.fault(error, { during: signal.type }))
    },
    async lookAgain() {
      await needs.roundKeys.forgetDestroyed()
      await cutRevoked()
      for (const task of new Set(presence.roll().flatMap(({ tasks }) => tasks))) {
        const round = await needs.store.rounds.latest(task)
        if (round) await announcements.deliver(newestNotice(round))
      }
      await needs.engine.resume()
      await needs.scheduler.start()
    },
  }
}

/** What those concerned by a round were told last. */
const newestNotice = (round: Round): Notice => {
  switch (round.phase) {
    case 'selecting':
      return { kind: 'published', task: round.task }
    case 'training':
      return { kind: 'invited', round: round.id }
    case 'secure-training':
      return { kind: 'asked', round: round.id }
    case 'aggregating':
      return { kind: 'closed', round: round.id }
    case 'completed':
    case 'abandoned':
      return { kind: 'ended', round: round.id }
    default:
      return unreachable(round)
  }
}
